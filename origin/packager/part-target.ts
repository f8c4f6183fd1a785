/** How long parts are: decided once, from the first frames, and never changed (RFC 8216bis, 4.4.3.7). */
import type { LatencyMode } from '../../shared/contracts/internal.ts'

export interface PartTarget {
  /** Where parts are cut, in ms: a whole number of frames. */
  readonly nominalMs: number
  /** A part is long enough from here on; players reject parts under 85 % of the target. */
  readonly minimumMs: number
  /** What the playlist promises: no part is longer. */
  readonly advertisedMs: number
  readonly frameMs: number
}

const WANTED_MS: Readonly<Record<LatencyMode, number>> = { ultra: 200, low: 1000 / 3, normal: 500 }
/** With irregular frames a part holds whatever falls into it, so it is longer. */
const IRREGULAR_PART_MS = 500
/** RTMP rounds stamps to ms, and clocks jitter a little; beyond this share of a frame the rate really varies. */
const REGULAR_WITHIN = 0.15
const ROUNDING_MS = 2
/** Encoders stumble over their first frames; a rate that really varies shows in most intervals. */
const REGULAR_SHARE = 0.7
const SHORTEST_SHARE = 0.85
/** Slower than this is no rate but a jump among the first stamps. */
const LONGEST_FRAME_MS = 1000
/** What encoders are set to. A dozen ms-rounded intervals are only known to half a percent. */
const COMMON_RATES = [24, 25, 30, 50, 60]
const SNAP_WITHIN = 0.005

/** @param stampsMs decode times of the first frames, or of audio frames when there is no video */
export function choosePartTarget(stampsMs: readonly number[], mode: LatencyMode): PartTarget {
  const intervals = stampsMs.slice(1).map((stamp, index) => stamp - (stampsMs[index] ?? 0))
  const median = intervals.toSorted((a, b) => a - b)[intervals.length >> 1] ?? 0
  if (median <= 0 || median > LONGEST_FRAME_MS) return irregular(IRREGULAR_PART_MS)
  const within = (toleranceMs: number) =>
    intervals.filter((interval) => Math.abs(interval - median) <= toleranceMs)
  const regular = within(Math.max(ROUNDING_MS, median * REGULAR_WITHIN))
  if (regular.length < intervals.length * REGULAR_SHARE) return irregular(median)
  const exact = within(ROUNDING_MS)
  const frameMs = snap(exact.reduce((sum, interval) => sum + interval, 0) / exact.length)
  const nominalMs = Math.max(1, Math.round(WANTED_MS[mode] / frameMs)) * frameMs
  // Both ends of a part are rounded to ms, so it may seem one ms longer than it is.
  const advertisedMs = Math.ceil(nominalMs) + 1
  return {
    nominalMs,
    advertisedMs,
    frameMs,
    minimumMs: Math.max(nominalMs - frameMs / 2, advertisedMs * SHORTEST_SHARE),
  }
}

function snap(frameMs: number): number {
  const rate = COMMON_RATES.find((common) => Math.abs((frameMs * common) / 1000 - 1) < SNAP_WITHIN)
  return rate === undefined ? frameMs : 1000 / rate
}

function irregular(frameMs: number): PartTarget {
  return {
    nominalMs: IRREGULAR_PART_MS,
    advertisedMs: IRREGULAR_PART_MS,
    minimumMs: IRREGULAR_PART_MS * SHORTEST_SHARE,
    frameMs,
  }
}
