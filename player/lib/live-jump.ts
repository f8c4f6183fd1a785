/**
 * When to jump back to the live edge: for whoever fell further behind than `catch-up` makes good soon, as after the
 * machine or the network stood still, and not for whoever wants to be there.
 */
import type { CatchUpRule } from './catch-up.ts'

export interface JumpFacts {
  /** How much a jump would leave out. */
  readonly skippedSeconds: number
  readonly bufferSeconds: number
  /** The viewer paused or went back, and has not been at the live edge since. */
  readonly isOnPurpose: boolean
  /** For so long the picture has moved without a stop. */
  readonly smoothMs: number
  readonly sinceJumpMs: number
}

/** What running faster makes good within this time is not worth leaving words out. */
const CATCH_UP_SECONDS = 10
/** Less is not worth a jump in any mode. */
const MIN_SKIPPED_SECONDS = 4
/** So much loaded ahead of what is played shows a network that keeps up: a jump would not end in a stall. */
const HEALTHY_BUFFER_SECONDS = 3
const SMOOTH_MS = 5_000
/** A machine that falls behind again at once sees a stall now and then, not a jump after each. */
const JUMP_PAUSE_MS = 30_000

export function isFarBehind(skippedSeconds: number, { maxRate }: CatchUpRule): boolean {
  return skippedSeconds > Math.max(MIN_SKIPPED_SECONDS, (maxRate - 1) * CATCH_UP_SECONDS)
}

export function jumpsToLive(facts: JumpFacts, rule: CatchUpRule): boolean {
  return (
    isFarBehind(facts.skippedSeconds, rule) &&
    !facts.isOnPurpose &&
    facts.bufferSeconds >= HEALTHY_BUFFER_SECONDS &&
    facts.smoothMs >= SMOOTH_MS &&
    facts.sinceJumpMs >= JUMP_PAUSE_MS
  )
}

/** Of the time that passed, so much must have been played: browsers tell the time of a frame, not of the moment. */
const SMOOTH_SHARE = 0.7

/** @returns for how long the picture has moved without a stop, after one more step */
export function smoothAfter(smoothMs: number, step: { movedSeconds: number; passedMs: number }): number {
  return step.movedSeconds * 1000 >= step.passedMs * SMOOTH_SHARE ? smoothMs + step.passedMs : 0
}
