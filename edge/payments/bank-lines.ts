/** What arrived at the bank: each line is money that is credited, assigned, returned or dismissed once. */
import type { BankLine, DepositState, RecordArrival } from '../../shared/contracts/payments.ts'
import { AppError, isErrorCode } from '../../shared/errors.ts'
import { ulid } from '../../shared/ids.ts'
import { logActivity } from '../db/activity.ts'
import { integer, text, textOrNull } from '../db/row.ts'
import {
  bankAccount,
  CORRECTION_ACCOUNT,
  creditMember,
  ledgerRefusal,
  move,
  requestHash,
  transferStatements,
  UNMATCHED_ACCOUNT,
  type TransferKind,
} from '../ledger/rules.ts'
import type { Row, SqlValue } from '../ports.ts'
import { arrivalStatements } from './arrivals.ts'
import { openSecret } from './bank-secrets.ts'
import { credit, getDeposit } from './deposit-decisions.ts'
import { DEPOSIT_STATE } from './deposit-store.ts'
import type { PaymentPlatform } from './deposits.ts'
import { ACCOUNT_COLUMNS, findReceivingAccount, toMaskedAccount } from './receiving-accounts.ts'
import { paymentError } from './refusals.ts'

const PAGE_ROWS = 50
const MAX_CANDIDATES = 5

/** `?1` is the time of asking: a request expires by itself. */
async function readLines(
  platform: PaymentPlatform,
  { where, args }: { where: string; args: readonly SqlValue[] },
): Promise<BankLine[]> {
  const rows = await platform.database.read({
    sql: `SELECT bank_line.id, bank_line.reference, bank_line.amount, booked_on, description,
        bank_line.sealed_kid AS line_kid, bank_line.state,
        bank_line.reason, refusal, refused.username AS refused_name, bank_line.created_at, ${ACCOUNT_COLUMNS}, member.id AS member_id, member.username,
        CASE WHEN bank_line.state <> 'unmatched' THEN '[]' ELSE
          (SELECT json_group_array(json_object('depositId', id, 'memberId', member_id, 'username', username,
              'state', state, 'createdAt', created_at))
            FROM (SELECT deposit_request.id, member_id, username, ${DEPOSIT_STATE} AS state, created_at
              FROM deposit_request JOIN member ON member.id = member_id
              WHERE total = bank_line.amount AND deposit_request.receiving_account_id = bank_line.receiving_account_id
              ORDER BY deposit_request.state <> 'open', deposit_request.id DESC LIMIT ${MAX_CANDIDATES})) END AS candidates
      FROM bank_line
      JOIN receiving_account ON receiving_account.id = bank_line.receiving_account_id
      LEFT JOIN member ON member.id = bank_line.member_id
      LEFT JOIN member AS refused ON refused.id = refused_member_id
      WHERE ${where} ORDER BY bank_line.id DESC LIMIT ${PAGE_ROWS}`,
    args: [platform.clock.now(), ...args],
  })
  return Promise.all(rows.map((row) => toBankLine(platform, row)))
}

async function toBankLine(platform: PaymentPlatform, row: Row): Promise<BankLine> {
  const id = text(row, 'id')
  const sealed = { id, value: text(row, 'description'), kid: textOrNull(row, 'line_kid') }
  return {
    id,
    account: toMaskedAccount(row),
    reference: text(row, 'reference'),
    amountRupiah: integer(row, 'amount'),
    bookedOn: textOrNull(row, 'booked_on'),
    // Empty: sealed with a signing key that is gone.
    description: (await openSecret(platform, 'bank_line', sealed)) ?? '',
    state: text(row, 'state') as BankLine['state'],
    candidates: JSON.parse(text(row, 'candidates')) as (BankLine['candidates'][number] & {
      state: DepositState
    })[],
    member:
      row['member_id'] === null ? null : { id: text(row, 'member_id'), username: text(row, 'username') },
    reason: textOrNull(row, 'reason'),
    refused: refusedOf(row),
    createdAt: integer(row, 'created_at'),
  }
}

function refusedOf(row: Row): BankLine['refused'] {
  const refusal = textOrNull(row, 'refusal')
  if (row['state'] !== 'unmatched' || !isErrorCode(refusal)) return null
  return { code: refusal, username: textOrNull(row, 'refused_name') ?? '' }
}

export function listBankLines(
  platform: PaymentPlatform,
  { state, before }: { state?: BankLine['state'] | undefined; before?: string | undefined },
): Promise<BankLine[]> {
  const where = '(?2 IS NULL OR bank_line.state = ?2) AND (?3 IS NULL OR bank_line.id < ?3)'
  return readLines(platform, { where, args: [state ?? null, before ?? null] })
}

/** @throws AppError `not_found` */
async function getBankLine(platform: PaymentPlatform, id: string): Promise<BankLine> {
  const [line] = await readLines(platform, { where: 'bank_line.id = ?2', args: [id] })
  if (!line) throw new AppError('not_found')
  return line
}

