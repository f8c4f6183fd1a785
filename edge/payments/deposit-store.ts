/** Deposit requests as members and admins read them. */
import type { AdminDeposit, Deposit, DepositState } from '../../shared/contracts/payments.ts'
import { integer, integerOrNull, text, textOrNull } from '../db/row.ts'
import type { Database, Platform, Row, SqlValue, Statement } from '../ports.ts'
import type { SecretPlatform } from './bank-secrets.ts'
import { isOverLimit } from './wallet-limit.ts'
import { ACCOUNT_COLUMNS, toMaskedAccount, toReceivingAccount } from './receiving-accounts.ts'

const PAGE_ROWS = 50

/** `?1` is the time of asking. */
export const DEPOSIT_STATE = `CASE WHEN deposit_request.state = 'open' AND deposit_request.claimed_at IS NULL
  AND deposit_request.expires_at <= ?1 THEN 'expired' ELSE deposit_request.state END`

const SELECT = `SELECT deposit_request.id, deposit_request.amount, code, total, note, expires_at, claimed_at,
    deposit_request.created_at, deposit_request.decided_at, deposit_request.reason, bank_transaction_id,
    ${DEPOSIT_STATE} AS state, ${ACCOUNT_COLUMNS}, member.id AS member_id, member.username,
    admin.username AS decided_by,
    deposit_request.state = 'open' AND ${isOverLimit('deposit_request.member_id', 'total')} AS is_over,
    EXISTS (SELECT 1 FROM deposit_receipt WHERE deposit_id = deposit_request.id) AS has_receipt
  FROM deposit_request
  JOIN receiving_account ON receiving_account.id = receiving_account_id
  JOIN member ON member.id = member_id
  LEFT JOIN admin ON admin.id = deposit_request.decided_by`

type DepositPlatform = SecretPlatform & Pick<Platform, 'clock' | 'database'>

async function readDeposits(
  platform: DepositPlatform,
  { where, args }: { where: string; args: readonly SqlValue[] },
): Promise<AdminDeposit[]> {
  const rows = await platform.database.read({
    sql: `${SELECT} WHERE ${where} ORDER BY deposit_request.id DESC LIMIT ${PAGE_ROWS}`,
    args: [platform.clock.now(), ...args],
  })
  return Promise.all(rows.map((row) => toAdminDeposit(platform, row)))
}

export async function listOwnDeposits(
  platform: DepositPlatform,
  { memberId, before, ids }: { memberId: string; before?: string | undefined; ids?: readonly string[] },
): Promise<Deposit[]> {
  const where = `deposit_request.member_id = ?2 AND (?3 IS NULL OR deposit_request.id < ?3)
    AND (?4 IS NULL OR deposit_request.id IN (SELECT value FROM json_each(?4)))`
  const args = [memberId, before ?? null, ids ? JSON.stringify(ids) : null]
  const rows = await readDeposits(platform, { where, args })
  return rows.map(toDeposit)
}

export interface DepositQuery {
  readonly state?: DepositState | undefined
  readonly total?: number | undefined
  readonly before?: string | undefined
}

export function listDeposits(
  platform: DepositPlatform,
  { state, total, before }: DepositQuery,
): Promise<AdminDeposit[]> {
  const where = `(?2 IS NULL OR ${DEPOSIT_STATE} = ?2) AND (?3 IS NULL OR total = ?3)
    AND (?4 IS NULL OR deposit_request.id < ?4)`
  return readDeposits(platform, { where, args: [state ?? null, total ?? null, before ?? null] })
}

export async function findDeposit(platform: DepositPlatform, id: string): Promise<AdminDeposit | undefined> {
  const [deposit] = await readDeposits(platform, { where: 'deposit_request.id = ?2', args: [id] })
  return deposit
}

/** Waiting for an admin: open, and not expired. */
export async function countOpenDeposits(database: Database, nowMs: number): Promise<number> {
  const [row] = await database.read({
    sql: `SELECT COUNT(*) AS n FROM deposit_request WHERE state = 'open' AND (claimed_at IS NOT NULL OR expires_at > ?)`,
    args: [nowMs],
  })
  return row ? integer(row, 'n') : 0
}

/** Without what only admins see. */
export function toDeposit({
  member: _member,
  bankTransactionId: _reference,
  decidedBy: _admin,
  isOverLimit: _isOver,
  ...deposit
}: AdminDeposit): Deposit {
  return deposit
}

async function toAdminDeposit(platform: DepositPlatform, row: Row): Promise<AdminDeposit> {
  const isWaiting = row['state'] === 'open' || row['state'] === 'expired'
  return {
    id: text(row, 'id'),
    // In full only while somebody may still transfer to it.
    account: isWaiting ? await toReceivingAccount(platform, row) : toMaskedAccount(row),
    amountRupiah: integer(row, 'amount'),
    code: integer(row, 'code'),
    totalRupiah: integer(row, 'total'),
    note: textOrNull(row, 'note'),
    state: text(row, 'state') as DepositState,
    claimedAt: integerOrNull(row, 'claimed_at'),
    hasReceipt: integer(row, 'has_receipt') === 1,
    expiresAt: integer(row, 'expires_at'),
    createdAt: integer(row, 'created_at'),
    decidedAt: integerOrNull(row, 'decided_at'),
    reason: textOrNull(row, 'reason'),
    member: { id: text(row, 'member_id'), username: text(row, 'username') },
    bankTransactionId: textOrNull(row, 'bank_transaction_id'),
    decidedBy: textOrNull(row, 'decided_by'),
    isOverLimit: integer(row, 'is_over') === 1,
  }
}

export interface Picture {
  readonly type: string
  readonly body: Uint8Array<ArrayBuffer>
}

export async function findReceipt(database: Database, depositId: string): Promise<Picture | undefined> {
  const [row] = await database.read({
    sql: 'SELECT type, body FROM deposit_receipt WHERE deposit_id = ?',
    args: [depositId],
  })
  const body = row?.['body']
  return row && body instanceof Uint8Array
    ? { type: text(row, 'type'), body: new Uint8Array(body) }
    : undefined
}

export function putReceipt(depositId: string, { type, body }: Picture, nowMs: number): Statement {
  return {
    sql: `INSERT INTO deposit_receipt (deposit_id, type, body, created_at) VALUES (?, ?, ?, ?)
      ON CONFLICT (deposit_id) DO UPDATE SET type = excluded.type, body = excluded.body, created_at = excluded.created_at`,
    args: [depositId, type, body, nowMs],
  }
}
