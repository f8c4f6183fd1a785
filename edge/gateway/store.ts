/** Payments of guests as they are kept. */
import * as v from 'valibot'
import { DonationRequest } from '../../shared/contracts/donations.ts'
import type { GuestPayment } from '../../shared/contracts/guests.ts'
import { integer, integerOrNull, text, textOrNull } from '../db/row.ts'
import { ConstraintError, type Database, type Row, type SqlValue, type Statement } from '../ports.ts'
import type { GatewayName } from './gateway.ts'

export interface StoredPayment {
  readonly id: string
  readonly requestHash: string
  readonly gateway: GatewayName
  readonly reference: string | null
  readonly qrText: string | null
  readonly hasPicture: boolean
  readonly channel: {
    readonly slug: string
    readonly title: string
    readonly ownerId: string
    readonly elsewhereUrl: string | null
  }
  readonly amountRupiah: number
  readonly request: DonationRequest
  readonly state: GuestPayment['state']
  readonly donationId: string | null
  readonly claimedBy: string | null
  readonly expiresAt: number
  readonly checkedAt: number
  readonly createdAt: number
  readonly paidAt: number | null
  /** The gateway said that it would refund; its end is told later. */
  readonly refundTakenAt: number | null
  /** Counted from 1; 0: none was asked for. */
  readonly refundAttempt: number
  /** The gateway's own id of the refund; null: it has none, or has not answered. */
  readonly refundReference: string | null
  /** The last refund was taken and failed later. */
  readonly refundFailedAt: number | null
}

const SELECT = `SELECT gateway_payment.*, qr_png IS NOT NULL AS has_picture, channel.slug, channel.title, channel.owner_id,
    CASE WHEN channel.visibility <> 'members' THEN channel.elsewhere_url END AS elsewhere_url
  FROM gateway_payment JOIN channel ON channel.id = channel_id`

/** By the address that the guest got, or the one that an admin made. */
const BY_TOKEN = `gateway_payment.id IN (SELECT id FROM gateway_payment WHERE token_hash = ?1
  UNION ALL SELECT payment_id FROM gateway_link WHERE token_hash = ?1)`

export function findByToken(database: Database, tokenHash: string): Promise<StoredPayment | undefined> {
  return findOne(database, BY_TOKEN, tokenHash)
}

export function findById(database: Database, id: string): Promise<StoredPayment | undefined> {
  return findOne(database, 'gateway_payment.id = ?', id)
}

async function findOne(
  database: Database,
  where: string,
  value: SqlValue,
): Promise<StoredPayment | undefined> {
  const [row] = await database.read({ sql: `${SELECT} WHERE ${where}`, args: [value] })
  return row && toPayment(row)
}

const PAGE_ROWS = 50

/** For admins, the newest first. @param query a number of ours or of the gateway */
export async function listPayments(
  database: Database,
  { state, query, before }: { state?: string | undefined; query: string; before?: string | undefined },
): Promise<StoredPayment[]> {
  const rows = await database.read({
    sql: `${SELECT} WHERE (?1 IS NULL OR state = ?1) AND (?2 = '' OR ?2 IN (gateway_payment.id, reference))
      AND (?3 IS NULL OR gateway_payment.id < ?3) ORDER BY gateway_payment.id DESC LIMIT ${PAGE_ROWS}`,
    args: [state ?? null, query, before ?? null],
  })
  return rows.map(toPayment)
}

/** The one before it stops working. */
export function putLink(link: {
  paymentId: string
  tokenHash: string
  adminId: string
  nowMs: number
}): Statement {
  return {
    sql: `INSERT INTO gateway_link (payment_id, token_hash, made_by, made_at) VALUES (?, ?, ?, ?)
      ON CONFLICT (payment_id) DO UPDATE SET token_hash = excluded.token_hash, made_by = excluded.made_by,
        made_at = excluded.made_at`,
    args: [link.paymentId, link.tokenHash, link.adminId, link.nowMs],
  }
}

/**
 * Those that the gateway may know more of than we do, the longest unasked first. Refunds under way are asked for however
 * old they are; of codes that expired only those whose time has come (`ask_again_at`).
 */
export async function listUnsettled(
  database: Database,
  { gateway, nowMs, checkedBefore, createdAfter, max }: UnsettledQuery,
): Promise<StoredPayment[]> {
  // Looked at later than now: the clock was set back, and nobody waits for it to come there again.
  const open = `gateway = ?1 AND (checked_at < ?2 OR checked_at > ?5) AND reference IS NOT NULL`
  const [refunding, pending, expired] = await Promise.all([
    database.read({
      sql: `${SELECT} WHERE state = 'refunding' AND ${open} ORDER BY checked_at LIMIT ?3`,
      args: [gateway, checkedBefore, max, null, nowMs],
    }),
    database.read({
      sql: `${SELECT} WHERE state = 'pending' AND ${open} AND gateway_payment.created_at > ?4 ORDER BY checked_at LIMIT ?3`,
      args: [gateway, checkedBefore, max, createdAfter, nowMs],
    }),
    database.read({
      sql: `${SELECT} WHERE gateway = ? AND ask_again_at <= ? ORDER BY ask_again_at LIMIT ?`,
      args: [gateway, nowMs, max],
    }),
  ])
  return [...refunding, ...pending, ...expired].map(toPayment)
}

