/** Files as members send them: whole, broken and hostile. What refuses one is a process of its own. */
import { execFileSync } from 'node:child_process'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { readPart } from '../packager/read-part.ts'
import { readManifest } from '../videos/manifest.ts'
import { type FileImport, importFile } from './import-file.ts'

const ID = '01k00000000000000000000000'
const FFMPEG = ['-v', 'error', '-f', 'lavfi', '-i', 'testsrc2=size=160x120:rate=25']
const TONE = ['-f', 'lavfi', '-i', 'sine=frequency=440', '-t', '5']
const H264 = ['-c:v', 'libx264', '-preset', 'ultrafast', '-g', '50', '-bf', '2']

let folder: string
let whole: Buffer
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'import-file-'))
  whole = await made('whole.mp4', [...H264, '-c:a', 'aac'])
})
afterAll(async () => {
  await rm(folder, { recursive: true })
})

async function made(fileName: string, options: readonly string[]): Promise<Buffer> {
  execFileSync('ffmpeg', [...FFMPEG, ...TONE, ...options, join(folder, fileName)])
  return readFile(join(folder, fileName))
}

const bounds = {
  importMsPerGb: 60_000,
  encodeMs: 60_000,
  silenceMs: 60_000,
  checkMs: 20,
  maxMemoryBytes: 1024 ** 3,
}

let count = 0
async function imported(bytes: Buffer, options: Partial<FileImport> = {}) {
  const inputPath = join(folder, `upload-${++count}`)
  const workFolder = join(folder, `work-${count}`)
  const recording = join(workFolder, 'recording')
  await writeFile(inputPath, bytes)
  await mkdir(workFolder)
  const ended = await importFile({
    inputPath,
    workFolder,
    folder: recording,
    head: { type: 'head', videoId: ID, channelId: ID, startedAt: 0, targetDurationSeconds: 6 },
    ffmpegPath: 'ffmpeg',
    compileCache: join(folder, 'compile-cache'),
    bounds,
    signal: new AbortController().signal,
    atEncoder: (work) => work(),
    onProgress: () => {},
    ...options,
  })
  const isWritten = typeof ended === 'object' && 'isSynced' in ended
  const result = !isWritten ? ended : (await ended.isSynced) ? 'done' : 'unsynced'
  return { result, recording, manifest: result === 'done' ? await readManifest(recording) : undefined }
}

const durationOf = ({ manifest }: Awaited<ReturnType<typeof imported>>) =>
  (manifest?.segments ?? []).reduce((sum, { durationMs }) => sum + durationMs, 0)

test('MP4 and Matroska are repackaged as they are', async () => {
  for (const [bytes, codecs] of [
    [whole, /^avc1\.[0-9a-f]{6},mp4a\.40\.2$/],
    [await made('whole.mkv', [...H264, '-c:a', 'libopus']), /^avc1\.[0-9a-f]{6},opus$/],
  ] as const) {
    const one = await imported(bytes, { ffmpegPath: '/nowhere' })
    expect(one.result).toBe('done')
    expect(one.manifest?.inits[0]).toMatchObject({ width: 160, height: 120 })
    expect(one.manifest?.inits[0]?.codecs).toMatch(codecs)
    expect(one.manifest?.segments.every(({ isIndependent }) => isIndependent)).toBe(true)
    expect(Math.abs(durationOf(one) - 5000)).toBeLessThan(100)
  }
})

