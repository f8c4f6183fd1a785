/** A test alert: plays like any other and moves no money. */
import { MAIN_SLOT, type TestAlert } from '../../shared/contracts/alerts.ts'
import { AppError } from '../../shared/errors.ts'
import { ulid } from '../../shared/ids.ts'
import { logActivity } from '../db/activity.ts'
import type { Platform } from '../ports.ts'
import { toOutboxRow } from './outbox.ts'
import { announceAlert, FROZEN_COLUMNS, FROZEN_SETTINGS, variationJoin } from './rules.ts'

/** Waiting at once: with no overlay open, tests would pile up before the real ones. */
const MAX_WAITING_TESTS = 10
const RETRY_AFTER_SECONDS = 30

/** In both languages: the overlay does not know who is looking. */
const TEST_MESSAGE = 'Ini notifikasi uji, tidak ada uang yang berpindah · This is a test, no money has moved'
/** As long as name and message may be, without a space to break at. */
const LONG_NAME = 'Penonton-setia-dengan-nama-sangat-panjang'.slice(0, 40)
const LONG_MESSAGE = `${TEST_MESSAGE} ${'panjang'.repeat(30)}`.slice(0, 250)

function wordsOf(kind: TestAlert['kind'], username: string) {
  switch (kind) {
    case 'donation':
      return { name: username, message: TEST_MESSAGE, lateCount: null }
    case 'anonymous':
      return { name: null, message: TEST_MESSAGE, lateCount: null }
    case 'long':
      return { name: LONG_NAME, message: LONG_MESSAGE, lateCount: null }
    case 'away':
      return { name: null, message: null, lateCount: 3 }
  }
}

/** Of each slot: one that nobody has open fills up and must not keep the others from being tried. */
function hasRoom({ channel, slot, most }: Record<'channel' | 'slot' | 'most', string>): string {
  return `(SELECT COUNT(*) FROM alert_play JOIN alert AS tested ON tested.id = alert_play.alert_id
    WHERE alert_play.channel_id = ${channel} AND alert_play.slot = ${slot}
      AND alert_play.state = 'queued' AND tested.kind = 'test') < ${most}`
}

/** @throws AppError `rate_limited` */
export async function sendTestAlert(
  { clock, database, hub, random }: Pick<Platform, 'clock' | 'database' | 'hub' | 'random'>,
  {
    channelId,
    slug,
    memberId,
    username,
  }: { channelId: string; slug: string; memberId: string; username: string },
  { kind, amountRupiah }: TestAlert,
): Promise<string> {
  const nowMs = clock.now()
  const alertId = ulid(nowMs, random.bytes)
  const { name, message, lateCount } = wordsOf(kind, username)
  const amount = `COALESCE(?1, MAX(channel.minimum_alert_rupiah, 10000))`
  const [play, event] = announceAlert(alertId, {
    sql: hasRoom({ channel: '(SELECT channel_id FROM alert WHERE id = ?1)', slot: 'place.slot', most: '?2' }),
    args: [MAX_WAITING_TESTS],
  })
  const onSlot = (slot: string): string => hasRoom({ channel: '?7', slot, most: '?8' })
  const [[created] = [], , told = []] = await database.write([
    {
      sql: `INSERT INTO alert (id, channel_id, kind, sender_name, message, late_count, amount, created_at,
          ${FROZEN_COLUMNS})
        SELECT ?2, channel.id, 'test', ?3, ?4, ?5, ${amount}, ?6, ${FROZEN_SETTINGS}
        FROM channel ${variationJoin(amount)}
        WHERE channel.id = ?7 AND (${onSlot(`'${MAIN_SLOT}'`)} OR EXISTS (
          SELECT 1 FROM alert_slot WHERE alert_slot.channel_id = ?7 AND ${onSlot('alert_slot.slot')}))
        RETURNING id`,
      args: [amountRupiah ?? null, alertId, name, message, lateCount, nowMs, channelId, MAX_WAITING_TESTS],
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
