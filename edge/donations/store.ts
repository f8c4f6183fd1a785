/** Donations as donors, streamers and admins read them. */
import type { SentDonation } from '../../shared/contracts/accounts.ts'
import type { AdminDonation } from '../../shared/contracts/admin.ts'
import type { DonationReceipt } from '../../shared/contracts/donations.ts'
import type { ReceivedDonation } from '../../shared/contracts/studio.ts'
import { AppError } from '../../shared/errors.ts'
import { integer, integerOrNull, text, textOrNull } from '../db/row.ts'
import { MODERATION_COLUMNS, toModeration, type Moderation } from '../moderation/rules.ts'
import type { MemberIdentity } from '../http/auth.ts'
import type { Database, Row, SqlValue, Statement } from '../ports.ts'

const PAGE_ROWS = 50
/** Sorts behind every id. */
const AFTER_ALL_IDS = '~'
/** Until when; the trigger `donation_refund_in_time` holds it. */
const REFUNDABLE = `donation.created_at + 3600000 * (SELECT json_extract(value, '$.refundHours') FROM payment_setting)`
const REFUND = 'LEFT JOIN donation_refund ON donation_refund.donation_id = donation.id'

export interface DonationChannel {
  readonly id: string
  readonly slug: string
  readonly title: string
  readonly ownerId: string
  /** Of the installation: days and months begin there. */
  readonly timeZone: string
  readonly moderation: Moderation
}

const CHANNEL_COLUMNS = `channel.id, channel.slug, channel.title, channel.owner_id, ${MODERATION_COLUMNS},
  (SELECT value ->> '$' FROM setting WHERE name = 'timeZone') AS time_zone`
/** Also by an address that the channel had before: it stays the channel's own. */
const CHANNEL_ID = `COALESCE((SELECT id FROM channel WHERE slug = ?1),
  (SELECT channel_id FROM old_slug WHERE slug = ?1))`

export async function findChannel(database: Database, slug: string): Promise<DonationChannel | undefined> {
  const [row] = await database.read({
    sql: `SELECT ${CHANNEL_COLUMNS} FROM channel WHERE channel.id = ${CHANNEL_ID}`,
    args: [slug],
  })
  return row && toDonationChannel(row)
}

/**
 * Who donates and to whom, in one question: each that comes before a donation makes it slower.
 * @param donor for `member_id` and `username`, its arguments without numbers
 * @returns no channel where donations are off, for it or for the whole installation
 */
export async function findDonorAndChannel(
  database: Database,
  { slug, donor }: { readonly slug: string; readonly donor: Statement },
): Promise<{ readonly donor: MemberIdentity | undefined; readonly channel: DonationChannel | undefined }> {
  const [row] = await database.read({
    // The slug has the first number, whatever the donor's arguments get.
    sql: `SELECT ?1 AS asked, ${CHANNEL_COLUMNS}, donor.member_id, donor.username
      FROM channel LEFT JOIN (${donor.sql}) AS donor
      WHERE channel.id = ${CHANNEL_ID} AND donations_enabled = 1
        AND COALESCE((SELECT value FROM setting WHERE name = 'donationsEnabled'), 'true') = 'true'`,
    args: [slug, ...(donor.args ?? [])],
  })
  if (!row) return { donor: undefined, channel: undefined }
  const memberId = textOrNull(row, 'member_id')
  return {
    donor: memberId === null ? undefined : { memberId, username: text(row, 'username') },
    channel: toDonationChannel(row),
  }
}

function toDonationChannel(row: Row): DonationChannel {
  return {
    id: text(row, 'id'),
    slug: text(row, 'slug'),
    title: text(row, 'title'),
    ownerId: text(row, 'owner_id'),
    timeZone: textOrNull(row, 'time_zone') ?? 'Asia/Jakarta',
    moderation: toModeration(row),
  }
}

type ReceiptOf = { readonly donationId: string } | { readonly transferId: string }

export async function readReceipt(database: Database, by: ReceiptOf): Promise<DonationReceipt> {
  const [row] = await database.read(receiptQuery(by))
  return toReceipt(row)
}

/** The same for ever: title and balance are those of the moment. */
export function receiptQuery(by: ReceiptOf): Statement {
  const [column, id] = 'donationId' in by ? ['id', by.donationId] : ['transfer_id', by.transferId]
  return {
    sql: `SELECT donation.id, channel.slug, transfer.description AS title, donation.amount,
        donation.sender_name, donation.message, donation.is_alert, entry.balance_after, donation.created_at
      FROM donation
      JOIN channel ON channel.id = donation.channel_id
      JOIN transfer ON transfer.id = donation.transfer_id
      JOIN entry ON entry.transfer_id = donation.transfer_id AND entry.amount < 0
      WHERE donation.${column} = ?`,
    args: [id],
  }
}

/** @throws AppError `idempotency_key_reused` without a row: its key was used for something that was no donation */
export function toReceipt(row: Row | undefined): DonationReceipt {
  if (!row) throw new AppError('idempotency_key_reused')
  return {
    id: text(row, 'id'),
    channel: toChannel(row),
    amountRupiah: integer(row, 'amount'),
    senderName: textOrNull(row, 'sender_name'),
    message: textOrNull(row, 'message'),
    isAlert: integer(row, 'is_alert') === 1,
    balanceRupiah: integer(row, 'balance_after'),
    createdAt: integer(row, 'created_at'),
  }
}

