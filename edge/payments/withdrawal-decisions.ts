/** What admins decide about withdrawals: held money is paid or released, once; a payout may come back, once. */
import type { Notification } from '../../shared/contracts/accounts.ts'
import type { AdminWithdrawal, PayWithdrawal } from '../../shared/contracts/withdrawals.ts'
import { AppError } from '../../shared/errors.ts'
import { ulid } from '../../shared/ids.ts'
import { logActivity } from '../db/activity.ts'
import { text } from '../db/row.ts'
import {
  bankAccount,
  creditMember,
  FEE_ACCOUNT,
  heldAccount,
  ledgerRefusal,
  requestHash,
  transferStatements,
  type Movement,
  UNMATCHED_ACCOUNT,
  type TransferKind,
} from '../ledger/rules.ts'
import type { Statement } from '../ports.ts'
import { unmatchedLine } from './arrivals.ts'
import { decisionStatements, requireSameDecision } from './decision.ts'
import type { PayoutPlatform } from './payout-accounts.ts'
import { paymentError } from './refusals.ts'
import { findReceivingAccount } from './receiving-accounts.ts'
import { nameCheckStatements } from './name-checks.ts'
import { getWithdrawal, type WithdrawalAct } from './withdrawal-store.ts'

/**
 * The first of two admins. Again by the same admin changes nothing.
 * @throws AppError `not_found`, `account_name_unchecked`, `request_already_decided`
 */
export async function approveWithdrawal(
  platform: PayoutPlatform,
  { adminId, withdrawalId }: WithdrawalAct,
): Promise<AdminWithdrawal> {
  const { member, amountRupiah } = await getWithdrawal(platform, withdrawalId)
  const nowMs = platform.clock.now()
  try {
    await platform.database.write([
      approval({ adminId, withdrawalId }, nowMs),
      logActivity({
        action: 'withdrawal_approved',
        adminId,
        memberId: member.id,
        details: { withdrawalId, amountRupiah },
        nowMs,
      }),
    ])
  } catch (error) {
    throw paymentError(error)
  }
  return getWithdrawal(platform, withdrawalId)
}

function approval({ adminId, withdrawalId }: WithdrawalAct, nowMs: number): Statement {
  return {
    sql: `INSERT INTO withdrawal_approval (withdrawal_id, admin_id, approved_at) VALUES (?, ?, ?)
      ON CONFLICT DO NOTHING`,
    args: [withdrawalId, adminId, nowMs],
  }
}

/**
 * Says that the money left the bank; whoever says so has approved it too.
 * @throws AppError `not_found`, `second_admin_needed`, `second_admin_too_new`, `account_name_unchecked`, `names_differ`, `bank_transaction_used`,
 * `request_already_decided`
 */
export async function payWithdrawal(
  platform: PayoutPlatform,
  act: WithdrawalAct,
  { receivingAccountId, bankTransactionId, isNameChecked }: PayWithdrawal,
): Promise<AdminWithdrawal> {
  const { adminId, withdrawalId } = act
  const withdrawal = await getWithdrawal(platform, withdrawalId)
  if (!(await findReceivingAccount(platform, receivingAccountId))) throw new AppError('not_found')
  const nowMs = platform.clock.now()
  const { amountRupiah, feeRupiah, payoutRupiah, member, accountName } = withdrawal
  const inShort = {
    nameOnIdentity: withdrawal.identityName ?? accountName,
    nameAtBank: accountName,
    reason: '',
  }
  const names = isNameChecked ? nameCheckStatements(platform, act, withdrawal, inShort) : []
  return resolve(platform, act, withdrawal, {
    key: 'resolve',
    kind: 'withdrawal_paid',
    hashed: ['paid', receivingAccountId, bankTransactionId],
    reason: null,
    movements: [
      { accountId: heldAccount(member.id), amountRupiah: -amountRupiah },
      { accountId: bankAccount(receivingAccountId), amountRupiah: payoutRupiah },
      ...(feeRupiah > 0 ? [{ accountId: FEE_ACCOUNT, amountRupiah: feeRupiah }] : []),
    ],
    statements: (transferId) => [
      ...names,
      approval(act, nowMs),
      {
        sql: `UPDATE withdrawal_request SET state = 'paid', resolve_transfer_id = ?, paid_from = ?,
            bank_transaction_id = ?, decided_by = ?, decided_at = ? WHERE id = ?`,
        args: [transferId, receivingAccountId, bankTransactionId, adminId, nowMs, withdrawalId],
      },
    ],
  })
}

/** @throws AppError `not_found`, `request_already_decided` */
export async function releaseWithdrawal(
  platform: PayoutPlatform,
  act: WithdrawalAct,
  reason: string,
): Promise<AdminWithdrawal> {
  const withdrawal = await getWithdrawal(platform, act.withdrawalId)
  return resolve(platform, act, withdrawal, {
    key: 'resolve',
    kind: 'withdrawal_released',
    hashed: ['released', reason],
    reason,
    movements: [{ accountId: heldAccount(withdrawal.member.id), amountRupiah: -withdrawal.amountRupiah }],
    statements: (transferId) => [
      {
        sql: `UPDATE withdrawal_request SET state = 'released', resolve_transfer_id = ?, reason = ?,
            decided_by = ?, decided_at = ? WHERE id = ?`,
        args: [transferId, reason, act.adminId, platform.clock.now(), act.withdrawalId],
      },
    ],
  })
}

