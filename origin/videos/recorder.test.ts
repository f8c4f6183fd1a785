import {
  appendFile,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  stat,
  truncate,
  writeFile,
} from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { createLog } from '../observe/log.ts'
import { Segmenter } from '../packager/segmenter.ts'
import type { Part, SegmenterSink } from '../packager/segmenter-sink.ts'
import { AUDIO_CONFIG, encode, VIDEO_CONFIG } from '../packager/synthetic.ts'
import { beside } from '../ladder/beside.ts'
import { type KnownVideo, Library } from './library.ts'
import type { DiskUsage } from './disk-space.ts'
import { Lane } from './lane.ts'
import { Recorder } from './recorder.ts'
import { RecordingFile } from './recording-file.ts'
import { writeVodPlaylist } from '../../shared/vod/playlist.ts'

const VIDEO = '01jd3v2k8m0000000000000001'
const HEAD = {
  type: 'head',
  videoId: VIDEO,
  channelId: '01jd3v2k8m0000000000000009',
  startedAt: 1_700_000_000_000,
  targetDurationSeconds: 4,
} as const
const LOG = createLog({ level: 'silent' })

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'recorder-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

interface RigOptions {
  readonly usage?: DiskUsage
  readonly maxQueueBytes?: number
  readonly at?: string
  readonly lane?: Lane
  readonly writeMs?: number
}

interface Rig {
  readonly recorder: Recorder
  readonly segmenter: Segmenter
  /** What live viewers got. */
  readonly live: Part[]
}

function rig(options: RigOptions = {}): Rig {
  const recorder = new Recorder({
    folder: options.at ?? join(folder, VIDEO),
    head: HEAD,
    lane: options.lane ?? new Lane(1),
    usage: options.usage ?? (() => Promise.resolve(10)),
    thresholds: { warnPercent: 80, stopPercent: 90 },
    maxQueueBytes: options.maxQueueBytes ?? 1e8,
    checkMs: 0,
    writeMs: options.writeMs ?? 0,
    now: () => 0,
    onPlayable: () => {},
    log: LOG,
  })
  const live: Part[] = []
  const nothing = (): void => {}
  const window: SegmenterSink = {
    onStart: nothing,
    onInit: nothing,
    onSegment: nothing,
    onPart: (part) => live.push(part),
    onSegmentEnd: nothing,
    onGap: nothing,
  }
  const segmenter = new Segmenter({
    latencyMode: 'low',
    targetDurationSeconds: 4,
    sink: beside(window, recorder),
  })
  return { recorder, segmenter, live }
}

function library(onVideo: (video: KnownVideo) => void = () => {}): Library {
  return new Library({
    folder,
    thresholds: { warnPercent: 80, stopPercent: 90 },
    maxQueueBytes: 1e8,
    checkMs: 0,
    writeMs: 0,
    now: () => 0,
    onVideo,
    drawStill: () => Promise.resolve(false),
    log: LOG,
  })
}

function play(segmenter: Segmenter, seconds: number, startMs = 0): void {
  for (const message of encode({ seconds, frameRate: 30, startMs })) segmenter.write(message, 0)
}

/** Its process dies when it has written all this: nothing is finished, and the system closes its files. */
async function recordUntilCrash(seconds: number): Promise<Recorder> {
  const lane = new Lane(1)
  using opening = vi.spyOn(RecordingFile, 'open')
  const { recorder, segmenter } = rig({ lane })
  play(segmenter, seconds)
  await vi.waitFor(() => expect(recorder.timeline.segments.length).toBeGreaterThan(2), 15_000)
  // Behind the last line of what is told by then.
  await lane.run(async () => {
    for (const { value } of opening.mock.settledResults) await (value as RecordingFile).close()
  })
  return recorder
}

test('a recording holds exactly the bytes that live viewers got, by segments', async () => {
  const { recorder, segmenter, live } = rig()
  play(segmenter, 11)
  segmenter.finish()
  const manifest = await recorder.finish()
  expect(manifest?.segments.length).toBeGreaterThan(4)
  const media = await readFile(join(folder, VIDEO, 'media.mp4'))
  const recorded = manifest?.segments.map(({ offset, sizeBytes }) =>
    media.subarray(offset, offset + sizeBytes),
  )
  expect(Buffer.concat(recorded ?? []).equals(Buffer.concat(live.map(({ bytes }) => bytes)))).toBe(true)
  const seconds = live.reduce((sum, part) => sum + part.durationSeconds, 0)
  expect(manifest?.segments.reduce((sum, { durationMs }) => sum + durationMs, 0)).toBeCloseTo(
    seconds * 1000,
    1,
  )
  expect(await readdir(join(folder, VIDEO))).toContain('manifest.json')
})

