/** Which date ranges a live playlist lists. Pure. */
import type { DateRange } from '../../shared/hls-date-range.ts'

/** More than anybody shows in a window; the oldest go first. */
export const MAX_DATE_RANGES = 50

/** The same range again (a call that was repeated) changes nothing: a tag must not change once it was listed. */
export function withDateRange(ranges: readonly DateRange[], range: DateRange): readonly DateRange[] {
  if (ranges.some(({ id }) => id === range.id)) return ranges
  return [...ranges, range].slice(-MAX_DATE_RANGES)
}

/** What is over before the first listed segment concerns nobody any more. */
export function dateRangesFrom(ranges: readonly DateRange[], firstMs: number): readonly DateRange[] {
  return ranges.filter(({ startMs, durationMs }) => startMs + durationMs > firstMs)
}
