/** What admins decide about deposits: each decision is one batch, and happens once. */
import type { Notification } from '../../shared/contracts/accounts.ts'
import type { AdminDeposit, ApproveDeposit } from '../../shared/contracts/payments.ts'
import { AppError } from '../../shared/errors.ts'
import { ulid } from '../../shared/ids.ts'
import { logActivity } from '../db/activity.ts'
import {
  bankAccount,
  creditMember,
  ledgerRefusal,
  requestHash,
  takeFromMember,
  transferStatements,
  UNMATCHED_ACCOUNT,
} from '../ledger/rules.ts'
import type { Statement } from '../ports.ts'
import { decisionStatements, requireSameDecision, type Idempotency } from './decision.ts'
import { findDeposit } from './deposit-store.ts'
import { reopening, type PaymentPlatform } from './deposits.ts'
import { paymentError } from './refusals.ts'
import { logOverLimit } from './wallet-limit.ts'

export interface AdminAct {
  readonly adminId: string
  readonly depositId: string
}

/** @throws AppError `not_found` */
export async function getDeposit(platform: PaymentPlatform, depositId: string): Promise<AdminDeposit> {
  const deposit = await findDeposit(platform, depositId)
  if (!deposit) throw new AppError('not_found')
  return deposit
}

/**
 * Approves by what a person read off the statement. The bank's transaction id credits once for ever.
 * @throws AppError `not_found`, `bank_line_other_total`, `bank_transaction_used`, `bank_line_waits`, `deposit_expired`,
 * `request_already_decided`
 */
export async function approveDeposit(
  platform: PaymentPlatform,
  act: AdminAct,
  { bankTransactionId, totalRupiah }: ApproveDeposit,
): Promise<AdminDeposit> {
  const { clock, random } = platform
  const deposit = await getDeposit(platform, act.depositId)
  if (deposit.totalRupiah !== totalRupiah) throw new AppError('bank_line_other_total')
  const nowMs = clock.now()
  const line: Statement = {
    sql: `INSERT INTO bank_line (id, receiving_account_id, reference, amount, description, state, deposit_id,
        member_id, decided_by, decided_at, created_by, created_at)
      VALUES (?1, ?2, ?3, ?4, '', 'credited', ?5, ?6, ?7, ?8, ?7, ?8)`,
    args: [
      ulid(nowMs, random.bytes),
      deposit.account.id,
      bankTransactionId,
      totalRupiah,
      deposit.id,
      deposit.member.id,
      act.adminId,
      nowMs,
    ],
  }
  return credit(platform, act, deposit, {
    reference: bankTransactionId,
    source: bankAccount(deposit.account.id),
    line,
  })
}

/** How the money of a deposit came: straight from the bank, or by a line that waited as unmatched. */
export interface DepositSource {
  readonly reference: string
  readonly source: string
  /** Writes or changes the line of the bank that credits. */
  readonly line: Statement
}

/** What an approval needs to know of a request. */
export type CreditedDeposit = Pick<AdminDeposit, 'id' | 'totalRupiah' | 'member'> & {
  readonly account: Pick<AdminDeposit['account'], 'bank'>
}

/** The batch that approves, and the key by which it happens once, whoever approves and however often. */
export async function creditStatements(
  platform: PaymentPlatform,
  adminId: string,
  deposit: CreditedDeposit,
  { reference, source, line }: DepositSource,
): Promise<{ readonly statements: readonly Statement[]; readonly idempotency: Idempotency }> {
  const { clock, random } = platform
  const nowMs = clock.now()
  const { id: depositId, totalRupiah, member } = deposit
  const idempotency = {
    owner: `deposit:${depositId}`,
    key: 'approve',
    requestHash: await requestHash([adminId, reference, totalRupiah]),
  }
  const transferId = ulid(nowMs, random.bytes)
  const { opening, entries, posting } = transferStatements({
    id: transferId,
    kind: 'deposit',
    idempotency,
    description: deposit.account.bank,
    movements: [{ accountId: source, amountRupiah: -totalRupiah }],
    nowMs,
  })
  const statements = [
    opening,
    {
      sql: `UPDATE deposit_request SET state = 'approved', transfer_id = ?, bank_transaction_id = ?,
          decided_by = ?, decided_at = ? WHERE id = ?`,
      args: [transferId, reference, adminId, nowMs, depositId],
    },
    line,
    ...entries,
    ...creditMember(transferId, member.id),
    posting,
    logOverLimit({ memberId: member.id, adminId, amountRupiah: totalRupiah, nowMs }),
    ...told(platform, { adminId, deposit, decision: 'approved', reason: null }),
  ]
  return { statements, idempotency }
}

