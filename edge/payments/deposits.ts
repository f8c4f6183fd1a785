/** What a member does with deposit requests. Which code a request gets is decided where it is written. */
import type { AskForDeposit, Deposit } from '../../shared/contracts/payments.ts'
import { AppError } from '../../shared/errors.ts'
import { ulid } from '../../shared/ids.ts'
import { logActivity } from '../db/activity.ts'
import { text } from '../db/row.ts'
import { requestHash } from '../ledger/rules.ts'
import { ConstraintError, type Database, type Platform, type Statement } from '../ports.ts'
import { findDeposit, type Picture, putReceipt, toDeposit } from './deposit-store.ts'
import { paymentError } from './refusals.ts'

export type PaymentPlatform = Pick<Platform, 'config' | 'database' | 'clock' | 'random'>

export interface DepositOrder {
  readonly memberId: string
  readonly idempotencyKey: string
  readonly request: AskForDeposit
}

const HOUR_MS = 3_600_000

/**
 * The same order again gets the same request, however its state is by then.
 * @throws AppError `deposit_too_small`, `too_many_deposits`, `receiving_account_closed`, `deposit_codes_used_up`,
 * `idempotency_key_reused`
 */
export async function askForDeposit(platform: PaymentPlatform, order: DepositOrder): Promise<Deposit> {
  const { clock, database, random } = platform
  const { memberId, idempotencyKey, request } = order
  const nowMs = clock.now()
  const id = ulid(nowMs, random.bytes)
  const hash = await requestHash([request.amountRupiah, request.receivingAccountId, request.note])
  try {
    await database.write([
      depositStatement(platform, { id, memberId, idempotencyKey, hash, request, nowMs }),
      logActivity({
        action: 'deposit_requested',
        memberId,
        details: { depositId: id, amountRupiah: request.amountRupiah },
        nowMs,
      }),
    ])
  } catch (error) {
    return await replayed(platform, order, hash, error)
  }
  return ownDeposit(platform, { memberId, depositId: id })
}

export interface NewDeposit {
  readonly id: string
  readonly memberId: string
  readonly idempotencyKey: string
  readonly hash: string
  readonly request: AskForDeposit
  readonly nowMs: number
  /** Raises the amount to the smallest top-up where it is less. */
  readonly isAtLeastMinimum?: boolean
}

export function depositStatement(
  platform: Pick<PaymentPlatform, 'random'>,
  { id, memberId, idempotencyKey, hash, request, nowMs, isAtLeastMinimum = false }: NewDeposit,
): Statement {
  // Up to 999, in an order that nobody foresees; above only when those are used up. No code left: NULL, refused.
  const freeCode = (from: number, to: number) => `(
    WITH RECURSIVE code (n) AS (SELECT ${from} UNION ALL SELECT n + 1 FROM code WHERE n < ${to})
    SELECT n FROM code WHERE NOT EXISTS (SELECT 1 FROM deposit_total
      WHERE receiving_account_id = ?3 AND total = amount + n AND free_after > ?8)
    ORDER BY (n + ?9) % ${to - from + 1} LIMIT 1)`
  return {
    sql: `INSERT INTO deposit_request (id, member_id, receiving_account_id, amount, code, total, note,
        idempotency_key, request_hash, created_at, expires_at)
      SELECT ?1, ?2, ?3, amount, code, amount + code, ?5, ?6, ?7, ?8, ?8 + ${HOUR_MS} * hours
      FROM (SELECT amount, hours, COALESCE(${freeCode(1, 999)}, ${freeCode(1000, 9999)}) AS code FROM
        (SELECT CASE WHEN ?10 THEN MAX(?4, json_extract(value, '$.depositMinimumRupiah')) ELSE ?4 END AS amount,
          json_extract(value, '$.depositHours') AS hours FROM payment_setting))`,
    args: [
      id,
      memberId,
      request.receivingAccountId,
      request.amountRupiah,
      request.note || null,
      idempotencyKey,
      hash,
      nowMs,
      randomOffset(platform),
      isAtLeastMinimum ? 1 : 0,
    ],
  }
}

function randomOffset({ random }: Pick<PaymentPlatform, 'random'>): number {
  const [high = 0, low = 0] = random.bytes(2)
  return high * 256 + low
}