interface UnsettledQuery {
  readonly gateway: GatewayName
  readonly nowMs: number
  readonly checkedBefore: number
  /** Of codes that can be paid. */
  readonly createdAfter: number
  /** Of each kind. */
  readonly max: number
}

function toPayment(row: Row): StoredPayment {
  return {
    id: text(row, 'id'),
    requestHash: text(row, 'request_hash'),
    gateway: text(row, 'gateway') as GatewayName,
    reference: textOrNull(row, 'reference'),
    qrText: textOrNull(row, 'qr_text'),
    hasPicture: integer(row, 'has_picture') === 1,
    channel: {
      slug: text(row, 'slug'),
      title: text(row, 'title'),
      ownerId: text(row, 'owner_id'),
      elsewhereUrl: textOrNull(row, 'elsewhere_url'),
    },
    amountRupiah: integer(row, 'amount'),
    request: v.parse(DonationRequest, JSON.parse(text(row, 'request'))),
    state: text(row, 'state') as GuestPayment['state'],
    donationId: textOrNull(row, 'donation_id'),
    claimedBy: textOrNull(row, 'claimed_by'),
    expiresAt: integer(row, 'expires_at'),
    checkedAt: integerOrNull(row, 'checked_at') ?? 0,
    createdAt: integer(row, 'created_at'),
    paidAt: integerOrNull(row, 'paid_at'),
    refundTakenAt: integerOrNull(row, 'refund_taken_at'),
    refundAttempt: integer(row, 'refund_attempt'),
    refundReference: textOrNull(row, 'refund_reference'),
    refundFailedAt: integerOrNull(row, 'refund_failed_at'),
  }
}

export async function findPicture(
  database: Database,
  tokenHash: string,
): Promise<Uint8Array<ArrayBuffer> | undefined> {
  const [row] = await database.read({
    sql: `SELECT qr_png FROM gateway_payment WHERE ${BY_TOKEN}`,
    args: [tokenHash],
  })
  const body = row?.['qr_png']
  return body instanceof Uint8Array ? new Uint8Array(body) : undefined
}

export function checkedNow(id: string, nowMs: number): Statement {
  return { sql: 'UPDATE gateway_payment SET checked_at = ? WHERE id = ?', args: [nowMs, id] }
}

export function moveTo(id: string, state: StoredPayment['state']): Statement {
  return { sql: 'UPDATE gateway_payment SET state = ? WHERE id = ?', args: [state, id] }
}

/** Whether the payment is no longer as it was read, so that its batch was refused. */
export function hasMovedOn(error: unknown): boolean {
  // The second is what is left by a step from a state that is another by now.
  return (
    error instanceof ConstraintError &&
    ['GATEWAY_PAYMENT_MOVED_ON', 'gateway_payment.state'].includes(error.rule)
  )
}

/** NULL is left for a payment that is in another state by now, and its NOT NULL refuses the whole batch. */
export function moveFrom(from: StoredPayment['state'], id: string, to: StoredPayment['state']): Statement {
  return {
    sql: 'UPDATE gateway_payment SET state = CASE state WHEN ? THEN ? END WHERE id = ?',
    args: [from, to, id],
  }
}

/** Those for which the gateway never gave a code, and those that it never said the end of. */
export function expireForgotten(nowMs: number, forgottenBefore: number): Statement {
  return {
    sql: `UPDATE gateway_payment SET state = 'expired' WHERE state = 'pending'
      AND ((reference IS NULL AND expires_at <= ?) OR expires_at <= ?)`,
    args: [nowMs, forgottenBefore],
  }
}

/** A new attempt; the batch is refused when the money is not held any more. */
export function beginRefund(id: string, nowMs: number): Statement {
  return {
    sql: `UPDATE gateway_payment SET state = CASE state WHEN 'held' THEN 'refunding' END, checked_at = ?,
        refund_attempt = refund_attempt + 1, refund_taken_at = NULL, refund_reference = NULL,
        refund_failed_at = NULL WHERE id = ?`,
    args: [nowMs, id],
  }
}

export function refundTaken(
  { id, refundAttempt }: StoredPayment,
  refundReference: string | undefined,
  nowMs: number,
): Statement {
  return {
    sql: `UPDATE gateway_payment SET refund_taken_at = ?, refund_reference = ? WHERE id = ? AND refund_attempt = ?`,
    args: [nowMs, refundReference ?? null, id, refundAttempt],
  }
}

/** All admins: the guest may be looking at the page no more, and has no other address. */
export function tellRefundFailed({ id, amountRupiah }: StoredPayment, nowMs: number): Statement {
  return {
    sql: `INSERT INTO admin_notice (admin_id, kind, details, created_at)
      SELECT id, 'refund_failed', json_object('by', NULL, 'amountRupiah', ?, 'reference', ?), ? FROM admin`,
    args: [amountRupiah, id, nowMs],
  }
}

/**
 * Held again, and only if it is this attempt that failed: another may be under way by now, and its money must not be
 * given out twice. The batch is refused otherwise.
 * @param failedAt null: it was refused at once, which whoever asked is told
 */
export function refundReturned({ id, refundAttempt }: StoredPayment, failedAt: number | null): Statement {
  return {
    sql: `UPDATE gateway_payment SET state = CASE WHEN state = 'refunding' AND refund_attempt = ? THEN 'held' END,
        refund_failed_at = ? WHERE id = ?`,
    args: [refundAttempt, failedAt, id],
  }
}
