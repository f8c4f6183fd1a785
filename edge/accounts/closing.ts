/**
 * Closing an account. The ledger, the log and what proves payments stay, as the law on bookkeeping wants; name, address,
 * words and everything that opens a door go, also from the history of others.
 */
import type { Statement } from '../ports.ts'

/** In the history of others, instead of the name. */
const CLOSED_NAME = 'Akun ditutup'

const OWN_CHANNEL = '(SELECT id FROM channel WHERE owner_id = ?1)'
const OWN_DONATIONS = '(SELECT id FROM donation WHERE from_member_id = ?1)'

/**
 * The trigger refuses while there is money, an open request, a case or a broadcast. `before`: with another password since,
 * NULL is left for it, and its NOT NULL refuses the whole batch.
 */
export function closeAccount(closing: { memberId: string; before: string; nowMs: number }): Statement[] {
  const { memberId, before, nowMs } = closing
  return [
    {
      // Frozen too: that is what keeps money from going in or out.
      sql: `UPDATE member SET closed_at = ?2, frozen_at = ?2, username = 'tutup-' || id,
          email = 'tutup-' || id || '@invalid', avatar_asset_id = NULL, password_hash = CASE WHEN password_hash = ?3 THEN '' END
        WHERE id = ?1`,
      args: [memberId, nowMs, before],
    },
    ...forgetNames(memberId),
    ...shutDoors(memberId, nowMs),
    ...takeDownChannel(memberId, nowMs),
  ]
}

/** What the member wrote and was called. */
function forgetNames(memberId: string): Statement[] {
  return [
    // First those that are found by the names below.
    `UPDATE notification SET payload = json_set(payload, '$.senderName', '${CLOSED_NAME}', '$.message', NULL)
      WHERE kind = 'donation_received' AND payload ->> '$.senderName' IS NOT NULL
        AND member_id IN (SELECT to_member_id FROM donation WHERE from_member_id = ?1)
        AND payload ->> '$.donationId' IN ${OWN_DONATIONS}`,
    `UPDATE notification SET payload = json_set(payload, '$.message', NULL)
      WHERE kind = 'donation_received' AND member_id IN (SELECT to_member_id FROM donation WHERE from_member_id = ?1)
        AND payload ->> '$.donationId' IN ${OWN_DONATIONS}`,
    `UPDATE alert SET sender_name = CASE WHEN sender_name IS NOT NULL THEN '${CLOSED_NAME}' END, message = NULL,
      masked_name = CASE WHEN masked_name IS NOT NULL THEN '${CLOSED_NAME}' END, masked_message = NULL
      WHERE donation_id IN ${OWN_DONATIONS}`,
    `DELETE FROM outbox WHERE channel_id IN (SELECT channel_id FROM donation WHERE from_member_id = ?1) AND (
      COALESCE(payload ->> '$.donation.id', payload ->> '$.notification.donationId') IN ${OWN_DONATIONS}
      OR payload ->> '$.alert.id' IN (SELECT id FROM alert WHERE donation_id IN ${OWN_DONATIONS}))`,
    `DELETE FROM webhook_delivery WHERE channel_id IN (SELECT channel_id FROM donation WHERE from_member_id = ?1)
      AND data ->> '$.id' IN ${OWN_DONATIONS}`,
    `UPDATE donation SET sender_name = CASE WHEN sender_name IS NOT NULL THEN '${CLOSED_NAME}' END, message = NULL,
      shown_name = CASE WHEN shown_name IS NOT NULL THEN '${CLOSED_NAME}' END, shown_message = NULL
      WHERE from_member_id = ?1`,
    'DELETE FROM waiting_donation WHERE member_id = ?1',
    'DELETE FROM notification WHERE member_id = ?1',
    'DELETE FROM right_request WHERE member_id = ?1',
  ].map((sql) => ({ sql, args: [memberId] }))
}

/** Sessions, links, keys and rights. */
function shutDoors(memberId: string, nowMs: number): Statement[] {
  const without = [
    'session',
    'password_reset',
    'email_change',
    'member_identity',
    'member_mail',
    'mail',
    'member_right',
    'channel_operator',
  ]
  return [
    ...without.map((table) => ({ sql: `DELETE FROM ${table} WHERE member_id = ?`, args: [memberId] })),
    {
      sql: `UPDATE stream_key SET revoked_at = ?2
        WHERE revoked_at IS NULL AND (member_id = ?1 OR channel_id = ${OWN_CHANNEL})`,
      args: [memberId, nowMs],
    },
    {
      sql: `DELETE FROM overlay_session WHERE overlay_id IN (SELECT id FROM overlay WHERE channel_id = ${OWN_CHANNEL})`,
      args: [memberId],
    },
    {
      sql: `UPDATE overlay SET replaced_at = ?2 WHERE replaced_at IS NULL AND channel_id = ${OWN_CHANNEL}`,
      args: [memberId, nowMs],
    },
  ]
}

/** Its address stays taken, so that nobody gets what is meant for somebody else. */
function takeDownChannel(memberId: string, nowMs: number): Statement[] {
  const tables = ['channel_operator', 'broadcast_mark', 'restream_target', 'webhook_delivery', 'webhook']
  return [
    ...tables.map((table) => ({
      sql: `DELETE FROM ${table} WHERE channel_id = ${OWN_CHANNEL}`,
      args: [memberId],
    })),
    {
      sql: `UPDATE video SET state = 'deleted', deleted_at = ?2, title = '', description = '', topic = '',
          takedown_reason = NULL
        WHERE channel_id = ${OWN_CHANNEL} AND state <> 'deleted'`,
      args: [memberId, nowMs],
    },
    {
      // What its origin still makes a video of is wanted by nobody, and names of files are words.
      sql: `UPDATE upload SET file_name = '', title = '', reason = NULL,
          state = CASE state WHEN 'done' THEN state ELSE 'given_up' END WHERE channel_id = ${OWN_CHANNEL}`,
      args: [memberId],
    },
    {
      sql: `UPDATE channel SET slug = 'tutup-' || owner_id, title = '${CLOSED_NAME}', memo = '', banner_asset_id = NULL,
          elsewhere_url = NULL, visibility = 'unlisted', donations_enabled = 0, totals_public = 0 WHERE owner_id = ?`,
      args: [memberId],
    },
  ]
}
