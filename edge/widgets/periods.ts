/** Days, weeks and months as people in a time zone count them. Pure. */
import type { PeriodStarts } from '../../shared/contracts/widgets.ts'

const DAY_MS = 86_400_000

export interface Periods extends PeriodStarts {
  readonly nextDayAt: number
}

/** @param timeZone an IANA name; weeks begin on Monday (ISO 8601) */
export function periodsAt(nowMs: number, timeZone: string): Periods {
  const { year, month, day } = dateIn(nowMs, timeZone)
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

/** The instant at which a date, given as its midnight in UTC, begins in the zone. */
function midnight(dateUtc: number, timeZone: string): number {
  // The second turn repairs a guess that lies on the other side of a change of the clocks.
  let instant = dateUtc
  for (let turn = 0; turn < 2; turn++) instant = dateUtc - offsetAt(instant, timeZone)
  return instant
}

/** How far the zone is ahead of UTC, in ms. */
function offsetAt(instant: number, timeZone: string): number {
  const { year, month, day, hour, minute, second } = dateIn(instant, timeZone)
  const whole = Math.floor(instant / 1000) * 1000
  return Date.UTC(year, month - 1, day, hour, minute, second) - whole
}

function dateIn(instant: number, timeZone: string) {
  const parts = new Intl.DateTimeFormat('en-US', {
    timeZone,
    calendar: 'gregory',
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  }).formatToParts(instant)
  const read = (type: Intl.DateTimeFormatPartTypes): number =>
    Number(parts.find((part) => part.type === type)?.value)
  return {
    year: read('year'),
    month: read('month'),
    day: read('day'),
    hour: read('hour'),
    minute: read('minute'),
    second: read('second'),
  }
}
