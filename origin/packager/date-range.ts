/** EXT-X-DATERANGE (RFC 8216bis, 4.4.5.1): what happened at a moment of the media. Pure. */

export interface DateRange {
  readonly id: string
  readonly className: string
  /** In the time of EXT-X-PROGRAM-DATE-TIME, Unix ms. */
  readonly startMs: number
  readonly durationMs: number
  /** By name, which begins with `X-`; strings are quoted, and written without what a quoted string cannot hold. */
  readonly attributes: Readonly<Record<string, string | number>>
}

/** More than anybody shows in a window; the oldest go first. */
const MAX_DATE_RANGES = 50

/** The same range again (a call that was repeated) changes nothing: a tag must not change once it was listed. */
export function withDateRange(ranges: readonly DateRange[], range: DateRange): readonly DateRange[] {
  if (ranges.some(({ id }) => id === range.id)) return ranges
  return [...ranges, range].slice(-MAX_DATE_RANGES)
}

/** What is over before the first listed segment concerns nobody any more. */
export function dateRangesFrom(ranges: readonly DateRange[], firstMs: number): readonly DateRange[] {
  return ranges.filter(({ startMs, durationMs }) => startMs + durationMs > firstMs)
}

export function dateRangeLine({ id, className, startMs, durationMs, attributes }: DateRange): string {
  const own = Object.entries(attributes).map(
    ([name, value]) => `${name}=${typeof value === 'number' ? value : quoted(value)}`,
  )
  const start = new Date(startMs).toISOString()
  return `#EXT-X-DATERANGE:${[
    `ID=${quoted(id)}`,
    `CLASS=${quoted(className)}`,
    `START-DATE="${start}"`,
    `DURATION=${(durationMs / 1000).toFixed(3)}`,
    ...own,
  ].join(',')}`
}

// 4.2 forbids line feed, carriage return and the double quote; 4.1 all control characters. Lone surrogates are no UTF-8.
// oxlint-disable-next-line no-control-regex -- they are what is taken out
const UNSAFE = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g

function quoted(text: string): string {
  return `"${text.toWellFormed().replaceAll(UNSAFE, ' ').replaceAll('"', '”')}"`
}
