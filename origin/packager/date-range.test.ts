import fc from 'fast-check'
import { expect, test } from 'vitest'
import { dateRangeLine, dateRangesFrom, withDateRange, type DateRange } from './date-range.ts'

const range = (id: string, startMs = 0): DateRange => ({
  id,
  className: 'panggung.alert',
  startMs,
  durationMs: 8_000,
  attributes: { 'X-PANGGUNG-NAME': 'Bu Rini', 'X-PANGGUNG-AMOUNT': 25_000 },
})

test('is one line with all that happened', () => {
  expect(dateRangeLine(range('a', Date.UTC(2026, 10, 21)))).toBe(
    '#EXT-X-DATERANGE:ID="a",CLASS="panggung.alert",START-DATE="2026-11-21T00:00:00.000Z",DURATION=8.000,' +
      'X-PANGGUNG-NAME="Bu Rini",X-PANGGUNG-AMOUNT=25000',
  )
})

test('no text can end its string, its line or its tag', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      const line = dateRangeLine({ ...range('a'), attributes: { 'X-PANGGUNG-MESSAGE': text } })
      // oxlint-disable-next-line no-control-regex -- they are what is looked for
      expect(line).not.toMatch(/[\u0000-\u001f\u007f-\u009f]/)
      expect(line.split('"')).toHaveLength(9)
      expect(line.isWellFormed()).toBe(true)
      expect(line.replaceAll(/"[^"]*"/g, '""')).toBe(
        '#EXT-X-DATERANGE:ID="",CLASS="",START-DATE="",DURATION=8.000,X-PANGGUNG-MESSAGE=""',
      )
    }),
  )
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
