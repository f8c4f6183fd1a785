import fc from 'fast-check'
import { expect, test } from 'vitest'
import { dateRangeLine, readDateRangeTime } from './hls-date-range.ts'

const range = (id: string, startMs = 0) => ({
  id,
  className: 'panggung.alert',
  startMs,
  durationMs: 8_000,
  attributes: { 'X-PANGGUNG-NAME': 'Bu Rini', 'X-PANGGUNG-AMOUNT': 25_000 },
})

test('is one line with all that happened', () => {
  const line = dateRangeLine(range('a', Date.UTC(2026, 10, 21)))
  expect(line).toBe(
    '#EXT-X-DATERANGE:ID="a",CLASS="panggung.alert",START-DATE="2026-11-21T00:00:00.000Z",DURATION=8.000,' +
      'X-PANGGUNG-NAME="Bu Rini",X-PANGGUNG-AMOUNT=25000',
  )
  expect(readDateRangeTime(line)).toEqual({
    startMs: Date.UTC(2026, 10, 21),
    endMs: Date.UTC(2026, 10, 21, 0, 0, 8),
  })
  for (const other of ['', '#EXTINF:4.000,', '#EXT-X-DATERANGE:', '#EXT-X-DATERANGE:ID="a",START-DATE="x"'])
    expect(readDateRangeTime(other)).toBeUndefined()
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
      expect(readDateRangeTime(line)?.startMs).toBe(0)
    }),
  )
})
