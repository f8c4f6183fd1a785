import { expect, test } from 'vitest'
import {
  firstUnskippedMsn,
  type MediaPlaylistView,
  skipBoundarySeconds,
  writeMediaPlaylist,
  writeMultivariantPlaylist,
} from './playlist.ts'
import { Segmenter } from './segmenter.ts'
import { encode } from './synthetic.ts'
import { LiveWindow } from './window.ts'

function live(seconds: number, windowSeconds = 12) {
  const window = new LiveWindow({ windowSeconds, onAdvance: () => {} })
  const segmenter = new Segmenter({ latencyMode: 'low', targetDurationSeconds: 4, sink: window })
  for (const message of encode({ seconds, frameRate: 30 })) segmenter.write(message, Date.UTC(2026, 10, 21))
  return window
}

function viewOf(window: LiveWindow, windowSeconds = 12): MediaPlaylistView {
  return {
    targetDurationSeconds: 4,
    partTarget: window.partTarget,
    segments: window.listed,
    discontinuitySequence: window.discontinuitySequence,
    edge: window.edge,
    isEnded: window.isEnded,
    canSkipUntilSeconds: skipBoundarySeconds(4, windowSeconds),
    dateRanges: [],
    renditionReports: [],
  }
}

function render(window: LiveWindow, withParts = true): string[] {
  const view = viewOf(window)
  return writeMediaPlaylist({ ...view, partTarget: withParts ? view.partTarget : undefined }).split('\n')
}

test('a live playlist announces blocking reload, its hold-backs and the part that comes next', () => {
  const window = live(5)
  const lines = render(window)
  expect(lines.slice(0, 8)).toEqual([
    '#EXTM3U',
    '#EXT-X-VERSION:9',
    '#EXT-X-TARGETDURATION:4',
    '#EXT-X-SERVER-CONTROL:CAN-BLOCK-RELOAD=YES,HOLD-BACK=12.000,PART-HOLD-BACK=1.005',
    '#EXT-X-PART-INF:PART-TARGET=0.335',
    '#EXT-X-MEDIA-SEQUENCE:0',
    '#EXT-X-INDEPENDENT-SEGMENTS',
    '#EXT-X-MAP:URI="init.0.mp4"',
  ])
  expect(lines[8]).toBe('#EXT-X-PROGRAM-DATE-TIME:2026-11-21T00:00:00.000Z')
  expect(lines.at(-2)).toBe(
    `#EXT-X-PRELOAD-HINT:TYPE=PART,URI="part.${window.edge.msn}.${window.edge.part}.m4s"`,
  )
})

test('without parts (normal mode) only whole segments are listed', () => {
  const lines = render(live(5), false)
  expect(lines.filter((line) => line.includes('PART'))).toEqual([])
  expect(lines.filter((line) => line.startsWith('seg.'))).toEqual(['seg.0.m4s', 'seg.1.m4s'])
})

test('an ended playlist says so and promises no further part', () => {
  const window = live(5)
  window.onSegmentEnd()
  window.end()
  const lines = render(window)
  expect(lines).toContain('#EXT-X-ENDLIST')
  expect(lines.some((line) => line.includes('PRELOAD-HINT'))).toBe(false)
  expect(lines.find((line) => line.includes('SERVER-CONTROL'))).toContain('PART-HOLD-BACK=')
})

test('parts are listed for the last three target durations only', () => {
  const window = live(40, 30)
  const lines = render(window)
  const firstPart = lines.findIndex((line) => line.startsWith('#EXT-X-PART:'))
  const segmentsBefore = lines.slice(0, firstPart).filter((line) => line.startsWith('seg.')).length
  expect(segmentsBefore).toBeGreaterThan(5)
  expect(lines.filter((line) => line.startsWith('#EXT-X-PART:')).length).toBeLessThan((12 + 4) * 3.1)
})

test('delta updates are offered where at least half of the window can be skipped', () => {
  expect(skipBoundarySeconds(4, 30)).toBeUndefined()
  expect(skipBoundarySeconds(4, 48)).toBe(24)
  expect(render(live(40, 30)).join()).not.toContain('CAN-SKIP-UNTIL')
})

test('a delta update lists the last six target durations and counts what is before them', () => {
  const view = viewOf(live(80, 60), 60)
  const full = writeMediaPlaylist(view).split('\n')
  const delta = writeMediaPlaylist(view, { isDelta: true }).split('\n')
  const count = (lines: string[]) => lines.filter((line) => line.startsWith('seg.')).length
  const skipped = Number(delta.join('\n').match(/EXT-X-SKIP:SKIPPED-SEGMENTS=(\d+)/)?.[1])
  expect(skipped).toBeGreaterThan(10)
  expect(count(delta) + skipped).toBe(count(full))
  const firstMsn = view.segments[0]?.msn ?? 0
  expect(firstUnskippedMsn(view)).toBe(firstMsn + skipped)
  // The map in force and everything from the first segment on that is left are as in the whole playlist.
  const from = `seg.${firstMsn + skipped}.m4s`
  expect(delta).toContain('#EXT-X-MAP:URI="init.0.mp4"')
  expect(delta.slice(delta.indexOf(from))).toEqual(full.slice(full.indexOf(from)))
  const kept = view.segments.slice(skipped).reduce((sum, { durationSeconds }) => sum + durationSeconds, 0)
  expect(kept).toBeGreaterThanOrEqual(24)
  expect(kept).toBeLessThan(24 + 4)
})

