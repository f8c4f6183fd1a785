import { expect, test } from 'vitest'
import type { DeliveryDirectives } from '../../shared/hls-path.ts'
import { LiveEdge } from './live-edge.ts'

const RENDITION = 'broadcast/source'
const TARGET_SECONDS = 4

/** Segments 5, 6 and 7 whole, two parts of 8. */
const PLAYLIST = `#EXTM3U
#EXT-X-TARGETDURATION:4
#EXT-X-PART-INF:PART-TARGET=0.333
#EXT-X-MEDIA-SEQUENCE:5
#EXTINF:4.0,
seg.5.m4s
#EXTINF:4.0,
seg.6.m4s
#EXT-X-PART:DURATION=0.333,URI="part.7.0.m4s"
#EXTINF:4.0,
seg.7.m4s
#EXT-X-PART:DURATION=0.333,URI="part.8.0.m4s"
#EXT-X-PART:DURATION=0.333,URI="part.8.1.m4s"
#EXT-X-PRELOAD-HINT:TYPE=PART,URI="part.8.2.m4s"
`

function liveEdgeAt(nowMs: number, playlist = PLAYLIST): LiveEdge {
  const liveEdge = new LiveEdge()
  liveEdge.observe(RENDITION, playlist, TARGET_SECONDS, nowMs)
  return liveEdge
}

test.each([{ msn: 8, part: 2 }, { msn: 8, part: 10 }, { msn: 9, part: 0 }, { msn: 9 }])(
  '%o is the near future and asked as it is',
  (directives) => {
    expect(liveEdgeAt(0).settle(RENDITION, directives, 0)).toBe(directives)
  },
)

test.each([{ msn: 10 }, { msn: 999_999_999 }, { msn: 8, part: 12 }, { msn: 9, part: 10 }])(
  '%o is too far ahead',
  (directives) => {
    expect(liveEdgeAt(0).settle(RENDITION, directives, 0)).toBeUndefined()
  },
)

test.each([{ msn: 0 }, { msn: 6, part: 123_456 }, { msn: 7, part: 1, skip: 'YES' as const }])(
  '%o is past and folded into the newest playlist',
  (directives) => {
    expect(liveEdgeAt(0).settle(RENDITION, directives, 0)).toEqual({ msn: 8, part: 1 })
  },
)