test('a lost line and another encoder become discontinuities with their own init segment', async () => {
  const { recorder, segmenter } = rig()
  play(segmenter, 5)
  segmenter.discontinue(0)
  segmenter.fillGap(60_000)
  play(segmenter, 5)
  segmenter.write({ ...AUDIO_CONFIG, config: Buffer.from('1210', 'hex') } as typeof AUDIO_CONFIG, 0)
  for (const message of encode({ seconds: 5, frameRate: 30, startMs: 5000 }))
    if (message !== VIDEO_CONFIG && message !== AUDIO_CONFIG) segmenter.write(message, 0)
  segmenter.finish()
  const manifest = await recorder.finish()
  const cuts = manifest?.segments.filter(({ isDiscontinuity }) => isDiscontinuity)
  expect(cuts?.length).toBe(2)
  expect(manifest?.inits.length).toBe(2)
  const playlist = writeVodPlaylist(manifest ?? { inits: [], segments: [] }, { targetDurationSeconds: 4 })
  expect(playlist.match(/#EXT-X-DISCONTINUITY\n/g)?.length).toBe(2)
  expect(playlist).not.toContain('GAP')
  expect(playlist.match(/#EXT-X-MAP/g)?.length).toBe(2)
})

test('what a crash left is played to its last whole part, and goes on from there', async () => {
  const first = await recordUntilCrash(7)
  // The disk kept half a part and half a line.
  const path = join(folder, VIDEO)
  const { size } = await stat(join(path, 'media.mp4'))
  await truncate(join(path, 'media.mp4'), size - 3)
  await appendFile(join(path, 'index.jsonl'), '{"type":"part","offs')

  const second = rig()
  second.segmenter.write(VIDEO_CONFIG, 0)
  play(second.segmenter, 5)
  second.segmenter.finish()
  const manifest = await second.recorder.finish()
  const listed = first.timeline.segments
  expect(manifest?.segments.slice(0, listed.length)).toEqual(listed)
  const media = await readFile(join(path, 'media.mp4'))
  const last = manifest?.segments.at(-1)
  expect((last?.offset ?? 0) + (last?.sizeBytes ?? 0)).toBe(media.length)
  // Every segment is whole boxes: moof and mdat, one after another.
  for (const { offset, sizeBytes } of manifest?.segments ?? []) {
    let at = offset
    while (at < offset + sizeBytes) at += media.readUInt32BE(at)
    expect(at).toBe(offset + sizeBytes)
  }
})

test('bytes that a power failure turned into others are not played', async () => {
  const file = await RecordingFile.open(join(folder, VIDEO), HEAD)
  await file.append([
    { record: { type: 'init', offset: 0, sizeBytes: 4, crc: 0, codecs: '' }, bytes: Buffer.from('init') },
  ])
  await file.sync()
  await file.append([
    { record: { type: 'segment', isDiscontinuity: false, isIndependent: true, programDateTimeMs: 0 } },
    { record: { type: 'part', offset: 4, sizeBytes: 4, crc: 123, durationMs: 300 }, bytes: Buffer.alloc(4) },
  ])
  await file.close()
  const again = await RecordingFile.open(join(folder, VIDEO), HEAD)
  expect(again.index.endOffset).toBe(4)
  expect(await again.finish()).toBeUndefined()
})

test('a full disk stops the recording, says so, and lets it go on when there is room', async () => {
  let used = 95
  const { recorder, segmenter, live } = rig({ usage: () => Promise.resolve(used) })
  play(segmenter, 5)
  await vi.waitFor(() => expect(recorder.hints).toEqual(['recording_disk_full']), 15_000)
  play(segmenter, 5, 15_000)
  const before = live.length
  used = 85
  play(segmenter, 3, 15_000)
  await vi.waitFor(() => expect(recorder.hints).toEqual(['recording_disk_filling']), 15_000)
  play(segmenter, 6, 13_000)
  segmenter.finish()
  expect(live.length).toBeGreaterThan(before)
  const manifest = await recorder.finish()
  expect(manifest?.segments.length).toBeGreaterThan(1)
  expect(manifest?.segments.some(({ isDiscontinuity }) => isDiscontinuity)).toBe(true)
})

test('a missing disk never reaches the live path, and a recording begins when it is there', async () => {
  const at = join(folder, 'away', VIDEO)
  await writeFile(join(folder, 'away'), 'a file where the folder should be')
  const { recorder, segmenter, live } = rig({ at })
  play(segmenter, 5)
  await vi.waitFor(() => expect(recorder.hints).toEqual(['recording_failed']), 15_000)
  expect(live.length).toBeGreaterThan(5)
  await rm(join(folder, 'away'))
  play(segmenter, 6, 15_000)
  segmenter.finish()
  expect((await recorder.finish())?.segments.length).toBeGreaterThan(1)
  expect(recorder.hints).toEqual([])
})

test('a disk that hangs costs a bounded queue, and no more', async () => {
  const lane = new Lane(1)
  const hang = Promise.withResolvers<void>()
  const blocked = lane.run(() => hang.promise)
  const { recorder, segmenter, live } = rig({ lane, maxQueueBytes: 30_000 })
  play(segmenter, 60)
  expect(recorder.hints).toEqual(['recording_slow'])
  expect(live.length).toBeGreaterThan(100)
  hang.resolve()
  await blocked
  // Behind all that waits for the disk: the queue is written and counted down.
  await lane.run(() => Promise.resolve())
  expect(recorder.timeline.segments.length).toBeGreaterThan(0)
  play(segmenter, 4, 60_000)
  segmenter.finish()
  const manifest = await recorder.finish()
  expect(manifest?.segments.some(({ isDiscontinuity }) => isDiscontinuity)).toBe(true)
  expect(recorder.hints).toEqual([])
})

test('parts are written together, and the end of a segment does not wait for others', async () => {
  const lane = new Lane(1)
  const run = vi.spyOn(lane, 'run')
  const { recorder, segmenter, live } = rig({ lane, writeMs: 1 })
  play(segmenter, 1)
  expect(live.length).toBeGreaterThan(1)
  await new Promise(setImmediate)
  // The one look at the disk's space.
  expect(run).toHaveBeenCalledTimes(1)
  play(segmenter, 6, 1000)
  await vi.waitFor(() => expect(recorder.timeline.segments.length).toBeGreaterThan(0), 15_000)
  segmenter.finish()
  await recorder.finish()
  expect((await stat(join(folder, VIDEO, 'media.mp4'))).size).toBeGreaterThan(
    live.reduce((sum, { bytes }) => sum + bytes.length, 0),
  )
})

test('the library finishes what a crash cut off and tells of everything it has', async () => {
  await recordUntilCrash(7)
  await mkdir(join(folder, 'not-a-video'))
  const told: KnownVideo[] = []
  const videos = library((video) => told.push(video))
  await videos.load()
  expect(told.map(({ state }) => state)).toEqual(['ready'])
  const video = await videos.video(VIDEO)
  expect(video).toMatchObject({ isGrowing: false })
  const [segment] = video?.segments ?? []
  const bytes = await videos.read(VIDEO, segment?.offset ?? 0, segment?.sizeBytes ?? 0)
  expect(bytes.length).toBe(segment?.sizeBytes)
  expect(await readdir(folder)).toContain('not-a-video')
})

test('a removed video is gone, also when the process is killed between its name and its bytes', async () => {
  const { segmenter, recorder } = rig()
  play(segmenter, 5)
  segmenter.finish()
  await recorder.finish()
  const videos = library()
  expect(await videos.video(VIDEO)).toBeDefined()
  expect(await videos.remove(VIDEO)).toBe(true)
  expect(await videos.video(VIDEO)).toBeUndefined()
  expect(await readdir(folder)).toEqual([])
  // Again, as after an answer that was lost.
  expect(await videos.remove(VIDEO)).toBe(true)
  await mkdir(join(folder, `.removed-${VIDEO}`))
  await library().load()
  expect(await readdir(folder)).toEqual([])
})
