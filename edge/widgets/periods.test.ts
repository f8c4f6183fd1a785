import { expect, test } from 'vitest'
import { periodsAt } from './periods.ts'

const at = (iso: string) => Date.parse(iso)
const shown = (nowIso: string, timeZone: string) =>
  Object.fromEntries(
    Object.entries(periodsAt(at(nowIso), timeZone)).map(([name, instant]) => [
      name,
      new Date(instant).toISOString(),
    ]),
  )

test('a day begins at midnight of the zone, a week on Monday', () => {
  expect(shown('2026-11-21T17:30:00Z', 'Asia/Jakarta')).toEqual({
    day: '2026-11-21T17:00:00.000Z',
    week: '2026-11-15T17:00:00.000Z',
    month: '2026-10-31T17:00:00.000Z',
    nextDayAt: '2026-11-22T17:00:00.000Z',
  })
})

test('a Sunday belongs to the week before, the first of a month to the new one', () => {
  expect(shown('2026-11-01T00:00:00Z', 'UTC')).toMatchObject({
    week: '2026-10-26T00:00:00.000Z',
    month: '2026-11-01T00:00:00.000Z',
  })
})

test('a day on which the clocks change has 23 or 25 hours', () => {
  expect(shown('2026-03-29T12:00:00Z', 'Europe/Berlin')).toMatchObject({
    day: '2026-03-28T23:00:00.000Z',
    nextDayAt: '2026-03-29T22:00:00.000Z',
  })
  expect(shown('2026-10-25T12:00:00Z', 'Europe/Berlin')).toMatchObject({
    day: '2026-10-24T22:00:00.000Z',
    nextDayAt: '2026-10-25T23:00:00.000Z',
    month: '2026-09-30T22:00:00.000Z',
  })
})
