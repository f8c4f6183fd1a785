/**
 * Alerts of a recording: its playlist tells when each was shown, the server what of it may still be told. Asked for in
 * groups in the order of the playlist, a little before they are due.
 */
import { VIDEO_ALERTS_MAX } from '../../shared/contracts/videos.ts'
import { ULID_PATTERN } from '../../shared/ids.ts'
import { type FindAlert, type ListedRange, rangeAt, type StreamAlert } from './stream-alert.ts'

const AHEAD_MS = 20_000
const RETRY_MS = 10_000

export interface RecordedAlertsOptions {
  /** What is not among them is not told. */
  readonly load: (ids: readonly string[]) => Promise<readonly StreamAlert[]>
  /** Any ms that only grow. */
  readonly now: () => number
}

export function recordedAlerts({ load, now }: RecordedAlertsOptions): FindAlert {
  const known = new Map<string, StreamAlert | undefined>()
  let askAgainAt = Number.NEGATIVE_INFINITY
  let isAsking = false

  const ask = async (ids: readonly string[]): Promise<void> => {
    isAsking = true
    try {
      const alerts = await load(ids.filter((id) => ULID_PATTERN.test(id)))
      for (const id of ids) known.set(id, undefined)
      for (const alert of alerts) known.set(alert.id, alert)
    } catch {
      // The picture goes on without them.
      askAgainAt = now() + RETRY_MS
    } finally {
      isAsking = false
    }
  }

  return (ranges, mediaMs) => {
    const due = ranges.findIndex((range) => isDue(range, mediaMs) && !known.has(alertIdOf(range)))
    if (due >= 0 && !isAsking && now() >= askAgainAt) {
      const from = due - (due % VIDEO_ALERTS_MAX)
      void ask([...new Set(ranges.slice(from, from + VIDEO_ALERTS_MAX).map(alertIdOf))])
    }
    const range = rangeAt(ranges, mediaMs)
    const alert = range && known.get(alertIdOf(range))
    return alert && { ...alert, id: range.id }
  }
}

function isDue({ startDate, duration }: ListedRange, mediaMs: number): boolean {
  const startMs = startDate.getTime()
  return startMs <= mediaMs + AHEAD_MS && startMs + (duration ?? 0) * 1000 > mediaMs
}

/** A range is one time that an alert was shown (contracts/internal, ShownAlertId). */
function alertIdOf({ id }: ListedRange): string {
  return id.slice(0, Math.max(0, id.indexOf('.')))
}
