/** EXT-X-DATERANGE (RFC 8216bis, 4.4.5.1): what happened at a moment of the media. Pure. */

/** Of alerts that the overlay shows. */
export const ALERT_CLASS = 'panggung.alert'

export interface DateRange {
  readonly id: string
  readonly className: string
  /** In the time of EXT-X-PROGRAM-DATE-TIME, Unix ms. */
  readonly startMs: number
  readonly durationMs: number
  /** By name, which begins with `X-`; strings are quoted, and written without what a quoted string cannot hold. */
  readonly attributes: Readonly<Record<string, string | number>>
}

export function dateRangeLine({ id, className, startMs, durationMs, attributes }: DateRange): string {
  const own = Object.entries(attributes).map(
    ([name, value]) => `${name}=${typeof value === 'number' ? value : quoted(value)}`,
  )
  const start = new Date(startMs).toISOString()
  return `${DATE_RANGE_TAG}${[
    `ID=${quoted(id)}`,
    `CLASS=${quoted(className)}`,
    `START-DATE="${start}"`,
    `DURATION=${(durationMs / 1000).toFixed(3)}`,
    ...own,
  ].join(',')}`
}

const DATE_RANGE_TAG = '#EXT-X-DATERANGE:'
const WHEN = /,START-DATE="([^"]*)",DURATION=([\d.]+)/

/** @returns when a line of `dateRangeLine` begins and ends, Unix ms; `undefined` for any other line */
export function readDateRangeTime(line: string): { startMs: number; endMs: number } | undefined {
  const [, start = '', seconds = ''] = (line.startsWith(DATE_RANGE_TAG) && WHEN.exec(line)) || []
  const startMs = Date.parse(start)
  return Number.isNaN(startMs) ? undefined : { startMs, endMs: startMs + Number(seconds) * 1000 }
}

// 4.2 forbids line feed, carriage return and the double quote; 4.1 all control characters. Lone surrogates are no UTF-8.
// oxlint-disable-next-line no-control-regex -- they are what is taken out
const UNSAFE = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g

function quoted(text: string): string {
  return `"${text.toWellFormed().replaceAll(UNSAFE, ' ').replaceAll('"', '”')}"`
}
