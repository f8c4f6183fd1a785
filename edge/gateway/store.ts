/** Payments of guests as they are kept. */
import * as v from 'valibot'
import { DonationRequest } from '../../shared/contracts/donations.ts'
import type { GuestPayment } from '../../shared/contracts/guests.ts'
import { integer, integerOrNull, text, textOrNull } from '../db/row.ts'
import type { Database, Row, SqlValue, Statement } from '../ports.ts'
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

/** Those that the gateway may know more of than we do, the longest unasked first. */
export async function listUnsettled(
  database: Database,
  { checkedBefore, createdAfter, max }: { checkedBefore: number; createdAfter: number; max: number },
): Promise<StoredPayment[]> {
  const rows = await database.read({
    sql: `${SELECT} WHERE state IN ('pending', 'refunding') AND checked_at < ? AND gateway_payment.created_at > ?
      AND reference IS NOT NULL ORDER BY checked_at LIMIT ?`,
    args: [checkedBefore, createdAfter, max],
  })
  return rows.map(toPayment)
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

/** NULL is left for a payment that is in another state by now, and its NOT NULL refuses the whole batch. */
export function moveFrom(from: StoredPayment['state'], id: string, to: StoredPayment['state']): Statement {
  return {
    sql: 'UPDATE gateway_payment SET state = CASE state WHEN ? THEN ? END WHERE id = ?',
    args: [from, to, id],
  }
}

/** Those for which the gateway never gave a code: nobody can pay them. */
export function expireUncharged(nowMs: number): Statement {
  return {
    sql: `UPDATE gateway_payment SET state = 'expired'
      WHERE state = 'pending' AND reference IS NULL AND expires_at <= ?`,
    args: [nowMs],
  }
}

export function refundTaken(id: string, nowMs: number): Statement {
  return { sql: 'UPDATE gateway_payment SET refund_taken_at = ? WHERE id = ?', args: [nowMs, id] }
}
