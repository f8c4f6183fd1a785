/** What is read here is what a library reads, of files as encoders and phones write them; tables that lie end nothing else. */
import { execFileSync } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Sized } from '../../packager/track.ts'
import { type MediaSource, type Packet, RefusedFile } from '../media-source.ts'
import { readSource } from '../read-source.ts'
import { openMovie } from './movie-source.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'movie-'))
})
afterAll(async () => {
  await rm(folder, { recursive: true })
})

const PICTURE = '-f lavfi -i testsrc2=size=160x120:rate=25'
const SOUND = '-f lavfi -i sine=frequency=440'
const H264 = '-c:v libx264 -preset ultrafast -g 25 -bf 2'

function make(fileName: string, options: string): string {
  const path = join(folder, fileName)
  execFileSync('ffmpeg', ['-v', 'error', '-y', ...options.split(' '), path])
  return path
}

interface Frame {
  readonly bytes: string
  /** ms after the first of its track. */
  readonly at: number
  readonly isKey: boolean
}

async function framesOf<Data extends Sized>(source: MediaSource<Data>, kind: 'video' | 'audio') {
  const frames: Frame[] = []
  let first: number | undefined
  for (let next = await source[kind]?.packets.next(); next?.done === false;) {
    const { data, timestamp, isKey }: Packet<Data> = next.value
    const bytes = Buffer.alloc(data.length)
    await source.load([data], bytes)
    first ??= timestamp
    frames.push({ bytes: bytes.toString('base64'), at: Math.round((timestamp - first) * 1000), isKey })
    next = await source[kind]?.packets.next()
  }
  return { first: first === undefined ? undefined : Math.round(first * 1000), frames }
}

async function readBy<Data extends Sized>(source: MediaSource<Data> | undefined) {
  if (!source) throw new Error('Cannot read the file')
  try {
    const { rotation, video, audio } = source
    const record = Buffer.from(video?.config.record ?? []).toString('hex')
    const configs = { video: video && { ...video.config, record }, audio: audio?.config.codec, rotation }
    return { configs, video: await framesOf(source, 'video'), audio: await framesOf(source, 'audio') }
  } finally {
    await source.close()
  }
}

describe('is read as a library reads it', () => {
  test.each([
    ['pictures in another order', 'a.mp4', `${PICTURE} ${SOUND} -t 3 ${H264} -c:a aac`],
    ['its table at the front', 'b.mp4', `${PICTURE} ${SOUND} -t 2 ${H264} -c:a aac -movflags +faststart`],
    ['QuickTime', 'c.mov', `${PICTURE} ${SOUND} -t 2 ${H264} -c:a aac`],
    [
      'HEVC',
      'd.mp4',
      `${PICTURE} -t 1 -c:v libx265 -preset ultrafast -x265-params log-level=none -tag:v hvc1`,
    ],
    ['AV1 and Opus', 'e.mp4', `${PICTURE} ${SOUND} -t 0.6 -c:v libaom-av1 -cpu-used 8 -c:a libopus`],
    ['sound alone', 'f.m4a', `${SOUND} -t 2 -c:a aac`],
    [
      'frames at changing times',
      'g.mp4',
      `${PICTURE} -t 2 -vf select='not(mod(n\\,3))+gt(n\\,20)' -fps_mode vfr ${H264}`,
    ],
    ['held upright', 'h.mp4', '-i SOURCE -c copy -metadata:s:v rotate=90'],
  ])('%s', async (_, fileName, options) => {
    const turned = options.includes('SOURCE') ? make('upright.mp4', `${PICTURE} -t 1 ${H264}`) : ''
    const path = make(fileName, options.replace('SOURCE', turned))
    const read = await readBy(await openMovie(path))
    expect(read).toEqual(await readBy(await readSource(path)))
    expect(read.video.frames.length + read.audio.frames.length).toBeGreaterThan(20)
  })
})

test('an edit list hides what was cut off, but for what decoders need', async () => {
  const whole = make('whole.mp4', `${PICTURE} ${SOUND} -t 4 ${H264} -c:a aac`)
  // From between two key frames, the second of them hidden, to before the end.
  const path = join(folder, 'edited.mp4')
  const bytes = await readFile(whole)
  for (let at = bytes.indexOf('elst'); at >= 0; at = bytes.indexOf('elst', at + 1)) {
    const timescale = bytes.readUInt32BE(bytes.indexOf('mdhd', at) + 16)
    bytes.writeUInt32BE(1000, at + 12)
    bytes.writeInt32BE(Math.round(1.5 * timescale), at + 16)
  }
  await writeFile(path, bytes)
  const { video, audio } = await readBy(await openMovie(path))
  expect(video.first).toBeGreaterThan(-600)
  expect(video.first).toBeLessThan(-400)
  expect(video.frames[0]?.isKey).toBe(true)
  // Up to the key frame after the end.
  expect((video.first ?? 0) + Math.max(...video.frames.map(({ at }) => at))).toBeLessThan(1600)
  expect(Math.abs((audio.first ?? 0) - (video.first ?? 0))).toBeLessThan(150)
  expect((audio.first ?? 0) + Math.max(...audio.frames.map(({ at }) => at))).toBeLessThan(1110)
})

