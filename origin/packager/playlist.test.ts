import { expect, test } from 'vitest'
import { writeMediaPlaylist, writeMultivariantPlaylist } from './playlist.ts'
import { Segmenter } from './segmenter.ts'
import { encode } from './synthetic.ts'
import { LiveWindow } from './window.ts'

function live(seconds: number, windowSeconds = 12) {
  const window = new LiveWindow({ windowSeconds, onAdvance: () => {} })
  const segmenter = new Segmenter({ latencyMode: 'low', targetDurationSeconds: 4, sink: window })
  for (const message of encode({ seconds, frameRate: 30 })) segmenter.write(message, Date.UTC(2026, 10, 21))
  return window
}

function render(window: LiveWindow, withParts = true): string[] {
  return writeMediaPlaylist({
    targetDurationSeconds: 4,
    partTarget: withParts ? window.partTarget : undefined,
    segments: window.listed,
    discontinuitySequence: window.discontinuitySequence,
    edge: window.edge,
    isEnded: window.isEnded,
  }).split('\n')
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
