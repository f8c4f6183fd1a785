import { expect, test } from 'vitest'
import { type BroadcastLimits, NO_LIMITS } from '../../shared/contracts/internal.ts'
import { LimitWatch, type MeasuredPicture } from './limit-watch.ts'

const TIMES = { graceMs: 15_000, timeWarningMs: 300_000 }

/** Runs second by second. @returns the first second of each hint, and of the end */
function run(
  seconds: number,
  limits: Partial<BroadcastLimits>,
  { bps = () => 0, picture = {} }: { bps?: (second: number) => number; picture?: MeasuredPicture } = {},
) {
  const watch = new LimitWatch(0, TIMES)
  const firsts: Record<string, number> = {}
  for (let second = 0; second <= seconds; second++) {
    const { hints, end } = watch.check(second * 1000, { ...NO_LIMITS, ...limits }, picture)
    for (const code of end === undefined ? hints : [...hints, end]) firsts[code] ??= second
    if (end !== undefined) break
    watch.add(bps(second) / 8)
  }
  return firsts
}

test('no limits: nothing is said', () => {
  expect(run(100_000, {}, { bps: () => 1e9, picture: { width: 7680, height: 4320 } })).toEqual({})
})

test('too many bits are told after the measured span, and end the broadcast after the grace time', () => {
  expect(run(60, { maxBitrateBps: 3e6 }, { bps: () => 4e6 })).toEqual({
    bitrate_over_limit: 5,
    bitrate_limit: 20,
  })
})

test('a rate at the limit, and a short burst above it, are no reason', () => {
  expect(run(600, { maxBitrateBps: 3e6 }, { bps: () => 3.2e6 })).toEqual({})
  expect(run(600, { maxBitrateBps: 3e6 }, { bps: (second) => (second % 60 < 8 ? 5e6 : 2e6) })).toEqual({
    bitrate_over_limit: 5,
  })
})

test.each([
  [1920, 1080, {}],
  [1080, 1920, {}],
  [2560, 1440, { resolution_over_limit: 0, resolution_limit: 15 }],
  [1440, 2560, { resolution_over_limit: 0, resolution_limit: 15 }],
])('%i x %i under a limit of 1080', (width, height, expected) => {
  expect(run(60, { maxResolution: 1080 }, { picture: { width, height } })).toEqual(expected)
})

test('the end of the allowed time is announced', () => {
  expect(run(4000, { maxDurationSeconds: 3600 })).toEqual({ time_limit_near: 3300, time_limit: 3600 })
})