test('nothing is skipped in a short playlist, nor in an ended one', () => {
  const short = viewOf(live(10, 60), 60)
  expect(writeMediaPlaylist(short, { isDelta: true })).toBe(writeMediaPlaylist(short))
  const ended = { ...viewOf(live(80, 60), 60), isEnded: true }
  expect(writeMediaPlaylist(ended, { isDelta: true })).toBe(writeMediaPlaylist(ended))
})

test('every other rendition is reported with its last segment and part, while the broadcast lives', () => {
  const window = live(5)
  const { lastPart } = window
  const view: MediaPlaylistView = {
    ...viewOf(window),
    renditionReports: [
      { rendition: '720p', lastMsn: lastPart?.msn ?? -1, lastPart: lastPart?.part },
      { rendition: 'audio', lastMsn: 1, lastPart: undefined },
    ],
  }
  expect(writeMediaPlaylist(view).split('\n').slice(-3)).toEqual([
    `#EXT-X-RENDITION-REPORT:URI="../720p/media.m3u8",LAST-MSN=${window.edge.msn},LAST-PART=${window.edge.part - 1}`,
    '#EXT-X-RENDITION-REPORT:URI="../audio/media.m3u8",LAST-MSN=1',
    '',
  ])
  expect(writeMediaPlaylist({ ...view, isEnded: true })).not.toContain('RENDITION-REPORT')
})

test('the multivariant playlist names the broadcast and tells codecs, size and rate', () => {
  const { tracks = {} } = live(3)
  const text = writeMultivariantPlaylist('01jd3v2k8m0000000000000000', [
    { name: 'source', tracks, frameRate: 30, peakBitrateBps: 2_500_000, averageBitrateBps: 2_000_000 },
  ])
  expect(text.split('\n').slice(2, 4)).toEqual([
    '#EXT-X-STREAM-INF:BANDWIDTH=2500000,AVERAGE-BANDWIDTH=2000000,CODECS="avc1.64001f,mp4a.40.2",RESOLUTION=1280x720,FRAME-RATE=30.000',
    '01jd3v2k8m0000000000000000/source/media.m3u8',
  ])
})

test.each([
  ['SDR', ''],
  ['PQ', ',VIDEO-RANGE=PQ'],
] as const)('the multivariant playlist tells the range of a picture: %s', (videoRange, ending) => {
  const { video } = live(3).tracks ?? {}
  if (!video) throw new Error('There is a picture')
  const rates = { frameRate: 25, peakBitrateBps: 1, averageBitrateBps: 1 }
  const tracks = { video: { ...video, videoRange } }
  const text = writeMultivariantPlaylist('id', [{ name: 'source', tracks, ...rates }])
  expect(text).toContain(`FRAME-RATE=25.000${ending}\n`)
})

test('a gap says so, in parts too, before the discontinuity with which the encoder comes back', () => {
  const window = new LiveWindow({ windowSeconds: 30, onAdvance: () => {} })
  const segmenter = new Segmenter({ latencyMode: 'low', targetDurationSeconds: 4, sink: window })
  for (const message of encode({ seconds: 5, frameRate: 30 })) segmenter.write(message, 0)
  segmenter.discontinue(0)
  segmenter.fillGap(10_000)
  for (const message of encode({ seconds: 1, frameRate: 30 })) segmenter.write(message, 11_000)
  const lines = render(window)
  const gap = lines.slice(lines.indexOf('#EXT-X-GAP'), lines.lastIndexOf('#EXT-X-GAP'))
  expect(gap[0]).toBe('#EXT-X-GAP')
  expect(gap[1]).toMatch(/^#EXT-X-PROGRAM-DATE-TIME:/)
  const parts = gap.filter((line) => line.startsWith('#EXT-X-PART:'))
  expect(parts).toHaveLength(12)
  expect(parts.every((line) => line.endsWith(',GAP=YES'))).toBe(true)
  const seconds = parts.reduce((sum, line) => sum + Number(/DURATION=([\d.]+)/.exec(line)?.[1]), 0)
  expect(seconds).toBeCloseTo(4, 6)
  expect(gap.slice(-2)).toEqual(['#EXTINF:4.000,', 'seg.3.m4s'])
  expect(lines.filter((line) => line === '#EXT-X-DISCONTINUITY')).toHaveLength(1)
  expect(lines.lastIndexOf('#EXT-X-GAP')).toBeLessThan(lines.indexOf('#EXT-X-DISCONTINUITY'))
  expect(lines.filter((line) => line.startsWith('#EXT-X-MAP'))).toHaveLength(1)
  const withoutParts = render(window, false)
  expect(withoutParts.filter((line) => line.includes('PART'))).toEqual([])
  expect(withoutParts).toContain('#EXT-X-GAP')
})
