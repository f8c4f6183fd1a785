/**
 * The subathon timer: time that was given, less the time it has run. Kept in the database, so that it survives
 * every restart; each step is one conditional statement.
 */
import type { TimerAction, WidgetSettings } from '../../shared/contracts/widgets.ts'
import type { Statement } from '../ports.ts'
import { putSettings } from './settings.ts'

/** Arguments: ?1 channel, ?2 now. Never more than what was given: over is over. */
const ELAPSED = `MIN(granted_ms, elapsed_ms + MAX(0, COALESCE(?2 - running_since, 0)))`

/** Another time at the start holds for a timer that was not started yet. */
export function renewStart(
  channelId: string,
  before: WidgetSettings['timer'],
  { startMs, capMs }: WidgetSettings['timer'],
): readonly Statement[] {
  if (before.startMs === startMs) return []
  return [
    {
      sql: 'UPDATE subathon SET granted_ms = ? WHERE channel_id = ? AND is_started = 0',
      args: [Math.min(startMs, capMs), channelId],
    },
  ]
}

export interface TimerStep {
  readonly channelId: string
  readonly nowMs: number
  readonly settings: WidgetSettings['timer']
  readonly action: TimerAction
  /** Of `adjust`. */
  readonly byMs: number
}

export function stepTimer({ channelId, nowMs, settings, action, byMs }: TimerStep): readonly Statement[] {
  const made: Statement[] = [
    // The trigger on donations reads the rules from here, so they must be there.
    putSettings(channelId, 'timer', settings),
    {
      sql: `INSERT INTO subathon (channel_id, run, granted_ms) VALUES (?1, 1, ?2)
        ON CONFLICT (channel_id) DO NOTHING`,
      args: [channelId, Math.min(settings.startMs, settings.capMs)],
    },
  ]
  switch (action) {
    case 'start':
      return [
        ...made,
        {
          sql: `UPDATE subathon SET running_since = ?2, is_started = 1
            WHERE channel_id = ?1 AND running_since IS NULL`,
          args: [channelId, nowMs],
        },
      ]
    case 'pause':
      return [
        {
          sql: `UPDATE subathon SET elapsed_ms = ${ELAPSED}, running_since = NULL
            WHERE channel_id = ?1 AND running_since IS NOT NULL`,
          args: [channelId, nowMs],
        },
      ]
    case 'adjust':
      return [
        ...made,
        {
          // A timer that had run out counts from here on again, when time is added by hand.
          sql: `UPDATE subathon SET elapsed_ms = ${ELAPSED},
            running_since = CASE WHEN running_since IS NULL THEN NULL ELSE ?2 END,
            granted_ms = MAX(${ELAPSED}, MIN(?4, granted_ms + ?3)) WHERE channel_id = ?1`,
          args: [channelId, nowMs, byMs, settings.capMs],
        },
      ]
    case 'reset':
      return [
        ...made,
        {
          sql: `UPDATE subathon SET run = run + 1, granted_ms = ?2, elapsed_ms = 0, running_since = NULL,
            is_started = 0 WHERE channel_id = ?1`,
          args: [channelId, Math.min(settings.startMs, settings.capMs)],
        },
      ]
  }
}
