/**
 * What the alerts of a recording say. Recordings know only when each was shown: here it is decided at every viewing what
 * of it may still be told.
 */
import { MAIN_SLOT } from '../../shared/contracts/alerts.ts'
import type { VideoAlerts } from '../../shared/contracts/videos.ts'
import { integer, text, textOrNull } from '../db/row.ts'
import type { Database } from '../ports.ts'

/** It began on the overlay, and nobody in the studio took it away. */
const WAS_SHOWN = `EXISTS (SELECT 1 FROM alert_play WHERE alert_id = alert.id AND slot = '${MAIN_SLOT}'
  AND started_at IS NOT NULL AND state NOT IN ('held', 'skipped'))`
/** The donor has the money back. */
const IS_REFUNDED =
  'EXISTS (SELECT 1 FROM donation_refund WHERE donation_refund.donation_id = alert.donation_id)'
/** The donor wanted to be forgotten. */
const IS_FORGOTTEN = `EXISTS (SELECT 1 FROM donation JOIN member ON member.id = donation.from_member_id
  WHERE donation.id = alert.donation_id AND member.closed_at IS NOT NULL)`
const IS_IN_STREAM =
  'EXISTS (SELECT 1 FROM channel WHERE channel.id = alert.channel_id AND channel.alerts_in_stream = 1)'
/** Of a row of `alert`: its channel's viewers saw it, and may still read it. */
export const MAY_BE_TOLD = `${IS_IN_STREAM} AND ${WAS_SHOWN} AND NOT ${IS_REFUNDED} AND NOT ${IS_FORGOTTEN}`

/** @returns of the named ones, those that its channel's viewers saw and may still read */
export async function listAlertTexts(
  database: Database,
  { channelId, ids }: { readonly channelId: string; readonly ids: readonly string[] },
): Promise<VideoAlerts['alerts']> {
  const rows = await database.read({
    sql: `SELECT alert.id, alert.kind, alert.sender_name, alert.message, alert.amount
      FROM alert
      WHERE alert.id IN (SELECT value FROM json_each(?)) AND alert.channel_id = ? AND ${MAY_BE_TOLD}
      ORDER BY alert.seq`,
    args: [JSON.stringify(ids), channelId],
  })
  return rows.map((row) => ({
    id: text(row, 'id'),
    kind: text(row, 'kind') as VideoAlerts['alerts'][number]['kind'],
    senderName: textOrNull(row, 'sender_name'),
    message: textOrNull(row, 'message'),
    amountRupiah: integer(row, 'amount'),
  }))
}