test('before the first part of a segment the newest playlist is that of the last whole one', () => {
  const atBoundary = PLAYLIST.replaceAll(/#EXT-X-PART:DURATION=0.333,URI="part.8.*\n/g, '')
  expect(liveEdgeAt(0, atBoundary).settle(RENDITION, { msn: 2 }, 0)).toEqual({ msn: 7 })
})

test('what was seen a while ago is not the newest any more: the plain playlist is', () => {
  expect(liveEdgeAt(0).settle(RENDITION, { msn: 2 }, 1999)).toEqual({ msn: 8, part: 1 })
  expect(liveEdgeAt(0).settle(RENDITION, { msn: 2 }, 2000)).toEqual({})
})

test('after the end every request is one for the playlist that never changes', () => {
  const liveEdge = liveEdgeAt(0, `${PLAYLIST}#EXT-X-ENDLIST\n`)
  // A late answer from before the end does not revive it.
  liveEdge.observe(RENDITION, PLAYLIST, TARGET_SECONDS, 1)
  for (const msn of [0, 8, 999_999]) expect(liveEdge.settle(RENDITION, { msn, part: 3 }, 2)).toEqual({})
  expect(liveEdge.refusalOf(RENDITION, { kind: 'segment', msn: 8 }, 2)).toBe('not_found')
})

test('a delta update is asked for only where one is offered, by one name, and for those whom it serves', () => {
  const offering = PLAYLIST.replace(
    '#EXT-X-PART-INF',
    '#EXT-X-SERVER-CONTROL:CAN-SKIP-UNTIL=24\n#EXT-X-PART-INF',
  )
  const settle = (directives: DeliveryDirectives, playlist = offering) =>
    liveEdgeAt(0, playlist).settle(RENDITION, directives, 0)
  expect(settle({ skip: 'YES' })).toEqual({ skip: 'YES' })
  expect(settle({ msn: 8, part: 2, skip: 'v2' })).toEqual({ msn: 8, part: 2, skip: 'YES' })
  expect(settle({ msn: 6, skip: 'YES' })).toEqual({ msn: 8, part: 1, skip: 'YES' })
  expect(settle({ msn: 2, skip: 'YES' })).toEqual({ msn: 8, part: 1 })
  expect(settle({ msn: 8, part: 2, skip: 'YES' }, PLAYLIST)).toEqual({ msn: 8, part: 2 })
  expect(settle({ skip: 'v2' }, PLAYLIST)).toEqual({})
})

test('skipped segments of a delta update count', () => {
  const delta = PLAYLIST.replace(
    '#EXTINF:4.0,\nseg.5.m4s\n#EXTINF:4.0,\nseg.6.m4s',
    '#EXT-X-SKIP:SKIPPED-SEGMENTS=2',
  )
  expect(liveEdgeAt(0, delta).settle(RENDITION, { msn: 3 }, 0)).toEqual({ msn: 8, part: 1 })
})

test('what other edges may have seen meanwhile is allowed for', () => {
  const liveEdge = liveEdgeAt(0)
  expect(liveEdge.settle(RENDITION, { msn: 10 }, 999)).toBeUndefined()
  expect(liveEdge.settle(RENDITION, { msn: 10 }, 1000)).toEqual({ msn: 10 })
})

test('after three target durations the origin decides again', () => {
  const liveEdge = liveEdgeAt(0)
  expect(liveEdge.settle(RENDITION, { msn: 500 }, 3000 * TARGET_SECONDS - 1)).toBeUndefined()
  expect(liveEdge.settle(RENDITION, { msn: 500 }, 3000 * TARGET_SECONDS)).toEqual({ msn: 500 })
})

test('an old playlist that arrives late does not move the edge back', () => {
  const liveEdge = liveEdgeAt(0)
  liveEdge.observe(RENDITION, PLAYLIST.replace('SEQUENCE:5', 'SEQUENCE:2'), TARGET_SECONDS, 1)
  expect(liveEdge.settle(RENDITION, { msn: 7 }, 1)).toEqual({ msn: 8, part: 1 })
  expect(liveEdge.settle(RENDITION, { msn: 9 }, 1)).toEqual({ msn: 9 })
})

const segment = (msn: number) => ({ kind: 'segment', msn }) as const
const part = (msn: number, index: number) => ({ kind: 'part', msn, part: index }) as const
const init = (index: number) => ({ kind: 'init', index }) as const

/** Segments 100 to 105 of 4 s: before them as much again may be retained, and a little more. */
const LATER = Array.from({ length: 6 }, (_, index) => `#EXTINF:4.0,\nseg.${100 + index}.m4s\n`)
const LATER_PLAYLIST = `#EXTM3U
#EXT-X-PART-INF:PART-TARGET=0.333
#EXT-X-MEDIA-SEQUENCE:100
#EXT-X-MAP:URI="init.0.mp4"
${LATER.join('#EXT-X-DISCONTINUITY\n#EXT-X-MAP:URI="init.3.mp4"\n')}`

test.each([
  [segment(105), undefined],
  [segment(100), undefined],
  // 24 s listed, in the shortest segments, and twice the longest segment.
  [segment(60), undefined],
  [part(60, 3), undefined],
  [segment(59), 'segment_gone'],
  [part(59, 3), 'segment_gone'],
  [segment(0), 'segment_gone'],
  [part(104, 90), 'not_found'],
  [segment(108), 'not_found'],
  [init(0), undefined],
  [init(5), undefined],
  [init(6), 'not_found'],
])('of media %o the live edge says %s', (file, refusal) => {
  expect(liveEdgeAt(0, LATER_PLAYLIST).refusalOf(RENDITION, file, 0)).toBe(refusal)
  expect(new LiveEdge().refusalOf(RENDITION, file, 0)).toBeUndefined()
})

test('a delta update, which says neither durations nor init segments of what it skips, refuses no more', () => {
  const liveEdge = liveEdgeAt(0, LATER_PLAYLIST)
  const delta = `#EXTM3U
#EXT-X-PART-INF:PART-TARGET=0.333
#EXT-X-MEDIA-SEQUENCE:101
#EXT-X-SKIP:SKIPPED-SEGMENTS=5
${LATER[5]}`
  liveEdge.observe(RENDITION, delta, TARGET_SECONDS, 0)
  expect(liveEdge.refusalOf(RENDITION, segment(61), 0)).toBeUndefined()
  expect(liveEdge.refusalOf(RENDITION, init(6), 0)).toBe('not_found')
})

test('a rendition never seen is left to the origin', () => {
  expect(liveEdgeAt(0).settle('other/source', { msn: 77, part: 1 }, 0)).toEqual({ msn: 77, part: 1 })
})
