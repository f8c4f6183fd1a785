/** Dates and clock times as people in a time zone count them. Pure; a date is given as its midnight in UTC. */

export const DAY_MS = 86_400_000

export interface LocalTime {
  readonly year: number
  /** From 1. */
  readonly month: number
  readonly day: number
  readonly hour: number
  readonly minute: number
  readonly second: number
}

/** @param timeZone an IANA name */
export function localTime(instantMs: number, timeZone: string): LocalTime {
  return readLocalTime(formatOf(timeZone), instantMs)
}

/** The instant at which a date begins in the zone. */
export function midnight(dateUtcMs: number, timeZone: string): number {
  const format = formatOf(timeZone)
  // The second turn repairs a guess that lies on the other side of a change of the clocks.
  let instant = dateUtcMs
  for (let turn = 0; turn < 2; turn++) instant = dateUtcMs - offsetAt(instant, format)
  return instant
}

/** `2026-01`, years of four digits. */
export const MONTH_PATTERN = /^(?:20\d\d)-(?:0[1-9]|1[0-2])$/

export function monthOf(instantMs: number, timeZone: string): string {
  const { year, month } = localTime(instantMs, timeZone)
  return `${year}-${twoDigits(month)}`
}

/** Where each day of a month begins, and at the end where the next month does. */
export function daysOfMonth(
  month: string,
  timeZone: string,
): readonly { readonly date: string; readonly from: number; readonly until: number }[] {
  const [year = 0, monthNumber = 0] = month.split('-').map(Number)
  const days = new Date(Date.UTC(year, monthNumber, 0)).getUTCDate()
  const starts = Array.from({ length: days + 1 }, (_, index) =>
    midnight(Date.UTC(year, monthNumber - 1, 1 + index), timeZone),
  )
  return starts.slice(0, days).map((from, index) => ({
    date: `${month}-${twoDigits(index + 1)}`,
    from,
    until: starts[index + 1] ?? from,
  }))
}

/** @returns a function that writes `2026-01-31 23:59:08` in the zone; for many instants */
export function localTimeWriter(timeZone: string): (instantMs: number) => string {
  const format = formatOf(timeZone)
  return (instantMs) => {
    const { year, month, day, hour, minute, second } = readLocalTime(format, instantMs)
    const [date, time] = [
      [month, day],
      [hour, minute, second],
    ].map((parts) => parts.map(twoDigits))
    return `${year}-${date?.join('-')} ${time?.join(':')}`
  }
}

function twoDigits(value: number): string {
  return String(value).padStart(2, '0')
}

/** How far the zone is ahead of UTC, in ms. */
function offsetAt(instantMs: number, format: Intl.DateTimeFormat): number {
  const { year, month, day, hour, minute, second } = readLocalTime(format, instantMs)
  const whole = Math.floor(instantMs / 1000) * 1000
  return Date.UTC(year, month - 1, day, hour, minute, second) - whole
}

function formatOf(timeZone: string): Intl.DateTimeFormat {
  return new Intl.DateTimeFormat('en-US', {
    timeZone,
    calendar: 'gregory',
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  })
}

function readLocalTime(format: Intl.DateTimeFormat, instantMs: number): LocalTime {
  const parts = format.formatToParts(instantMs)
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
