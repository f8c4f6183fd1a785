/** One donation: one batch in which money, alert, events and log become true together or not at all. */
import type { DonationReceipt, DonationRequest } from '../../shared/contracts/donations.ts'
import { AppError } from '../../shared/errors.ts'
import { ulid } from '../../shared/ids.ts'
import { alertStatements, studioStatements, toOutboxRow } from '../alerts/rules.ts'
import { logActivity } from '../db/activity.ts'
import type { MemberIdentity } from '../http/auth.ts'
import { screenDonation, textsOnScreen } from '../moderation/rules.ts'
import {
  availableAccount,
  FEE_ACCOUNT,
  findReplayed,
  ledgerRefusal,
  requestHash,
  transferStatements,
} from '../ledger/rules.ts'
import { ConstraintError, type Platform, type Statement } from '../ports.ts'
import { widgetStatements } from '../widgets/rules.ts'
import { streamerEntry } from './holds.ts'
import { findChannel, readReceipt, receiptQuery, toReceipt, type DonationChannel } from './store.ts'

export type DonationPlatform = Pick<Platform, 'config' | 'database' | 'clock' | 'random' | 'hub'>

export interface DonationOrder {
  readonly donor: MemberIdentity
  readonly channel: DonationChannel
  readonly idempotencyKey: string
  readonly request: DonationRequest
  /** What must have happened before it, in the same batch. */
  readonly before?: readonly Statement[]
  /** What must become true together with the donation. */
  readonly also?: (donationId: string) => readonly Statement[]
}

/**
 * The same order again gets the same receipt, also when both are under way at once.
 * @throws AppError `donations_closed`, `donation_to_self`, `balance_too_low`, `donation_fee_changed`,
 * `idempotency_key_reused`
 */
export async function donate(platform: DonationPlatform, order: DonationOrder): Promise<DonationReceipt> {
  const { database, hub } = platform
  const { donor, channel, idempotencyKey, request, before = [], also } = order
  const { amountRupiah, senderName, message, isAnonymous, feeRupiah, vote } = request
  const idempotency = {
    owner: donor.memberId,
    key: idempotencyKey,
    requestHash: await requestHash([
      'donation',
      channel.id,
      amountRupiah,
      senderName,
      message,
      isAnonymous,
      // Absent in requests without a vote, so that their keys stay the same.
      ...(vote ? [vote.pollId, vote.option] : []),
      ...(feeRupiah > 0 ? ['fee', feeRupiah] : []),
    ]),
  }
  const { statements, donationId, at } = donationBatch(platform, { donor, channel, request, idempotency })
  try {
    const results = await database.write([...before, ...statements, ...(also?.(donationId) ?? [])])
    const rowsOf = (index: number) => results[before.length + index] ?? []
    // First of all what is to be fast: the rows are in commit order already.
    hub.publish(at.outbox.flatMap((index) => rowsOf(index).map(toOutboxRow)))
    return toReceipt(rowsOf(at.receipt)[0])
  } catch (error) {
    if (ledgerRefusal(error) !== 'key_used') throw translate(error)
    return readReceipt(database, await findReplayed(database, idempotency))
  }
}

/**
 * For those who know the channel by its address.
 * @throws AppError `not_found`, and as `donate`
 */
export async function donateAt(
  platform: DonationPlatform,
  { slug, ...order }: Omit<DonationOrder, 'channel'> & { readonly slug: string },
): Promise<DonationReceipt> {
  const channel = await findChannel(platform.database, slug)
  if (!channel) throw new AppError('not_found')
  return donate(platform, { ...order, channel })
}

interface DonationBatch {
  readonly statements: readonly Statement[]
  readonly donationId: string
  /** Which results hold the new rows of the outbox, and the receipt. */
  readonly at: { readonly outbox: readonly number[]; readonly receipt: number }
}

