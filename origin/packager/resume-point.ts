import type { AbsenceStart } from './absence.ts'
import type { PartTarget } from './part-target.ts'

/** Where a restarted origin goes on: nothing of what is named here was ever given out. */
export interface ResumePoint {
  readonly msn: number
  readonly initIndex: number
  /** `undefined` when nothing had been published yet. */
  readonly partTarget: PartTarget | undefined
  /** Unix ms of a moment of the broadcast's own time, in ms; `undefined` before the first segment. */
  readonly programDateTime: { readonly unixMs: number; readonly mediaMs: number } | undefined
  /** Unix ms. */
  readonly nowMs: number
}

/** Otherwise players that were further behind find nothing at all. */
const LEAST_LISTED_TARGET_DURATIONS = 3

/** What was listed before is lost with its media: a gap, as long as a list has to be (RFC 8216bis, 6.2.2). */
export function absenceBefore(resume: ResumePoint, targetDurationSeconds: number): AbsenceStart {
  const { nowMs, programDateTime } = resume
  const { unixMs, mediaMs } = programDateTime ?? { unixMs: nowMs, mediaMs: 0 }
  const leastMs = LEAST_LISTED_TARGET_DURATIONS * targetDurationSeconds * 1000
  // Nothing before the broadcast's own beginning, nor after now when the clock was set back.
  const wallMs = Math.min(nowMs, Math.max(nowMs - leastMs, unixMs - mediaMs))
  return { wallMs, mediaMs: Math.max(0, mediaMs + wallMs - unixMs), isGap: true }
}
