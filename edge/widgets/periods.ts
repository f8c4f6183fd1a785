/** Days, weeks and months as people in a time zone count them. Pure. */
import { DAY_MS, localTime, midnight } from '../../shared/calendar.ts'
import type { PeriodStarts } from '../../shared/contracts/widgets.ts'

export interface Periods extends PeriodStarts {
  readonly nextDayAt: number
}

/** @param timeZone an IANA name; weeks begin on Monday (ISO 8601) */
export function periodsAt(nowMs: number, timeZone: string): Periods {
  const { year, month, day } = localTime(nowMs, timeZone)
  // Calendar arithmetic on UTC dates, whose days all have 24 hours.
  const today = Date.UTC(year, month - 1, day)
  const sinceMonday = (new Date(today).getUTCDay() + 6) % 7
  const begins = (date: number): number => midnight(date, timeZone)
  return {
    day: begins(today),
    week: begins(today - sinceMonday * DAY_MS),
    month: begins(Date.UTC(year, month - 1, 1)),
    nextDayAt: begins(today + DAY_MS),
  }
}
