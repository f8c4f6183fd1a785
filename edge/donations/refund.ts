/**
 * A donation is given back: all of it, once. By its streamer while the balance covers it and the time is not over, by an
 * admin while it is held.
 */
import { AppError } from '../../shared/errors.ts'
import { ulid } from '../../shared/ids.ts'
import { logActivity } from '../db/activity.ts'
import { integer, text } from '../db/row.ts'
import {
  creditMember,
  FEE_ACCOUNT,
  GUEST_ID,
  GUESTS_HELD_ACCOUNT,
  ledgerRefusal,
  requestHash,
  transferStatements,
} from '../ledger/rules.ts'
import { ConstraintError, type Platform } from '../ports.ts'
import { uncountDonation } from '../widgets/rules.ts'
import { holdDecided, streamerEntry, takeBackHeld } from './holds.ts'

export interface RefundOrder {
  /** Whose streamer gives it back, or an admin in their place; or the admin who decides about a held one. */
  readonly by: { readonly channelId: string; readonly inPlaceBy?: string } | { readonly adminId: string }
  readonly donationId: string
  readonly reason: string
}

/**
 * Again is no error.
 * @throws AppError `not_found`, `refund_too_late`, `balance_too_low`, `account_gone`, `request_already_decided` to an admin for one that
 * is not held
 */
export async function refundDonation(
  { clock, database, hub, random }: Pick<Platform, 'clock' | 'database' | 'hub' | 'random'>,
  { by, donationId, reason }: RefundOrder,
): Promise<void> {
  const adminId = 'adminId' in by ? by.adminId : undefined
  const actorId = 'adminId' in by ? by.adminId : by.inPlaceBy
  const [row] = await database.read({
    sql: `SELECT from_member_id, to_member_id, channel_id, donation.amount, fee, slug, title FROM donation
      JOIN channel ON channel.id = channel_id WHERE donation.id = ?1
        AND CASE WHEN ?2 IS NULL THEN donation.id IN (SELECT donation_id FROM donation_hold) ELSE channel_id = ?2 END`,
    args: [donationId, 'channelId' in by ? by.channelId : null],
  })
  if (!row) throw new AppError('not_found')
  const channelId = text(row, 'channel_id')
  const [donorId, streamerId] = [text(row, 'from_member_id'), text(row, 'to_member_id')]
  const [amountRupiah, feeRupiah] = [integer(row, 'amount'), integer(row, 'fee')]
  const [slug, title] = [text(row, 'slug'), text(row, 'title')]
  const isGuest = donorId === GUEST_ID
  const nowMs = clock.now()
  const transferId = ulid(nowMs, random.bytes)
  const { opening, entries, posting } = transferStatements({
    id: transferId,
    kind: 'donation_refunded',
    idempotency: {
      owner: `donation:${donationId}`,
      key: 'refund',
      requestHash: await requestHash([donationId]),
    },
    description: title,
    movements: [
      ...(feeRupiah > 0 ? [{ accountId: FEE_ACCOUNT, amountRupiah: -feeRupiah }] : []),
      // Whoever holds the address of the payment takes it from there.
      ...(isGuest ? [{ accountId: GUESTS_HELD_ACCOUNT, amountRupiah }] : []),
    ],
    nowMs,
  })
  const details = { donationId, channel: slug, amountRupiah, reason }
  try {
    await database.write([
      opening,
      ...(adminId === undefined ? [] : [takeBackHeld({ adminId, donationId, nowMs })]),
      {
        sql: 'INSERT INTO donation_refund (donation_id, transfer_id, reason, refunded_at) VALUES (?, ?, ?, ?)',
        args: [donationId, transferId, reason, nowMs],
      },
      streamerEntry(transferId, { donationId, streamerId, amountRupiah: feeRupiah - amountRupiah }),
      ...entries,
      ...(isGuest ? [] : creditMember(transferId, donorId)),
      posting,
      uncountDonation(donationId),
      ...(isGuest
        ? []
        : [
            {
              sql: `INSERT INTO notification (id, member_id, kind, payload, created_at)
          VALUES (?, ?, 'donation_refunded', ?, ?)`,
              args: [
                ulid(nowMs, random.bytes),
                donorId,
                JSON.stringify({ channel: slug, title, amountRupiah, reason }),
                nowMs,
              ],
            },
          ]),
      // Without the donor: one day its member reads this line.
      logActivity({
        action: 'donation_refunded',
        memberId: streamerId,
        ...(actorId !== undefined && { adminId: actorId }),
        details,
        nowMs,
      }),
      ...(adminId === undefined
        ? []
        : [
            holdDecided({
              notificationId: ulid(nowMs, random.bytes),
              donationId,
              decision: 'refunded',
              reason,
              nowMs,
            }),
          ]),
    ])
  } catch (error) {
    if (ledgerRefusal(error) === 'key_used' || isReversed(error)) return
    throw translate(error)
  }
  hub.wake(channelId)
}

/** By the streamer's own rules. @throws AppError as `refundDonation` for a streamer */
export async function refundForAdmin(
  platform: Pick<Platform, 'clock' | 'database' | 'hub' | 'random'>,
  { adminId, donationId, reason }: { adminId: string; donationId: string; reason: string },
): Promise<void> {
  const [row] = await platform.database.read({
    sql: 'SELECT channel_id FROM donation WHERE id = ?',
    args: [donationId],
  })
  if (!row) throw new AppError('not_found')
  const by = { channelId: text(row, 'channel_id'), inPlaceBy: adminId }
  await refundDonation(platform, { by, donationId, reason })
}

/** The gateway took it back before the streamer could: nothing is left to give. */
function isReversed(error: unknown): boolean {
  return error instanceof ConstraintError && error.rule === 'donation_refund.donation_id'
}

function translate(error: unknown): unknown {
  if (ledgerRefusal(error) === 'balance_too_low') return new AppError('balance_too_low', { cause: error })
  if (error instanceof ConstraintError && error.rule === 'REFUND_TOO_LATE')
    return new AppError('refund_too_late', { cause: error })
  if (error instanceof ConstraintError && error.rule === 'ACCOUNT_CLOSED')
    return new AppError('account_gone', { cause: error })
  if (error instanceof ConstraintError && error.rule === 'DONATION_HOLD_DECIDED')
    return new AppError('request_already_decided', { cause: error })
  return error
}