/**
 * The payout came back, or was marked by mistake: all of it, the fee too, is the member's again. Of a member who has closed
 * the account since it becomes unmatched money, which an admin assigns, or returns in another way.
 * @throws AppError `not_found`, `request_already_decided` for one that is not paid
 */
export async function reverseWithdrawal(
  platform: PayoutPlatform,
  act: WithdrawalAct,
  reason: string,
): Promise<AdminWithdrawal> {
  const withdrawal = await getWithdrawal(platform, act.withdrawalId)
  const [row] = await platform.database.read({
    sql: 'SELECT paid_from FROM withdrawal_request WHERE id = ? AND paid_from IS NOT NULL',
    args: [act.withdrawalId],
  })
  if (!row) throw new AppError('request_already_decided')
  const { amountRupiah, feeRupiah, payoutRupiah, member } = withdrawal
  const paidFrom = text(row, 'paid_from')
  const line = member.isClosed ? [await returnedLine(platform, act, withdrawal, paidFrom)] : []
  return resolve(platform, act, withdrawal, {
    key: 'reverse',
    kind: 'withdrawal_reversed',
    hashed: ['reversed', reason],
    reason,
    movements: [
      { accountId: bankAccount(paidFrom), amountRupiah: -payoutRupiah },
      ...(feeRupiah > 0 ? [{ accountId: FEE_ACCOUNT, amountRupiah: -feeRupiah }] : []),
      ...(member.isClosed ? [{ accountId: UNMATCHED_ACCOUNT, amountRupiah }] : []),
    ],
    statements: (transferId) => [
      {
        sql: `UPDATE withdrawal_request SET state = 'reversed', reverse_transfer_id = ?, reason = ?,
            decided_by = ?, decided_at = ? WHERE id = ?`,
        args: [transferId, reason, act.adminId, platform.clock.now(), act.withdrawalId],
      },
      ...line,
    ],
  })
}

/** Its reference is our own number: the statement of the bank, which has another, is imported or not. */
function returnedLine(
  platform: PayoutPlatform,
  { adminId, withdrawalId }: WithdrawalAct,
  { amountRupiah, bank, numberEnd }: AdminWithdrawal,
  receivingAccountId: string,
): Promise<Statement> {
  return unmatchedLine(platform, {
    id: ulid(platform.clock.now(), platform.random.bytes),
    adminId,
    arrival: {
      receivingAccountId,
      reference: `penarikan-${withdrawalId}`,
      amountRupiah,
      bookedOn: null,
      description: `Penarikan kembali, akun ditutup: ${bank} …${numberEnd}`,
    },
  })
}

interface Resolution {
  /** `resolve` and `reverse`: each happens once to a request, whoever does it. */
  readonly key: 'resolve' | 'reverse'
  readonly kind: Extract<TransferKind, `withdrawal_${string}`>
  readonly hashed: readonly string[]
  readonly reason: string | null
  /** What they leave over goes to the member. */
  readonly movements: readonly Movement[]
  readonly statements: (transferId: string) => readonly Statement[]
}

async function resolve(
  platform: PayoutPlatform,
  { adminId, withdrawalId }: WithdrawalAct,
  withdrawal: AdminWithdrawal,
  { key, kind, hashed, reason, movements, statements }: Resolution,
): Promise<AdminWithdrawal> {
  const { clock, database, random } = platform
  const nowMs = clock.now()
  const transferId = ulid(nowMs, random.bytes)
  const idempotency = {
    owner: `withdrawal:${withdrawalId}`,
    key,
    requestHash: await requestHash([adminId, ...hashed]),
  }
  const { opening, entries, posting } = transferStatements({
    id: transferId,
    kind,
    idempotency,
    description: `${withdrawal.bank} …${withdrawal.numberEnd}`,
    movements,
    nowMs,
  })
  const decision = kind.slice('withdrawal_'.length) as Decision
  const { member, amountRupiah } = withdrawal
  try {
    await database.write([
      opening,
      ...statements(transferId),
      ...entries,
      ...(kind === 'withdrawal_paid' || member.isClosed ? [] : creditMember(transferId, member.id)),
      posting,
      ...decisionStatements(platform, {
        kind: 'withdrawal_decided',
        action: `withdrawal_${decision}`,
        adminId,
        memberId: member.id,
        payload: { withdrawalId, decision, amountRupiah, reason },
        details: { withdrawalId, amountRupiah, ...(reason !== null && { reason }) },
      }),
    ])
  } catch (error) {
    if (ledgerRefusal(error) !== 'key_used') throw paymentError(error)
    await requireSameDecision(database, idempotency)
  }
  return getWithdrawal(platform, withdrawalId)
}

type Decision = Extract<Notification, { kind: 'withdrawal_decided' }>['decision']
