/** What other slices may use of the alerts: the statements that tell a donation, and their rows for the hub. */
import { MAIN_SLOT } from '../../shared/contracts/alerts.ts'
import type { Screened } from '../moderation/rules.ts'
import type { Statement } from '../ports.ts'
import { RETURNING_OUTBOX } from './outbox.ts'

export { toOutboxRow } from './outbox.ts'

/** An alert as JSON of the contract, from columns of `alert`. */
export const ALERT_JSON = `json_object(
  'id', alert.id, 'kind', alert.kind, 'senderName', alert.sender_name, 'message', alert.message,
  'template', alert.template, 'amountRupiah', alert.amount, 'durationMs', alert.duration_ms,
  'imageUrl', alert.image_url, 'soundUrl', alert.sound_url, 'look', json(alert.look),
  'lateCount', alert.late_count, 'createdAt', alert.created_at)`

/** The variation of an amount: the one that begins closest below it. Arguments: none, columns of `channel`. */
export function variationJoin(amount: string): string {
  return `LEFT JOIN alert_variation AS variation ON variation.channel_id = channel.id
    AND variation.from_rupiah = (SELECT MAX(from_rupiah) FROM alert_variation
      WHERE channel_id = channel.id AND from_rupiah <= ${amount})`
}

/** Words, picture and sound as the settings are now; a variation has its own, also when that is the default. */
export const FROZEN_SETTINGS = `COALESCE(variation.template, channel.alert_template), channel.alert_duration_ms,
  CASE WHEN variation.from_rupiah IS NULL THEN channel.alert_image_url ELSE variation.image_url END,
  CASE WHEN variation.from_rupiah IS NULL THEN channel.alert_sound_url ELSE variation.sound_url END,
  channel.alert_look`
/** In the same order. */
export const FROZEN_COLUMNS = 'template, duration_ms, image_url, sound_url, look'

/**
 * The alert of a donation that is written earlier in the same batch, frozen as the channel's settings are
 * now. A donation below the channel's minimum (`is_alert` = 0) gets none.
 */
export function alertStatements({
  donationId,
  alertId,
  screened: { heldFor, shown, masked },
}: {
  donationId: string
  alertId: string
  screened: Screened
}): readonly [alert: Statement, play: Statement, outbox: Statement] {
  return [
    {
      sql: `INSERT INTO alert (id, channel_id, kind, donation_id, sender_name, message, held_for, masked_name,
          masked_message, amount, created_at, ${FROZEN_COLUMNS})
        SELECT ?, channel.id, 'donation', donation.id, ?, ?, ?, ?, ?,
          donation.amount, donation.created_at, ${FROZEN_SETTINGS}
        FROM donation JOIN channel ON channel.id = donation.channel_id ${variationJoin('donation.amount')}
        WHERE donation.id = ? AND donation.is_alert = 1`,
      args: [
        alertId,
        shown.senderName,
        shown.message,
        heldFor.length > 0 ? JSON.stringify(heldFor) : null,
        masked.senderName,
        masked.message,
        donationId,
      ],
    },
    ...announceAlert(alertId),
  ]
}

/**
 * Queues an alert that is written earlier in the same batch; nothing when it was not written. Of one that is held,
 * overlays hear when it is let go.
 * @param onlyOn a condition on `place.slot`, with arguments from `?2` on, for what is not meant for every slot
 */
export function announceAlert(
  alertId: string,
  onlyOn: Statement = { sql: 'TRUE' },
): readonly [play: Statement, outbox: Statement] {
  return [
    {
      sql: `INSERT INTO alert_play (alert_id, slot, channel_id, state, queued_at)
        SELECT id, place.slot, channel_id, CASE WHEN held_for IS NULL THEN 'queued' ELSE 'held' END, created_at
        FROM alert JOIN (SELECT '${MAIN_SLOT}' AS slot UNION ALL SELECT slot FROM alert_slot
          WHERE alert_slot.channel_id = (SELECT channel_id FROM alert WHERE id = ?1)) AS place
        WHERE id = ?1 AND ${onlyOn.sql}`,
      args: [alertId, ...(onlyOn.args ?? [])],
    },
    {
      sql: `INSERT INTO outbox (channel_id, audience, type, payload, created_at)
        SELECT channel_id, CASE WHEN held_for IS NULL THEN 'both' ELSE 'studio' END, 'alert',
          json_object('type', 'alert', 'alert', ${ALERT_JSON},
            'isHeld', json(CASE WHEN held_for IS NULL THEN 'false' ELSE 'true' END)), created_at
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
