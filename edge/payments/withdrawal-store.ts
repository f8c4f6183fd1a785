/** Withdrawals as members and admins read them. */
import type { AdminWithdrawal, Withdrawal, WithdrawalState } from '../../shared/contracts/withdrawals.ts'
import { AppError } from '../../shared/errors.ts'
import { integer, integerOrNull, text, textOrNull } from '../db/row.ts'
import type { Database, Row, SqlValue } from '../ports.ts'
import { secretBox } from './bank-secrets.ts'
import { bankOf, type PayoutPlatform } from './payout-accounts.ts'

const PAGE_ROWS = 50

const COLUMNS = `withdrawal_request.*, member.username, member.closed_at IS NOT NULL AS is_closed, admin.username AS decided_by_name,
    payout_account.bank, payout_account.number_end, payout_account.account_name, payout_account.sealed_number,
    payout_account.name_checked_at, payout_account.name_at_bank, payout_account.name_reason`

const TABLES = `withdrawal_request
  JOIN member ON member.id = withdrawal_request.member_id
  JOIN payout_account ON payout_account.id = payout_account_id
  LEFT JOIN admin ON admin.id = decided_by`

/** As the triggers count them at `?3`, Unix ms. */
const APPROVALS = `member_identity.name AS identity_name,
    (SELECT json_group_array(json_object('username', approver.username, 'countsFrom', approver.created_at + 3600000 *
        (SELECT MAX(admin_hours) FROM approval_rule WHERE holds_until > ?3)))
      FROM withdrawal_approval JOIN admin AS approver ON approver.id = admin_id
      WHERE withdrawal_id = withdrawal_request.id) AS approvals,
    amount > (SELECT MIN(two_admins_above) FROM approval_rule WHERE holds_until > ?3)
      AND (SELECT COUNT(*) FROM admin) > 1 AS needs_two`

function readRows(database: Database, where: string, args: readonly SqlValue[]): Promise<readonly Row[]> {
  return database.read({
    sql: `SELECT ${COLUMNS} FROM ${TABLES} WHERE ${where} ORDER BY withdrawal_request.id DESC LIMIT ${PAGE_ROWS}`,
    args,
  })
}

async function readForAdmins(
  platform: PayoutPlatform,
  where: string,
  args: readonly [SqlValue, SqlValue],
): Promise<AdminWithdrawal[]> {
  const nowMs = platform.clock.now()
  const rows = await platform.database.read({
    sql: `SELECT ${COLUMNS}, ${APPROVALS} FROM ${TABLES}
      LEFT JOIN member_identity ON member_identity.member_id = withdrawal_request.member_id
      WHERE ${where} ORDER BY withdrawal_request.id DESC LIMIT ${PAGE_ROWS}`,
    args: [...args, nowMs],
  })
  return Promise.all(rows.map((row) => toAdminWithdrawal(platform, row, nowMs)))
}

export async function listOwnWithdrawals(
  database: Database,
  { memberId, before }: { memberId: string; before?: string | undefined },
): Promise<Withdrawal[]> {
  const where = 'withdrawal_request.member_id = ?1 AND (?2 IS NULL OR withdrawal_request.id < ?2)'
  return (await readRows(database, where, [memberId, before ?? null])).map(toWithdrawal)
}

/** @param by the request, or the transfer that holds its money */
export async function findOwnWithdrawal(
  database: Database,
  by: { readonly id: string } | { readonly holdTransferId: string },
): Promise<Withdrawal | undefined> {
  const [row] = await ('id' in by
    ? readRows(database, 'withdrawal_request.id = ?1', [by.id])
    : readRows(database, 'hold_transfer_id = ?1', [by.holdTransferId]))
  return row && toWithdrawal(row)
}

export async function listWithdrawals(
  platform: PayoutPlatform,
  { state, before }: { state?: WithdrawalState | undefined; before?: string | undefined },
): Promise<AdminWithdrawal[]> {
  const where = '(?1 IS NULL OR state = ?1) AND (?2 IS NULL OR withdrawal_request.id < ?2)'
  return readForAdmins(platform, where, [state ?? null, before ?? null])
}

export interface WithdrawalAct {
  readonly adminId: string
  readonly withdrawalId: string
}

/** @throws AppError `not_found` */
export async function getWithdrawal(platform: PayoutPlatform, id: string): Promise<AdminWithdrawal> {
  const [withdrawal] = await readForAdmins(platform, 'withdrawal_request.id = ?1', [id, null])
  if (!withdrawal) throw new AppError('not_found')
  return withdrawal
}

export async function countHeldWithdrawals(database: Database): Promise<number> {
  const [row] = await database.read({
    sql: `SELECT COUNT(*) AS n FROM withdrawal_request WHERE state = 'held'`,
  })
  return row ? integer(row, 'n') : 0
}

function toWithdrawal(row: Row): Withdrawal {
  const [amountRupiah, feeRupiah] = [integer(row, 'amount'), integer(row, 'fee')]
  return {
    id: text(row, 'id'),
    amountRupiah,
    feeRupiah,
    payoutRupiah: amountRupiah - feeRupiah,
    bank: bankOf(row),
    numberEnd: text(row, 'number_end'),
    accountName: text(row, 'account_name'),
    note: textOrNull(row, 'note'),
    state: text(row, 'state') as WithdrawalState,
    reason: textOrNull(row, 'reason'),
    createdAt: integer(row, 'created_at'),
    decidedAt: integerOrNull(row, 'decided_at'),
  }
}

async function toAdminWithdrawal(
  platform: PayoutPlatform,
  row: Row,
  nowMs: number,
): Promise<AdminWithdrawal> {
  const sealed = text(row, 'sealed_number')
  const approvals = JSON.parse(text(row, 'approvals')) as AdminWithdrawal['approvalsTooNew']
  const needsTwo = integer(row, 'needs_two') === 1
  return {
    ...toWithdrawal(row),
    member: {
      id: text(row, 'member_id'),
      username: text(row, 'username'),
      isClosed: integer(row, 'is_closed') === 1,
    },
    // null: sealed with a signing key that is gone. The member sets the account again.
    accountNumber:
      (await secretBox(platform, 'payout_account').open(sealed, text(row, 'payout_account_id'))) ?? null,
    isNameChecked: integerOrNull(row, 'name_checked_at') !== null,
    identityName: textOrNull(row, 'identity_name'),
    nameAtBank: textOrNull(row, 'name_at_bank'),
    nameReason: textOrNull(row, 'name_reason'),
    approvals: approvals.map(({ username }) => username),
    approvalsTooNew: needsTwo ? approvals.filter(({ countsFrom }) => countsFrom > nowMs) : [],
    approvalsNeeded: needsTwo ? 2 : 1,
    bankTransactionId: textOrNull(row, 'bank_transaction_id'),
    decidedBy: textOrNull(row, 'decided_by_name'),
  }
}
