/**
 * Tells the origin what the overlay has begun to show, so that the playlists say it at that moment of the media and
 * the watch page shows it in step with the picture. Nothing waits for this, and nothing depends on it: an origin that
 * does not take it within moments would write it at the wrong place.
 */
import { MAIN_SLOT } from '../../shared/contracts/alerts.ts'
import type { ShownAlert } from '../../shared/contracts/internal.ts'
import { integer, text, textOrNull } from '../db/row.ts'
import type { Platform } from '../ports.ts'

type InStreamPlatform = Pick<Platform, 'clock' | 'config' | 'database' | 'log' | 'waitUntil'>

const ATTEMPTS = 2
const ATTEMPT_TIMEOUT_MS = 1_500

/** Of a start that was reported just now; a repeated report has the same `startedAt`, and so changes nothing. */
export function tellStream(
  platform: InStreamPlatform,
  { alertId, slot, startedAt }: { alertId: string; slot: string; startedAt: number },
): void {
  if (slot === MAIN_SLOT) platform.waitUntil(tell(platform, { alertId, startedAt }))
}

async function tell(
  { clock, config, database, log }: InStreamPlatform,
  { alertId, startedAt }: { alertId: string; startedAt: number },
): Promise<void> {
  const [row] = await database.read({
    sql: `SELECT broadcast.id AS broadcast_id, broadcast.origin_id, alert.kind, alert.sender_name, alert.message,
        alert.amount, alert.duration_ms
      FROM alert JOIN channel ON channel.id = alert.channel_id AND channel.alerts_in_stream = 1
      JOIN broadcast ON broadcast.channel_id = channel.id AND broadcast.state = 'live'
        AND broadcast.lease_until > ?
      WHERE alert.id = ?`,
    args: [clock.now(), alertId],
  })
  const origin = row && config.origins.find(({ id }) => id === row['origin_id'])
  if (!row || !origin) return
  const shown: ShownAlert = {
    id: `${alertId}.${startedAt.toString(36)}`,
    kind: text(row, 'kind') as ShownAlert['kind'],
    senderName: textOrNull(row, 'sender_name'),
    message: textOrNull(row, 'message'),
    amountRupiah: integer(row, 'amount'),
    durationMs: integer(row, 'duration_ms'),
  }
  const url = `${origin.url}/internal/broadcasts/${text(row, 'broadcast_id')}/alerts`
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    try {
      const answer = await fetch(url, {
        method: 'POST',
        redirect: 'manual',
        headers: { authorization: `Bearer ${config.originSecret}`, 'content-type': 'application/json' },
        body: JSON.stringify(shown),
        signal: AbortSignal.timeout(ATTEMPT_TIMEOUT_MS),
      })
      await answer.body?.cancel()
      // Whatever it says, asking again would say the same.
      if (answer.status < 500) return
    } catch (error) {
      if (attempt === ATTEMPTS)
        log.warn({ error: String(error), origin: origin.id }, 'alert not in the stream')
    }
  }
}
