/** What other slices may use of the alerts: the statements that tell a donation, and their rows for the hub. */
import { MAIN_SLOT } from '../../shared/contracts/alerts.ts'
import type { Statement } from '../ports.ts'
import { RETURNING_OUTBOX } from './outbox.ts'

export { toOutboxRow } from './outbox.ts'

/** An alert as JSON of the contract, from columns of `alert`. */
export const ALERT_JSON = `json_object(
  'id', alert.id, 'kind', alert.kind, 'senderName', alert.sender_name, 'message', alert.message,
  'template', alert.template, 'amountRupiah', alert.amount, 'durationMs', alert.duration_ms,
  'imageUrl', alert.image_url, 'soundUrl', alert.sound_url, 'createdAt', alert.created_at)`

/**
 * The alert of a donation that is written earlier in the same batch, frozen as the channel's settings are
 * now. A donation below the channel's minimum (`is_alert` = 0) gets none.
 */
export function alertStatements({
  donationId,
  alertId,
}: {
  donationId: string
  alertId: string
}): readonly [alert: Statement, play: Statement, outbox: Statement] {
  return [
    {
      sql: `INSERT INTO alert (id, channel_id, kind, donation_id, sender_name, message, template, amount,
          duration_ms, created_at)
        SELECT ?, channel.id, 'donation', donation.id, donation.sender_name, donation.message,
          channel.alert_template, donation.amount, channel.alert_duration_ms, donation.created_at
        FROM donation JOIN channel ON channel.id = donation.channel_id
        WHERE donation.id = ? AND donation.is_alert = 1`,
      args: [alertId, donationId],
    },
    ...announceAlert(alertId),
  ]
}

/** Queues an alert that is written earlier in the same batch; nothing when it was not written. */
export function announceAlert(alertId: string): readonly [play: Statement, outbox: Statement] {
  return [
    {
      sql: `INSERT INTO alert_play (alert_id, slot, channel_id) SELECT id, ?, channel_id FROM alert WHERE id = ?`,
      args: [MAIN_SLOT, alertId],
    },
    {
      sql: `INSERT INTO outbox (channel_id, audience, type, payload, created_at)
        SELECT channel_id, 'both', 'alert', json_object('type', 'alert', 'alert', ${ALERT_JSON}), created_at
        FROM alert WHERE id = ? ${RETURNING_OUTBOX}`,
      args: [alertId],
    },
  ]
}

/** Tells the studio of a donation and of its notification, both written earlier in the same batch. */
export function studioStatements({
  donationId,
  notificationId,
}: {
  donationId: string
  notificationId: string
}): readonly [donation: Statement, notification: Statement] {
  return [
    {
      sql: `INSERT INTO outbox (channel_id, audience, type, payload, created_at)
        SELECT channel_id, 'studio', 'donation', json_object('type', 'donation', 'donation', json_object(
          'id', id, 'senderName', sender_name, 'amountRupiah', amount, 'message', message,
          'isAlert', json(CASE is_alert WHEN 1 THEN 'true' ELSE 'false' END), 'isDisplayed', json('false'),
          'createdAt', created_at)), created_at
        FROM donation WHERE id = ? ${RETURNING_OUTBOX}`,
      args: [donationId],
    },
    {
      sql: `INSERT INTO outbox (channel_id, audience, type, payload, created_at)
        SELECT donation.channel_id, 'studio', 'notification', json_object('type', 'notification',
          'notification', json_set(notification.payload, '$.kind', notification.kind,
            '$.id', notification.id, '$.createdAt', notification.created_at, '$.readAt', NULL)),
          donation.created_at
        FROM donation, notification WHERE donation.id = ? AND notification.id = ? ${RETURNING_OUTBOX}`,
      args: [donationId, notificationId],
    },
  ]
}
