/** How fast a file goes, and how long the rest of it takes. */
export interface Pace {
  readonly atMs: number
  readonly sentBytes: number
  /** Of late; `undefined` until something was measured. */
  readonly bytesPerMs: number | undefined
}

/** A line that gets slower shows after about this long, and one chunk that hesitates does not. */
const SMOOTHED_MS = 10_000
/** Shorter steps say more about buffers than about the line. */
const MIN_STEP_MS = 500
/** Before that, a guess would be wrong by far. */
const MIN_MEASURED_MS = 2_000

export function paceAfter(before: Pace | undefined, atMs: number, sentBytes: number): Pace {
  if (!before || sentBytes < before.sentBytes) return { atMs, sentBytes, bytesPerMs: undefined }
  const stepMs = atMs - before.atMs
  if (stepMs < (before.bytesPerMs === undefined ? MIN_MEASURED_MS : MIN_STEP_MS)) return before
  const now = (sentBytes - before.sentBytes) / stepMs
  const share = 1 - Math.exp(-stepMs / SMOOTHED_MS)
  const bytesPerMs =
    before.bytesPerMs === undefined ? now : before.bytesPerMs + share * (now - before.bytesPerMs)
  return { atMs, sentBytes, bytesPerMs }
}

/** @returns `undefined` when nobody can say */
export function restMs({ bytesPerMs, sentBytes }: Pace, sizeBytes: number): number | undefined {
  return bytesPerMs === undefined || bytesPerMs <= 0 ? undefined : (sizeBytes - sentBytes) / bytesPerMs
}
