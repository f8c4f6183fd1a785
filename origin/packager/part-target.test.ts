import { expect, test } from 'vitest'
import { choosePartTarget } from './part-target.ts'

/** Stamps of a 30 fps encoder of which some intervals are twice as long. */
function stamps(regular: number, doubled: number): number[] {
  let ms = 0
  const intervals = Array.from({ length: regular + doubled }, (_each, index) =>
    // Spread over the whole, as dropped frames are.
    Math.floor(((index + 1) * doubled) / (regular + doubled)) >
    Math.floor((index * doubled) / (regular + doubled))
      ? 66
      : 33,
  )
  return [0, ...intervals.map((interval) => (ms += interval))]
}

test.each([
  [10, 0, true],
  [8, 2, true],
  [7, 3, true],
  [69, 31, false],
  [6, 4, false],
])(
  'of ten intervals or a hundred, %i regular and %i not: a rate or not (%s)',
  (regular, doubled, isRegular) => {
    for (const mode of ['ultra', 'low'] as const) {
      const target = choosePartTarget(stamps(regular, doubled), mode)
      expect(target.advertisedMs === 500).toBe(!isRegular)
      expect(Math.abs(target.frameMs - 33)).toBeLessThan(1)
    }
  },
)

test('a jump among the first stamps is no frame rate, however few there are', () => {
  expect(choosePartTarget([0, 4499], 'low').advertisedMs).toBe(500)
  expect(choosePartTarget([0, 1000, 2000], 'low').advertisedMs).toBe(1001)
})

test.each(['ultra', 'low', 'normal'] as const)(
  'a part of %s may be no shorter than the draft allows',
  (mode) => {
    for (const frameMs of [16, 33, 40, 400]) {
      const { minimumMs, nominalMs, advertisedMs } = choosePartTarget(
        Array.from({ length: 12 }, (_, index) => index * frameMs),
        mode,
      )
      // RFC 8216bis, 4.4.4.9: at least 85 % of the target, but for the last of a segment.
      expect(minimumMs).toBeGreaterThanOrEqual(0.85 * advertisedMs)
      // A whole part is long enough.
      expect(minimumMs).toBeLessThanOrEqual(nominalMs)
    }
  },
)
