import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { formatManifest, parseManifest } from '../../shared/vod/manifest.ts'
import { writeVodPlaylist } from '../../shared/vod/playlist.ts'
import type { Timeline } from '../../shared/vod/timeline.ts'
import { createLog } from '../observe/log.ts'
import { encode } from '../packager/synthetic.ts'
import { Library } from '../videos/library.ts'
import { RecordingIndex } from '../videos/recording-index.ts'
import { LiveStream } from './live-stream.ts'
import type { Reservation } from './saved-broadcast.ts'

const VIDEO = '01jd3v2k8m0000000000000001'
const STARTED_AT = 1_700_000_000_000
const ABOUT = { broadcastId: VIDEO, slug: 'budi', latencyMode: 'low', targetDurationSeconds: 4 } as const

let folder: string
let nowMs: number
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'recorded-alerts-'))
  nowMs = STARTED_AT
})
afterEach(() => rm(folder, { recursive: true, force: true }))

/** A broadcast of one process, and what it left for the next. */
function broadcast(resumes?: Reservation) {
  const library = new Library({
    folder,
    thresholds: { warnPercent: 100, stopPercent: 100 },
    maxQueueBytes: 1e8,
    checkMs: 0,
    writeMs: 0,
    now: () => nowMs,
    onVideo: () => {},
    drawStill: () => Promise.resolve(false),
    log: createLog({ level: 'silent' }),
  })
  const { targetDurationSeconds } = ABOUT
  const channelId = '01jd3v2k8m0000000000000009'
  const recorder = library.record({
    type: 'head',
    videoId: VIDEO,
    channelId,
    startedAt: STARTED_AT,
    targetDurationSeconds,
  })
  let saved: Reservation | undefined
  const stream = new LiveStream({
    ...ABOUT,
    windowSeconds: 60,
    maxWaiters: 10,
    now: () => nowMs,
    recorder,
    onReserve: (reservation) => (saved = reservation),
    ...(resumes && { resumes }),
  })
  return {
    stream,
    recorder,
    play(seconds: number, startMs = 0): void {
      for (const message of encode({ seconds, frameRate: 30, startMs })) stream.write(message)
      nowMs += seconds * 1000
    },
    show: (id: string) =>
      stream.mark({
        id,
        className: 'panggung.alert',
        durationMs: 8000,
        attributes: { 'X-PANGGUNG-NAME': 'Bu Rini' },
      }),
    saved: () => saved,
    async end() {
      stream.end()
      library.finish(recorder, VIDEO)
      await library.settled()
      return library.manifest(VIDEO)
    },
  }
}

const listed = (timeline: Timeline, kind: 'growing' | 'finished' = 'finished') =>
  writeVodPlaylist(timeline, { kind, targetDurationSeconds: 4 })
    .split('\n')
    .filter((line) => line.startsWith('#EXT-X-DATERANGE'))

/** Where in the video a moment of the wall clock is. */
function positionOf({ segments }: Timeline, atMs: number): number | undefined {
  let position = 0
  for (const { programDateTimeMs, durationMs } of segments) {
    if (atMs >= programDateTimeMs && atMs < programDateTimeMs + durationMs)
      return Math.round(position + atMs - programDateTimeMs)
    position += durationMs
  }
  return undefined
}

test('an alert is in the recording at its moment of the media, also behind a gap, and says no word', async () => {
  const live = broadcast()
  const { stream, recorder } = live
  expect(live.show('early')).toBe(false)
  live.play(6)
  for (const _again of [1, 2]) expect(live.show('satu.1')).toBe(true)
  live.play(6, 6000)
  await vi.waitFor(() => expect(recorder.timeline.segments.length).toBeGreaterThan(3), 15_000)
  const growing = listed(recorder.timeline, 'growing')
  expect(growing).toHaveLength(1)
  stream.interrupt()
  nowMs += 60_000
  stream.fillGap()
  live.play(6)
  expect(live.show('dua.2')).toBe(true)
  live.play(6, 6000)
  const manifest = await live.end()
  expect(manifest?.alerts?.map(({ id }) => id)).toEqual(['satu.1', 'dua.2'])
  if (!manifest) return
  // What was listed while it grew stands there still, word for word.
  expect(listed(manifest)[0]).toBe(growing[0])
  expect(listed(manifest).join()).not.toContain('Rini')
  const [first = 0, second = 0] = manifest.alerts?.map(({ startMs }) => positionOf(manifest, startMs)) ?? []
  // The newest part may still be open when it is shown.
  expect(Math.abs(first - 6000)).toBeLessThan(700)
  expect(Math.abs(second - 18_000)).toBeLessThan(700)
  expect(second).toBeGreaterThan(first)
  expect(parseManifest(formatManifest(manifest)).alerts).toEqual(manifest.alerts)
})

test('an origin that was killed has the alerts of the window and of the recording when it goes on', async () => {
  const before = broadcast()
  before.play(6)
  before.show('satu.1')
  before.play(5, 6000)
  await vi.waitFor(() => expect(before.recorder.timeline.segments.length).toBeGreaterThan(3), 15_000)
  // The process is gone here: nothing is closed.
  const left = before.saved()
  expect(left?.dateRanges?.map(({ id }) => id)).toEqual(['satu.1'])
  nowMs += 1000
  const after = broadcast(left)
  after.play(6)
  const playlist = after.stream.source.mediaPlaylist().toString()
  expect(playlist).toContain('ID="satu.1",CLASS="panggung.alert"')
  expect(playlist).toContain('X-PANGGUNG-NAME="Bu Rini"')
  after.show('satu.1')
  after.show('dua.2')
  after.play(4, 6000)
  expect(after.saved()?.dateRanges?.map(({ id }) => id)).toEqual(['satu.1', 'dua.2'])
  const manifest = await after.end()
  expect(manifest?.alerts?.map(({ id }) => id)).toEqual(['satu.1', 'dua.2'])
})

test('a recording holds a bounded number of alerts, each once', () => {
  const index = new RecordingIndex()
  const alert = (id: string) => index.add({ type: 'alert', id, startMs: STARTED_AT, durationMs: 1000 })
  expect([alert('a'), alert('a')]).toEqual([true, false])
  for (let count = 0; count < 6000; count++) alert(`a.${count}`)
  expect(index.alerts).toHaveLength(5000)
})
