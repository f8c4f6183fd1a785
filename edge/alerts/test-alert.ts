/** A test alert: plays like any other and moves no money. */
import { AppError } from '../../shared/errors.ts'
import { ulid } from '../../shared/ids.ts'
import { logActivity } from '../db/activity.ts'
import type { Platform } from '../ports.ts'
import { toOutboxRow } from './outbox.ts'
import { announceAlert } from './rules.ts'

/** Waiting at once: with no overlay open, tests would pile up before the real ones. */
const MAX_WAITING_TESTS = 10
const RETRY_AFTER_SECONDS = 30

/** In both languages: the overlay does not know who is looking. */
const TEST_MESSAGE = 'Ini notifikasi uji, tidak ada uang yang berpindah · This is a test, no money has moved'

/** @throws AppError `rate_limited` */
export async function sendTestAlert(
  { clock, database, hub, random }: Pick<Platform, 'clock' | 'database' | 'hub' | 'random'>,
  {
    channelId,
    slug,
    memberId,
    username,
  }: { channelId: string; slug: string; memberId: string; username: string },
): Promise<string> {
  const nowMs = clock.now()
  const alertId = ulid(nowMs, random.bytes)
  const [play, event] = announceAlert(alertId)
  const [[created] = [], , told = []] = await database.write([
    {
      sql: `INSERT INTO alert (id, channel_id, kind, sender_name, message, template, amount, duration_ms, created_at)
        SELECT ?, id, 'test', ?, ?, alert_template, MAX(minimum_alert_rupiah, 10000), alert_duration_ms, ?
        FROM channel WHERE id = ? AND (SELECT COUNT(*) FROM alert_play
          JOIN alert ON alert.id = alert_play.alert_id
          WHERE alert_play.channel_id = ? AND alert_play.state = 'queued' AND alert.kind = 'test') < ?
        RETURNING id`,
      args: [alertId, username, TEST_MESSAGE, nowMs, channelId, channelId, MAX_WAITING_TESTS],
    },
    play,
    event,
    logActivity({
      action: 'alert_tested',
      memberId,
      details: { channel: slug },
      nowMs,
      onlyIf: { sql: 'EXISTS (SELECT 1 FROM alert WHERE id = ?)', args: [alertId] },
    }),
  ])
  if (!created) throw new AppError('rate_limited', { retryAfterSeconds: RETRY_AFTER_SECONDS })
  hub.publish(told.map(toOutboxRow))
  return alertId
}
