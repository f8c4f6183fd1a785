/**
 * What waited for too long. Nobody wants the alerts of an evening in one burst, and nobody wants them lost: when
 * a page is about to show the next alert, all that are late become one 'while you were away' line.
 */
import type { Statement } from '../ports.ts'
import type { Slot } from './play-expiry.ts'
import { announceAlert } from './rules.ts'
import { HOLDER } from './slot.ts'

/** Queued, and for longer than the channel allows. `?` is now. */
export const IS_LATE = `alert_play.state = 'queued' AND alert_play.queued_at <= ? - (
  SELECT alert_late_ms FROM channel WHERE channel.id = alert_play.channel_id)`

/** Only for a claim that will be answered: of the holder, on a queue that is not paused. */
export function retireLate({
  channelId,
  slot,
  instanceId,
  nowMs,
  lineId,
}: Slot & { instanceId: string; nowMs: number; lineId: string }): Statement[] {
  return [
    {
      sql: `UPDATE alert_play SET state = 'late', told_by = ?
        WHERE channel_id = ? AND slot = ? AND ${IS_LATE} AND (${HOLDER}) = ?
          AND (SELECT is_paused FROM channel WHERE id = alert_play.channel_id) = 0
          AND NOT EXISTS (SELECT 1 FROM alert_play AS playing WHERE playing.channel_id = ?
            AND playing.slot = ? AND playing.state IN ('claimed', 'started'))`,
      args: [lineId, channelId, slot, nowMs, channelId, slot, nowMs, instanceId, channelId, slot],
    },
    {
      // Tests tell nothing afterwards; a line that was late itself hands on what it stood for.
      sql: `INSERT INTO alert (id, channel_id, kind, template, amount, duration_ms, look, late_count, created_at)
        SELECT ?, channel.id, 'away', channel.alert_template, SUM(alert.amount), channel.alert_duration_ms,
          channel.alert_look, SUM(COALESCE(alert.late_count, 1)), ?
        FROM alert_play JOIN alert ON alert.id = alert_play.alert_id
        JOIN channel ON channel.id = alert_play.channel_id
        WHERE alert_play.told_by = ? AND alert.kind <> 'test' GROUP BY channel.id`,
      args: [lineId, nowMs, lineId],
    },
    ...announceAlert(lineId, { sql: 'place.slot = ?2', args: [slot] }),
  ]
}
