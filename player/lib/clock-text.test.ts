import { expect, test } from 'vitest'
import { readClock, writeClock } from './clock-text.ts'

test('places in a video are read as people write them', () => {
  for (const [text, ms] of [
    ['1:30', 90_000],
    ['0:05.5', 5500],
    ['1:02:03', 3_723_000],
    ['75', 75_000],
    ['1:75', undefined],
    ['satu', undefined],
    ['', undefined],
    ['-1', undefined],
  ] as const)
    expect(readClock(text)).toBe(ms)
})

test('and written so that they read the same', () => {
  for (const text of ['0:00', '1:30', '59:59', '1:02:03'])
    expect(writeClock(readClock(text) ?? -1)).toBe(text)
})