async function replayed(
  platform: PaymentPlatform,
  { memberId, idempotencyKey }: DepositOrder,
  hash: string,
  error: unknown,
): Promise<Deposit> {
  const isKnown =
    error instanceof ConstraintError &&
    (error.rule === 'deposit_request.member_id' || error.rule === 'deposit_request.id')
  // The rules on new requests are asked before the key is: a repetition must not be refused by them.
  const depositId = await findDepositByKey(platform.database, { memberId, idempotencyKey, hash })
  if (depositId === undefined) throw isKnown ? error : paymentError(error)
  return ownDeposit(platform, { memberId, depositId })
}

/** @throws AppError `idempotency_key_reused` when the key asked for something else */
export async function findDepositByKey(
  database: Database,
  { memberId, idempotencyKey, hash }: { memberId: string; idempotencyKey: string; hash: string },
): Promise<string | undefined> {
  const [row] = await database.read({
    sql: 'SELECT id, request_hash FROM deposit_request WHERE member_id = ? AND idempotency_key = ?',
    args: [memberId, idempotencyKey],
  })
  if (!row) return undefined
  if (text(row, 'request_hash') !== hash) throw new AppError('idempotency_key_reused')
  return text(row, 'id')
}

/** @throws AppError `not_found` also for a request of somebody else */
export async function ownDeposit(
  platform: PaymentPlatform,
  { memberId, depositId }: { memberId: string; depositId: string },
): Promise<Deposit> {
  const deposit = await findDeposit(platform, depositId)
  if (deposit?.member.id !== memberId) throw new AppError('not_found')
  return toDeposit(deposit)
}

export interface OwnRequest {
  readonly memberId: string
  readonly depositId: string
}

/** @throws AppError `not_found`, `request_already_decided` */
export async function cancelDeposit(platform: PaymentPlatform, own: OwnRequest): Promise<Deposit> {
  const nowMs = platform.clock.now()
  return change(platform, own, 'deposit_cancelled', [
    {
      sql: `UPDATE deposit_request SET state = 'cancelled', decided_at = ? WHERE id = ?`,
      args: [nowMs, own.depositId],
    },
  ])
}

/** @throws AppError `not_found`, `request_already_decided`, `deposit_code_gone` */
export async function reopenDeposit(platform: PaymentPlatform, own: OwnRequest): Promise<Deposit> {
  return change(platform, own, 'deposit_reopened', [reopening(own.depositId, platform.clock.now())])
}

export function reopening(depositId: string, nowMs: number): Statement {
  return {
    sql: `UPDATE deposit_request SET state = 'open', expires_at = ?1 + ${HOUR_MS} *
        (SELECT json_extract(value, '$.depositHours') FROM payment_setting) WHERE id = ?2`,
    args: [nowMs, depositId],
  }
}

/**
 * "I have transferred", with the bank's receipt or without: the request no longer expires.
 * @throws AppError `not_found`, `request_already_decided`, `deposit_code_gone`
 */
export async function claimDeposit(
  platform: PaymentPlatform,
  own: OwnRequest,
  receipt?: Picture,
): Promise<Deposit> {
  const nowMs = platform.clock.now()
  return change(platform, own, 'deposit_claimed', [
    {
      sql: 'UPDATE deposit_request SET claimed_at = COALESCE(claimed_at, ?) WHERE id = ?',
      args: [nowMs, own.depositId],
    },
    ...(receipt ? [putReceipt(own.depositId, receipt, nowMs)] : []),
  ])
}

async function change(
  platform: PaymentPlatform,
  own: OwnRequest,
  action: 'deposit_cancelled' | 'deposit_reopened' | 'deposit_claimed',
  statements: readonly Statement[],
): Promise<Deposit> {
  const { totalRupiah } = await ownDeposit(platform, own)
  const { memberId, depositId } = own
  const details = { depositId, amountRupiah: totalRupiah }
  try {
    await platform.database.write([
      ...statements,
      logActivity({ action, memberId, details, nowMs: platform.clock.now() }),
    ])
  } catch (error) {
    throw paymentError(error)
  }
  return ownDeposit(platform, own)
}