export async function credit(
  platform: PaymentPlatform,
  { adminId, depositId }: AdminAct,
  deposit: AdminDeposit,
  source: DepositSource,
): Promise<AdminDeposit> {
  const { statements, idempotency } = await creditStatements(platform, adminId, deposit, source)
  try {
    await platform.database.write(statements)
  } catch (error) {
    if (ledgerRefusal(error) !== 'key_used') throw paymentError(error)
    await requireSameDecision(platform.database, idempotency)
  }
  return getDeposit(platform, depositId)
}

/** @throws AppError `not_found`, `request_already_decided` */
export async function rejectDeposit(
  platform: PaymentPlatform,
  { adminId, depositId }: AdminAct,
  reason: string,
): Promise<AdminDeposit> {
  const deposit = await getDeposit(platform, depositId)
  try {
    await platform.database.write([
      {
        sql: `UPDATE deposit_request SET state = 'rejected', decided_by = ?, decided_at = ?, reason = ? WHERE id = ?`,
        args: [adminId, platform.clock.now(), reason, depositId],
      },
      ...told(platform, { adminId, deposit, decision: 'rejected', reason }),
    ])
  } catch (error) {
    throw paymentError(error)
  }
  return getDeposit(platform, depositId)
}

/** @throws AppError `not_found`, `request_already_decided`, `deposit_code_gone` */
export async function reopenForMember(
  platform: PaymentPlatform,
  { adminId, depositId }: AdminAct,
): Promise<AdminDeposit> {
  const { member, totalRupiah } = await getDeposit(platform, depositId)
  const nowMs = platform.clock.now()
  try {
    await platform.database.write([
      reopening(depositId, nowMs),
      logActivity({
        action: 'deposit_reopened',
        adminId,
        memberId: member.id,
        details: { depositId, amountRupiah: totalRupiah },
        nowMs,
      }),
    ])
  } catch (error) {
    throw paymentError(error)
  }
  return getDeposit(platform, depositId)
}

/**
 * Takes back what was approved by mistake: the money is unmatched again, and what the member has spent
 * meanwhile becomes debt.
 * @throws AppError `not_found`, `request_already_decided` for one that is not approved
 */
export async function reverseDeposit(
  platform: PaymentPlatform,
  { adminId, depositId }: AdminAct,
  reason: string,
): Promise<AdminDeposit> {
  const { clock, database, random } = platform
  const deposit = await getDeposit(platform, depositId)
  const { totalRupiah, member } = deposit
  const nowMs = clock.now()
  const transferId = ulid(nowMs, random.bytes)
  const idempotency = {
    owner: `deposit:${depositId}`,
    key: 'reverse',
    requestHash: await requestHash([adminId, reason]),
  }
  const { opening, entries, posting } = transferStatements({
    id: transferId,
    kind: 'deposit_reversed',
    idempotency,
    description: reason,
    movements: [{ accountId: UNMATCHED_ACCOUNT, amountRupiah: totalRupiah }],
    nowMs,
  })
  try {
    await database.write([
      opening,
      {
        sql: `UPDATE deposit_request SET state = 'reversed', reason = ?, decided_by = ?, decided_at = ? WHERE id = ?`,
        args: [reason, adminId, nowMs, depositId],
      },
      {
        sql: `UPDATE bank_line SET state = 'unmatched', member_id = NULL, decided_by = NULL, decided_at = NULL
          WHERE deposit_id = ? AND state = 'credited'`,
        args: [depositId],
      },
      ...takeFromMember(transferId, member.id, totalRupiah),
      ...entries,
      posting,
      ...told(platform, { adminId, deposit, decision: 'reversed', reason }),
    ])
  } catch (error) {
    if (ledgerRefusal(error) !== 'key_used') throw paymentError(error)
    await requireSameDecision(platform.database, idempotency)
  }
  return getDeposit(platform, depositId)
}

type Decision = Extract<Notification, { kind: 'deposit_decided' }>['decision']

function told(
  platform: PaymentPlatform,
  {
    adminId,
    deposit: { id: depositId, totalRupiah, member },
    decision,
    reason,
  }: { adminId: string; deposit: CreditedDeposit; decision: Decision; reason: string | null },
): readonly Statement[] {
  return decisionStatements(platform, {
    kind: 'deposit_decided',
    action: `deposit_${decision}`,
    adminId,
    memberId: member.id,
    payload: { depositId, decision, totalRupiah, reason },
    details: { depositId, amountRupiah: totalRupiah, ...(reason !== null && { reason }) },
  })
}
