import { expect, test } from 'vitest'
import type { DateRange } from '../../shared/hls-date-range.ts'
import { dateRangesFrom, withDateRange } from './date-range.ts'

const range = (id: string, startMs = 0): DateRange => ({
  id,
  className: 'panggung.alert',
  startMs,
  durationMs: 8_000,
  attributes: { 'X-PANGGUNG-NAME': 'Bu Rini', 'X-PANGGUNG-AMOUNT': 25_000 },
})

test('a call that came twice changes nothing, and no broadcast holds more than some', () => {
  const once = withDateRange([], range('a', 1))
  expect(withDateRange(once, range('a', 2))).toBe(once)
  let many: readonly DateRange[] = once
  for (let index = 0; index < 200; index++) many = withDateRange(many, range(`r${index}`))
  expect(many).toHaveLength(50)
  expect(many.at(-1)?.id).toBe('r199')
})

test('what is over before the first segment is listed no more', () => {
  const ranges = [range('over', 0), range('still', 1), range('later', 9_000)]
  expect(dateRangesFrom(ranges, 8_000).map(({ id }) => id)).toEqual(['still', 'later'])
})
