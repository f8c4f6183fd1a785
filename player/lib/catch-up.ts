/** How fast to play to come back to the live edge. hls.js waits for a second of buffer, more than *ultra* ever holds. */
import type { LatencyMode } from '../../shared/contracts/internal.ts'

export interface CatchUpRule {
  readonly maxRate: number
  /** Below this much buffer, running faster would only end in a stall. */
  readonly minBufferSeconds: number
}

export const CATCH_UP_RULES: Readonly<Record<LatencyMode, CatchUpRule>> = {
  ultra: { maxRate: 1.5, minBufferSeconds: 0.3 },
  low: { maxRate: 1.25, minBufferSeconds: 0.6 },
  normal: { maxRate: 1.1, minBufferSeconds: 3 },
}

/** Closer than this is on time; the gap between the two keeps the rate from flickering. */
const ON_TIME_SECONDS = 0.03
const LATE_SECONDS = 0.12
/** Further behind than this somebody went back on purpose, or was left behind: only a seek helps (`live-jump`). */
const MAX_CATCH_UP_SECONDS = 8

export interface PlayPosition {
  readonly latencySeconds: number
  readonly targetSeconds: number
  readonly bufferSeconds: number
  /** The rate that is played now. */
  readonly rate: number
}

export function catchUpRate(position: PlayPosition, rule: CatchUpRule): number {
  const late = position.latencySeconds - position.targetSeconds
  const isCatchingUp = position.rate > 1
  const isLate = late > (isCatchingUp ? ON_TIME_SECONDS : LATE_SECONDS)
  if (!isLate || late > MAX_CATCH_UP_SECONDS || position.bufferSeconds < rule.minBufferSeconds) return 1
  // In steps of 5 %: browsers restart their time stretcher at every change.
  return Math.min(rule.maxRate, 1.05 + Math.round(late * 10) / 20)
}