test('no picture is shown before it is decoded, and sound keeps its place beside it', async () => {
  for (const [fileName, options] of [
    ['order.mp4', [...H264, '-c:a', 'aac']],
    ['order.mkv', [...H264, '-c:a', 'aac']],
    ['open.mp4', ['-c:v', 'libx264', '-x264-params', 'open-gop=1:keyint=50:bframes=3', '-c:a', 'aac']],
  ] as const) {
    const { manifest, recording } = await imported(await made(fileName, options))
    const media = await readFile(join(recording, 'media.mp4'))
    let decoded: number | undefined
    for (const { offset, sizeBytes } of manifest?.segments ?? []) {
      const tracks = readPart(media.subarray(offset, offset + sizeBytes))
      const [pictures, sounds] = [tracks.get(1), tracks.get(2)]
      const isFirst = decoded === undefined
      decoded ??= pictures?.baseDecodeTime ?? 0
      expect(pictures?.baseDecodeTime).toBe(decoded)
      for (const { duration, compositionOffset } of pictures?.samples ?? []) {
        expect(compositionOffset).toBeGreaterThanOrEqual(0)
        expect(Math.abs(duration - 40)).toBeLessThanOrEqual(1)
        decoded += duration
      }
      if (!isFirst) continue
      // An encoder of AAC begins with a frame that is not heard.
      const leadMs = 1024 / 44.1
      const picturesMs = (pictures?.baseDecodeTime ?? 0) + (pictures?.samples[0]?.compositionOffset ?? 0)
      expect(Math.abs(picturesMs - (sounds?.baseDecodeTime ?? 0) / 44.1 - leadMs)).toBeLessThan(2)
    }
    expect(Math.abs((decoded ?? 0) - 5000)).toBeLessThan(50)
  }
})

test('where the picture begins later than the sound, its first one is shown from the start', async () => {
  await writeFile(join(folder, 'even.mp4'), whole)
  const even = ['-i', join(folder, 'even.mp4')]
  const path = join(folder, 'late.mp4')
  const options = ['-itsoffset', '2', ...even, ...even, '-map', '0:v', '-map', '1:a', '-c', 'copy', path]
  execFileSync('ffmpeg', ['-v', 'error', ...options])
  const late = await imported(await readFile(path))
  expect(late.result).toBe('done')
  expect(Math.abs(durationOf(late) - 7000)).toBeLessThan(100)
})

test('what browsers do not play is encoded, or refused where nothing encodes', async () => {
  const old = await made('old.avi', ['-c:v', 'mpeg4', '-c:a', 'mp2'])
  const one = await imported(old)
  expect(one.result).toBe('done')
  expect(Math.abs(durationOf(one) - 5000)).toBeLessThan(200)
  expect((await imported(old, { ffmpegPath: '/nowhere' })).result).toEqual({ refused: 'not_media' })
  const deep = await made('deep.mp4', [...H264, '-pix_fmt', 'yuv422p10le', '-c:a', 'aac'])
  expect((await imported(deep, { ffmpegPath: '/nowhere' })).result).toEqual({ refused: 'codec' })
  expect((await imported(deep)).manifest?.inits[0]?.codecs).toMatch(/^avc1\.64/)
})

test('broken files and files that are none are refused', async () => {
  const playlist = Buffer.from('#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nfile:///etc/passwd\n')
  for (const bytes of [Buffer.from('teks biasa'), Buffer.alloc(4096, 7), playlist])
    expect((await imported(bytes)).result).toEqual({ refused: 'not_media' })
  expect((await imported(whole.subarray(0, whole.length / 2))).result).toEqual({ refused: 'damaged' })
  // Only what is there counts.
  expect(durationOf(await imported(hugeTable(whole)))).toBeLessThan(6000)
})

test('what takes too much memory, or is not wanted any more, is ended', async () => {
  const hungry = await imported(whole, { bounds: { ...bounds, maxMemoryBytes: 1024 * 1024, checkMs: 1 } })
  expect(hungry.result).toEqual({ refused: 'too_much' })
  expect((await imported(whole, { signal: AbortSignal.abort() })).result).toBe('stopped')
})

/** A sample table that claims four billion samples of the same size. */
function hugeTable(file: Buffer): Buffer {
  const bytes = Buffer.from(file)
  const at = bytes.indexOf('stsz')
  bytes.writeUInt32BE(0x10000, at + 8)
  bytes.writeUInt32BE(0xffffffff, at + 12)
  return bytes
}
