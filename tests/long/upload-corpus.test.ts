/**
 * Hostile and broken files through the process that takes uploads: real ones of many kinds, changed at random places,
 * cut off, with sizes that lie. Each ends within its bounds, as a video or with a reason, and leaves nothing else.
 */
import { execFileSync } from 'node:child_process'
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { UPLOAD_REFUSALS } from '../../shared/contracts/uploads.ts'
import { importFile, type ImportResult, type Written } from '../../origin/uploads/import-file.ts'
import { seededRandom } from '../support/seeded-random.ts'

const MUTATIONS = 8
const VIDEO = '01k00000000000000000000000'
const MAX_GROWTH_BYTES = 20 * 1024 * 1024
const bounds = {
  importMsPerGb: 60_000,
  encodeMs: 120_000,
  silenceMs: 60_000,
  checkMs: 100,
  maxMemoryBytes: 1024 ** 3,
}

let folder: string
const originals = new Map<string, Buffer>()
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'upload-corpus-'))
  const sources = '-v error -f lavfi -i testsrc2=size=160x120:rate=25 -f lavfi -i sine=frequency=440 -t 3'
  const h264 = '-c:v libx264 -preset ultrafast -bf 2 -g 25'
  for (const [fileName, options] of [
    ['plain.mp4', `${h264} -c:a aac`],
    ['front.mp4', `${h264} -c:a aac -movflags +faststart`],
    ['fragments.mp4', `${h264} -c:a aac -movflags frag_keyframe+empty_moov`],
    ['quick.mov', `${h264} -c:a aac`],
    ['matroska.mkv', `${h264} -c:a libopus`],
    ['web.webm', '-c:v libvpx-vp9 -deadline realtime -cpu-used 8 -c:a libopus'],
    ['flash.flv', `${h264} -c:a aac -ar 44100`],
    ['transport.ts', `${h264} -c:a aac`],
    ['sound.mp3', '-vn -c:a libmp3lame'],
    ['untagged.mp3', '-vn -c:a libmp3lame -id3v2_version 0 -write_xing 0'],
    ['sound.aac', '-vn -c:a aac'],
    ['sound.flac', '-vn -c:a flac'],
    ['sound.wav', '-vn'],
    ['old.avi', '-c:v mpeg4 -c:a mp2'],
    ['windows.wmv', '-c:v wmv2 -c:a wmav2'],
  ] as const) {
    const path = join(folder, fileName)
    execFileSync('ffmpeg', [...sources.split(' '), ...options.split(' '), path])
    originals.set(fileName, await readFile(path))
  }
}, 120_000)
afterAll(() => rm(folder, { recursive: true }))

type Outcome = Exclude<ImportResult, Written> | 'done' | 'unsynced'
let count = 0
async function outcome(bytes: Uint8Array, ffmpegPath: string): Promise<Outcome> {
  const workFolder = join(folder, `work-${++count}`)
  const inputPath = join(folder, `upload-${count}`)
  await mkdir(workFolder)
  await writeFile(inputPath, bytes)
  const recording = join(workFolder, 'recording')
  const ended = await importFile({
    inputPath,
    workFolder,
    folder: recording,
    head: { type: 'head', videoId: VIDEO, channelId: VIDEO, startedAt: 0, targetDurationSeconds: 6 },
    ffmpegPath,
    compileCache: join(folder, 'compile-cache'),
    bounds,
    signal: new AbortController().signal,
    atEncoder: (work) => work(),
    onProgress: () => {},
  })
  const isWritten = typeof ended === 'object' && 'isSynced' in ended
  const result = !isWritten ? ended : (await ended.isSynced) ? 'done' : 'unsynced'
  const made = result === 'done' ? await readdir(recording) : []
  expect(made.toSorted()).toEqual(result === 'done' ? ['manifest.json', 'media.mp4'] : [])
  const size = result === 'done' ? (await stat(join(recording, 'media.mp4'))).size : 0
  // An encoder may take more than an old codec did; nothing takes more than that.
  expect(size).toBeLessThan(bytes.length * 3 + 4 * MAX_GROWTH_BYTES)
  const refusal = typeof result === 'object' ? result.refused : UPLOAD_REFUSALS[0]
  expect(UPLOAD_REFUSALS).toContain(refusal)
  await rm(workFolder, { recursive: true })
  await rm(inputPath)
  return result
}

test('every kind is a video where something encodes; without, what browsers do not play is refused', async () => {
  const asTheyAre = new Set(['plain.mp4', 'front.mp4', 'fragments.mp4', 'quick.mov', 'matroska.mkv'])
  for (const [fileName, bytes] of originals) {
    expect([fileName, await outcome(bytes, 'ffmpeg')]).toEqual([fileName, 'done'])
    const alone = await outcome(bytes, '/nowhere')
    expect([fileName, alone === 'done']).toEqual([fileName, asTheyAre.has(fileName)])
  }
}, 600_000)

test('changed at random, each ends within its bounds', async () => {
  const random = seededRandom('upload-corpus')
  for (const [fileName, original] of originals) {
    for (let mutation = 0; mutation < MUTATIONS; mutation++) {
      let bytes = Buffer.from(original)
      const at = () => random.integer(0, bytes.length - 9)
      const changes = random.integer(1, 20)
      for (let change = 0; change < changes; change++) {
        const kind = random.integer(0, 4)
        if (kind === 0) bytes.writeUInt32BE(0xffffffff, at())
        else if (kind === 1) bytes.writeUInt32BE(random.integer(0, 255), at())
        else if (kind === 2) bytes[at()] = random.integer(0, 255)
        else if (kind === 3) bytes.copyWithin(at(), at(), at())
        else if (change === 0) bytes = bytes.subarray(0, Math.max(100, at()))
      }
      const result = await outcome(bytes, '/nowhere')
      expect([fileName, mutation, result === 'done' || typeof result === 'object']).toEqual([
        fileName,
        mutation,
        true,
      ])
    }
  }
}, 1_800_000)

test('what only looks like media is refused', async () => {
  const bomb = gzipSync(Buffer.alloc(64 * 1024 * 1024))
  const playlist = Buffer.from(
    '#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nfile:///etc/passwd\n#EXT-X-ENDLIST\n',
  )
  const script = Buffer.from('ffconcat version 1.0\nfile /etc/passwd\n')
  for (const bytes of [bomb, playlist, script, Buffer.alloc(1), Buffer.alloc(1_000_000, 0x47)])
    expect(typeof (await outcome(bytes, 'ffmpeg'))).toBe('object')
})