function donationBatch(
  { clock, random }: DonationPlatform,
  {
    donor,
    channel,
    request,
    idempotency,
  }: {
    donor: MemberIdentity
    channel: DonationChannel
    request: DonationRequest
    idempotency: { owner: string; key: string; requestHash: string }
  },
): DonationBatch {
  const nowMs = clock.now()
  const newId = (): string => ulid(nowMs, random.bytes)
  const [transferId, donationId, alertId, notificationId] = [newId(), newId(), newId(), newId()]
  const { amountRupiah, feeRupiah } = request
  const senderName = request.isAnonymous ? null : request.senderName || donor.username
  const message = request.message || null
  const screened = screenDonation({ senderName, message, amountRupiah }, channel.moderation)
  const transfer = transferStatements({
    id: transferId,
    kind: 'donation',
    idempotency,
    description: channel.title,
    movements: [
      { accountId: availableAccount(donor.memberId), amountRupiah: -amountRupiah },
      ...(feeRupiah > 0 ? [{ accountId: FEE_ACCOUNT, amountRupiah: feeRupiah }] : []),
    ],
    nowMs,
  })
  const [alert, play, alertEvent] = alertStatements({ donationId, alertId, screened })
  const [donationEvent, notificationEvent] = studioStatements({ donationId, notificationId })
  const { timeZone } = channel
  const widgets = widgetStatements({ donationId, choice: request.vote, timeZone, nowMs })
  // What the donor is told first matters: a closed channel before an empty wallet.
  const statements = [
    transfer.opening,
    insertDonation({
      donationId,
      transferId,
      donor,
      channel,
      amountRupiah,
      feeRupiah,
      senderName,
      message,
      isAnonymous: request.isAnonymous,
      nowMs,
      shown: textsOnScreen(screened),
    }),
    ...transfer.entries,
    streamerEntry(transferId, {
      donationId,
      streamerId: channel.ownerId,
      amountRupiah: amountRupiah - feeRupiah,
    }),
    transfer.posting,
    alert,
    play,
    alertEvent,
    donationEvent,
    insertNotification({ notificationId, donationId }),
    notificationEvent,
    ...widgets,
    logActivity({
      action: 'donation_made',
      memberId: donor.memberId,
      details: { donationId, channel: channel.slug, amountRupiah, isAnonymous: request.isAnonymous },
      nowMs,
    }),
    // Without the donor: one day its member reads this line.
    logActivity({
      action: 'donation_received',
      memberId: channel.ownerId,
      details: { donationId, channel: channel.slug, amountRupiah },
      nowMs,
    }),
    receiptQuery({ donationId }),
  ]
  const events = [alertEvent, donationEvent, notificationEvent, ...widgets]
  return {
    statements,
    donationId,
    at: { outbox: events.map((event) => statements.indexOf(event)), receipt: statements.length - 1 },
  }
}

function insertDonation({
  donationId,
  transferId,
  donor,
  channel,
  amountRupiah,
  feeRupiah,
  senderName,
  message,
  shown,
  isAnonymous,
  nowMs,
}: {
  donationId: string
  transferId: string
  donor: MemberIdentity
  channel: DonationChannel
  amountRupiah: number
  feeRupiah: number
  senderName: string | null
  message: string | null
  shown: { readonly senderName: string | null; readonly message: string | null }
  isAnonymous: boolean
  nowMs: number
}): Statement {
  return {
    // The minimum that holds in this very transaction decides, not one read before.
    sql: `INSERT INTO donation (id, transfer_id, from_member_id, channel_id, to_member_id, sender_name,
        shown_name, shown_message, is_anonymous, amount, fee, message, is_alert, created_at)
      SELECT ?, ?, ?, id, owner_id, ?, ?, ?, ?, ?, ?, ?, ? >= minimum_alert_rupiah, ? FROM channel WHERE id = ?`,
    args: [
      donationId,
      transferId,
      donor.memberId,
      senderName,
      shown.senderName,
      shown.message,
      isAnonymous ? 1 : 0,
      amountRupiah,
      feeRupiah,
      message,
      amountRupiah,
      nowMs,
      channel.id,
    ],
  }
}

function insertNotification({
  notificationId,
  donationId,
}: {
  notificationId: string
  donationId: string
}): Statement {
  return {
    sql: `INSERT INTO notification (id, member_id, kind, payload, created_at)
      SELECT ?, donation.to_member_id, 'donation_received', json_object('channel', channel.slug,
        'donationId', donation.id, 'senderName', donation.sender_name, 'message', donation.message,
        'amountRupiah', donation.amount,
        'isAlert', json(CASE donation.is_alert WHEN 1 THEN 'true' ELSE 'false' END),
        'heldUntil', (SELECT release_at FROM donation_hold WHERE donation_id = donation.id)), donation.created_at
      FROM donation JOIN channel ON channel.id = donation.channel_id WHERE donation.id = ?`,
    args: [notificationId, donationId],
  }
}

function translate(error: unknown): unknown {
  if (ledgerRefusal(error) === 'balance_too_low') return new AppError('balance_too_low', { cause: error })
  if (!(error instanceof ConstraintError)) return error
  if (error.rule === 'ACCOUNT_FROZEN') return new AppError('account_frozen', { cause: error })
  if (error.rule === 'RECEIVER_FULL') return new AppError('receiver_full', { cause: error })
  if (error.rule === 'DONATION_FEE_CHANGED') return new AppError('donation_fee_changed', { cause: error })
  if (error.rule === 'DONATION_TO_SELF') return new AppError('donation_to_self', { cause: error })
  if (error.rule === 'DONATIONS_CLOSED') return new AppError('donations_closed', { cause: error })
  return error
}