export async function listSent(
  database: Database,
  { memberId, before }: { memberId: string; before?: string | undefined },
): Promise<SentDonation[]> {
  const rows = await database.read({
    sql: `SELECT donation.id, channel.slug, channel.title, donation.amount, donation.message,
        donation.is_anonymous, donation.created_at, refunded_at
      FROM donation JOIN channel ON channel.id = donation.channel_id ${REFUND}
      WHERE donation.from_member_id = ? AND donation.id < ? ORDER BY donation.id DESC LIMIT ?`,
    args: [memberId, before ?? AFTER_ALL_IDS, PAGE_ROWS],
  })
  return rows.map((row) => ({
    id: text(row, 'id'),
    channel: toChannel(row),
    amountRupiah: integer(row, 'amount'),
    message: textOrNull(row, 'message'),
    isAnonymous: integer(row, 'is_anonymous') === 1,
    createdAt: integer(row, 'created_at'),
    refundedAt: integerOrNull(row, 'refunded_at'),
  }))
}

/** Never selects who the donor is: a streamer sees the name that was given, if any. */
export async function listReceived(
  database: Database,
  { channelId, before, nowMs }: { channelId: string; before?: string | undefined; nowMs: number },
): Promise<ReceivedDonation[]> {
  const rows = await database.read({
    sql: `SELECT donation.id, donation.sender_name, donation.amount, donation.message, donation.is_alert,
        COALESCE(alert.is_displayed, 0) AS is_displayed, donation.created_at, fee, refunded_at,
        EXISTS (SELECT 1 FROM alert_play WHERE alert_id = alert.id AND state = 'held') AS is_held,
        (SELECT release_at FROM donation_hold WHERE donation_id = donation.id AND state = 'held') AS held_until,
        ${REFUNDABLE} AS refundable
      FROM donation LEFT JOIN alert ON alert.donation_id = donation.id ${REFUND}
      WHERE donation.channel_id = ? AND donation.id < ? ORDER BY donation.id DESC LIMIT ?`,
    args: [channelId, before ?? AFTER_ALL_IDS, PAGE_ROWS],
  })
  return rows.map((row) => ({
    id: text(row, 'id'),
    senderName: textOrNull(row, 'sender_name'),
    amountRupiah: integer(row, 'amount'),
    message: textOrNull(row, 'message'),
    isAlert: integer(row, 'is_alert') === 1,
    isDisplayed: integer(row, 'is_displayed') === 1,
    isAwaitingReview: integer(row, 'is_held') === 1,
    createdAt: integer(row, 'created_at'),
    feeRupiah: integer(row, 'fee'),
    refundedAt: integerOrNull(row, 'refunded_at'),
    heldUntil: integerOrNull(row, 'held_until'),
    refundableUntil: refundableUntil(row, nowMs),
  }))
}

/** For admins only: names the donor of an anonymous donation too. */
export async function listAll(
  database: Database,
  { before, nowMs }: { before?: string | undefined; nowMs: number },
): Promise<AdminDonation[]> {
  return readForAdmins(database, { where: 'donation.id < ?', args: [before ?? AFTER_ALL_IDS], nowMs })
}

/** What somebody reports is a donation, the transfer that moved it, or the payment of a guest that became one. */
export async function findForAdmins(
  database: Database,
  { kind, reference, nowMs }: { kind: string; reference: string; nowMs: number },
): Promise<AdminDonation | undefined> {
  const where = {
    donation: 'donation.id = ?',
    transfer: 'donation.transfer_id = ?',
    guest_payment: 'donation.id = (SELECT donation_id FROM gateway_payment WHERE id = ?)',
  }[kind]
  if (where === undefined) return undefined
  const [donation] = await readForAdmins(database, { where, args: [reference], nowMs })
  return donation
}

async function readForAdmins(
  database: Database,
  { where, args, nowMs }: { where: string; args: readonly SqlValue[]; nowMs: number },
): Promise<AdminDonation[]> {
  const rows = await database.read({
    sql: `SELECT donation.id, member.id AS from_id, member.username AS from_username, channel.slug,
        channel.title, donation.sender_name, donation.is_anonymous, donation.amount, donation.message,
        donation.created_at, fee, refunded_at, ${REFUNDABLE} AS refundable
      FROM donation
      JOIN member ON member.id = donation.from_member_id
      JOIN channel ON channel.id = donation.channel_id ${REFUND}
      WHERE ${where} ORDER BY donation.id DESC LIMIT ${PAGE_ROWS}`,
    args,
  })
  return rows.map((row) => ({
    id: text(row, 'id'),
    from: { id: text(row, 'from_id'), username: text(row, 'from_username') },
    to: toChannel(row),
    senderName: textOrNull(row, 'sender_name'),
    isAnonymous: integer(row, 'is_anonymous') === 1,
    amountRupiah: integer(row, 'amount'),
    message: textOrNull(row, 'message'),
    createdAt: integer(row, 'created_at'),
    feeRupiah: integer(row, 'fee'),
    refundedAt: integerOrNull(row, 'refunded_at'),
    refundableUntil: refundableUntil(row, nowMs),
  }))
}

function refundableUntil(row: Row, nowMs: number): number | null {
  const until = integer(row, 'refundable')
  return row['refunded_at'] === null && until > nowMs ? until : null
}

function toChannel(row: Row): { slug: string; title: string } {
  return { slug: text(row, 'slug'), title: text(row, 'title') }
}