test('fragments, codecs that are not passed through and several descriptions are left to others', async () => {
  const fragments = make('fragments.mp4', `${PICTURE} -t 1 ${H264} -movflags frag_keyframe+empty_moov`)
  const mp3 = make('mp3.mp4', `${SOUND} -t 1 -c:a libmp3lame`)
  const other = make('other.mkv', `${PICTURE} -t 1 ${H264}`)
  for (const path of [fragments, mp3, other]) expect(await openMovie(path)).toBeUndefined()
})

test('what lies in fragments after the first samples is not left out', async () => {
  const whole = make('unbroken.mp4', `${PICTURE} ${SOUND} -t 4 ${H264} -c:a aac`)
  const mixed = make('mixed.mp4', `-i ${whole} -c copy -movflags frag_keyframe`)
  expect(await openMovie(mixed)).toBeUndefined()
  const [all, read] = [await readBy(await openMovie(whole)), await readBy(await readSource(mixed))]
  expect(read.configs).toEqual(all.configs)
  // A table has rounded the times of the others.
  const told = ({ frames }: typeof all.video) => frames.map(({ bytes, isKey }) => [bytes, isKey])
  expect(told(read.video)).toEqual(told(all.video))
  expect(told(read.audio)).toEqual(told(all.audio))
  const ends = [read, all].map(({ video }) => Math.max(...video.frames.map(({ at }) => at)))
  expect(Math.abs((ends[0] ?? 0) - (ends[1] ?? 0))).toBeLessThan(40)
})

describe('tables that lie', () => {
  let whole: Buffer
  let count = 0
  beforeAll(async () => {
    whole = await readFile(make('honest.mp4', `${PICTURE} ${SOUND} -t 2 ${H264} -c:a aac`))
  })

  /** How many frames are read, or why none. */
  async function outcome(change: (bytes: Buffer) => Buffer | void): Promise<number | string> {
    const bytes = Buffer.from(whole)
    const path = join(folder, `lies-${++count}.mp4`)
    await writeFile(path, change(bytes) ?? bytes)
    try {
      const source = await openMovie(path)
      if (!source) return 'left to others'
      const { video, audio } = await readBy(source)
      return video.frames.length + audio.frames.length
    } catch (error) {
      if (error instanceof RefusedFile) return error.reason
      throw error
    }
  }

  const at = (bytes: Buffer, type: string, field: number): number => bytes.indexOf(type) + 4 + field * 4

  test('counts beyond their box, and frames beyond the file, are not believed', async () => {
    const honest = await outcome(() => {})
    expect(honest).toBeGreaterThan(100)
    expect(await outcome((bytes) => void bytes.writeUInt32BE(0xffffffff, at(bytes, 'stsz', 2)))).toBe(honest)
    expect(await outcome((bytes) => void bytes.writeUInt32BE(0xffffffff, at(bytes, 'stts', 1)))).toBe(honest)
    for (const field of ['stsz', 'stco'])
      expect(
        await outcome(
          (bytes) => void bytes.writeUInt32BE(0x7fffffff, at(bytes, field, field === 'stsz' ? 3 : 2)),
        ),
      ).toBeLessThan(honest as number)
    expect(await outcome((bytes) => bytes.subarray(0, bytes.indexOf('stco') + 6))).toBe(0)
  })

  test('what would be walked for ever is refused', async () => {
    const boxes = Buffer.from('0000000866726565'.repeat(30_000), 'hex')
    expect(await outcome((bytes) => Buffer.concat([boxes, bytes]))).toBe('damaged')
    const tracks = Buffer.from('000000087472616b'.repeat(30_000), 'hex')
    const head = Buffer.from('00000000moov', 'latin1')
    head.writeUInt32BE(8 + tracks.length)
    const many = Buffer.concat([head.subarray(0, 4), Buffer.from('moov'), tracks])
    expect(await outcome(() => many)).toBe('damaged')
  })
})