/** @throws AppError `not_found` for an account that there is not, `bank_transaction_used` */
export async function recordArrival(
  platform: PaymentPlatform,
  adminId: string,
  { bankTransactionId, ...record }: RecordArrival,
): Promise<BankLine> {
  if (!(await findReceivingAccount(platform, record.receivingAccountId))) throw new AppError('not_found')
  const arrival = { ...record, reference: bankTransactionId }
  const { id, statements } = await arrivalStatements(platform, { adminId, arrival })
  try {
    await platform.database.write([
      ...statements,
      logActivity({
        action: 'unmatched_recorded',
        adminId,
        details: { amountRupiah: record.amountRupiah, reference: bankTransactionId },
        nowMs: platform.clock.now(),
      }),
    ])
  } catch (error) {
    if (ledgerRefusal(error) !== 'key_used') throw paymentError(error)
  }
  return getBankLine(platform, id)
}

/**
 * Approves the open request that has exactly this total.
 * @throws AppError `not_found`, `bank_line_other_total`, `deposit_expired`, `request_already_decided`
 */
export async function creditLine(
  platform: PaymentPlatform,
  { adminId, lineId, depositId }: { adminId: string; lineId: string; depositId: string },
): Promise<BankLine> {
  const [line, deposit] = await Promise.all([getBankLine(platform, lineId), getDeposit(platform, depositId)])
  await credit(platform, { adminId, depositId }, deposit, {
    reference: line.reference,
    source: UNMATCHED_ACCOUNT,
    line: {
      sql: `UPDATE bank_line SET state = 'credited', deposit_id = ?, member_id = ?, decided_by = ?, decided_at = ?
        WHERE id = ?`,
      args: [depositId, deposit.member.id, adminId, platform.clock.now(), lineId],
    },
  })
  return getBankLine(platform, lineId)
}

export interface LineDecision {
  readonly adminId: string
  readonly lineId: string
  readonly reason: string
}

/**
 * What really arrived becomes the balance of this member. Above their limits it stays unmatched, and says why.
 * @throws AppError `not_found`, `wallet_full`, `month_full`, `account_gone`, `request_already_decided`
 */
export async function assignLine(
  platform: PaymentPlatform,
  decision: LineDecision,
  memberId: string,
): Promise<BankLine> {
  const [member] = await platform.database.read({
    sql: 'SELECT username FROM member WHERE id = ?',
    args: [memberId],
  })
  if (!member) throw new AppError('not_found')
  try {
    return await decide(platform, decision, { state: 'assigned', memberId })
  } catch (error) {
    if (error instanceof AppError && KEPT.has(error.code))
      await platform.database.write([
        {
          sql: `UPDATE bank_line SET refusal = ?, refused_member_id = ? WHERE id = ? AND state = 'unmatched'`,
          args: [error.code, memberId, decision.lineId],
        },
      ])
    throw error
  }
}

/** Why money stays unmatched that somebody wanted to assign. */
const KEPT: ReadonlySet<string> = new Set(['wallet_full', 'month_full', 'account_gone'])

/** @throws AppError `not_found`, `request_already_decided` */
export function returnLine(platform: PaymentPlatform, decision: LineDecision): Promise<BankLine> {
  return decide(platform, decision, { state: 'returned' })
}

/** Interest, the operator's own money. @throws AppError `not_found`, `request_already_decided` */
export function dismissLine(platform: PaymentPlatform, decision: LineDecision): Promise<BankLine> {
  return decide(platform, decision, { state: 'dismissed' })
}

async function decide(
  platform: PaymentPlatform,
  { adminId, lineId, reason }: LineDecision,
  { state, memberId }: { state: 'assigned' | 'returned' | 'dismissed'; memberId?: string },
): Promise<BankLine> {
  const { clock, database, random } = platform
  const { amountRupiah, account, reference } = await getBankLine(platform, lineId)
  const nowMs = clock.now()
  const transferId = ulid(nowMs, random.bytes)
  const kind: TransferKind = `unmatched_${state}`
  const target = state === 'returned' ? bankAccount(account.id) : CORRECTION_ACCOUNT
  const { opening, entries, posting } = transferStatements({
    id: transferId,
    kind,
    // A line whose deposit was reversed is decided again, so the key is this decision's own.
    idempotency: {
      owner: `bank-line:${lineId}`,
      key: transferId,
      requestHash: await requestHash([kind, reason]),
    },
    description: state === 'assigned' ? account.bank : reason,
    movements:
      memberId === undefined
        ? move(UNMATCHED_ACCOUNT, target, amountRupiah)
        : [{ accountId: UNMATCHED_ACCOUNT, amountRupiah: -amountRupiah }],
    nowMs,
  })
  try {
    await database.write([
      opening,
      {
        sql: `UPDATE bank_line SET state = ?, member_id = ?, reason = ?, decided_by = ?, decided_at = ? WHERE id = ?`,
        args: [state, memberId ?? null, reason, adminId, nowMs, lineId],
      },
      ...entries,
      ...(memberId === undefined ? [] : creditMember(transferId, memberId)),
      posting,
      ...(memberId === undefined
        ? []
        : [
            {
              sql: `INSERT INTO notification (id, member_id, kind, payload, created_at)
                VALUES (?, ?, 'balance_credited', ?, ?)`,
              args: [ulid(nowMs, random.bytes), memberId, JSON.stringify({ amountRupiah, reason }), nowMs],
            },
          ]),
      logActivity({
        action: kind,
        adminId,
        ...(memberId !== undefined && { memberId }),
        details: { amountRupiah, reference, reason },
        nowMs,
      }),
    ])
  } catch (error) {
    if (ledgerRefusal(error) !== 'key_used') throw paymentError(error)
  }
  return getBankLine(platform, lineId)
}
