/** A streamer gives a donation back: all of it, once, while the balance covers it and the time is not over. */
import { AppError } from '../../shared/errors.ts'
import { ulid } from '../../shared/ids.ts'
import { logActivity } from '../db/activity.ts'
import { integer, text } from '../db/row.ts'
import {
  availableAccount,
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

export interface RefundOrder {
  readonly channelId: string
  readonly donationId: string
  readonly reason: string
}

/**
 * Again is no error.
 * @throws AppError `not_found`, `refund_too_late`, `balance_too_low`
 */
export async function refundDonation(
  { clock, database, hub, random }: Pick<Platform, 'clock' | 'database' | 'hub' | 'random'>,
  { channelId, donationId, reason }: RefundOrder,
): Promise<void> {
  const [row] = await database.read({
    sql: `SELECT from_member_id, to_member_id, amount, fee, slug, title FROM donation
      JOIN channel ON channel.id = channel_id WHERE donation.id = ? AND channel_id = ?`,
    args: [donationId, channelId],
  })
  if (!row) throw new AppError('not_found')
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
      { accountId: availableAccount(streamerId), amountRupiah: feeRupiah - amountRupiah },
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
      {
        sql: 'INSERT INTO donation_refund (donation_id, transfer_id, reason, refunded_at) VALUES (?, ?, ?, ?)',
        args: [donationId, transferId, reason, nowMs],
      },
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
      logActivity({ action: 'donation_refunded', memberId: streamerId, details, nowMs }),
    ])
  } catch (error) {
    if (ledgerRefusal(error) === 'key_used') return
    throw translate(error)
  }
  hub.wake(channelId)
}

function translate(error: unknown): unknown {
  if (ledgerRefusal(error) === 'balance_too_low') return new AppError('balance_too_low', { cause: error })
  if (error instanceof ConstraintError && error.rule === 'REFUND_TOO_LATE')
    return new AppError('refund_too_late', { cause: error })
  return error
}
