import { expect, test } from 'vitest'
import { MAX_PIECES, MAX_TOLD_ALERTS } from '../../shared/contracts/internal.ts'
import type { RecordedSegment } from '../../shared/vod/timeline.ts'
import { alertMomentsOf, piecesOf } from './manifest.ts'

const segment = (programDateTimeMs: number): RecordedSegment => ({
  offset: 0,
  sizeBytes: 1,
  durationMs: 4000,
  initIndex: 0,
  isDiscontinuity: false,
  isIndependent: true,
  programDateTimeMs,
})
/** The line was lost for a minute after the second. */
const segments = [segment(100_000), segment(104_000), segment(168_000)]
const id = (number: number): string => `01jd3v2k8m${String(number).padStart(16, '0')}`
const alert = (number: number, startMs: number, inSegment: number, when = 'kx1') => ({
  id: `${id(number)}.${when}`,
  startMs,
  durationMs: 5000,
  segment: inSegment,
})

test('an alert is where its picture is, also beside a gap, and once', () => {
  const alerts = [
    alert(1, 101_500, 0),
    alert(2, 109_000, 1),
    alert(3, 150_000, 2),
    alert(1, 169_000, 2, 'kx2'),
    { ...alert(4, 170_000, 2), id: 'none-of-ours' },
  ]
  expect(alertMomentsOf({ inits: [], segments, alerts })).toEqual([
    [1500, id(1)],
    [8000, id(2)],
    [8000, id(3)],
  ])
  expect(alertMomentsOf({ inits: [], segments })).toEqual([])
})

test('so many are told of', () => {
  const alerts = Array.from({ length: MAX_TOLD_ALERTS + 3 }, (_, number) => alert(number, 100_000, 0))
  expect(alertMomentsOf({ inits: [], segments, alerts })).toHaveLength(MAX_TOLD_ALERTS)
})

test('what follows on in time is one piece, also where a clock drifts; more than so many are not told', () => {
  const drifting = [...segments, segment(172_900)]
  expect(piecesOf({ inits: [], segments: drifting })).toEqual([
    [100_000, 0],
    [168_000, 8000],
  ])
  const torn = Array.from({ length: MAX_PIECES + 3 }, (_, number) => segment(number * 60_000))
  expect(piecesOf({ inits: [], segments: torn })).toHaveLength(MAX_PIECES)
})
