/**
 * One transfer as statements for one `write`. Whether it may happen is decided by the schema:
 * the transfer row claims the idempotency key, each entry states the balance it leaves, and the
 * posting, written last, is refused unless the entries sum to zero.
 */
import type { Rupiah } from '../../shared/rupiah.ts'
import type { Statement } from '../ports.ts'

/** As in the table `transfer_kind`. */
export type TransferKind =
  | 'donation'
  | 'donation_refunded'
  | 'donation_released'
  | 'gateway_paid'
  | 'gateway_held'
  | 'gateway_reversed'
  | 'gateway_refunded'
  | 'gateway_claimed'
  | 'credit'
  | 'deposit'
  | 'deposit_reversed'
  | 'debt_repaid'
  | 'unmatched_arrived'
  | 'unmatched_assigned'
  | 'unmatched_returned'
  | 'unmatched_dismissed'
  | 'withdrawal_held'
  | 'withdrawal_paid'
  | 'withdrawal_released'
  | 'withdrawal_reversed'

/** Below zero: out of the account. The movements of a transfer sum to zero. */
export interface Movement {
  readonly accountId: string
  readonly amountRupiah: Rupiah
}

export interface TransferRequest {
  readonly id: string
  readonly kind: TransferKind
  /** Who chose the key, and the key: together used once for ever. */
  readonly idempotency: { readonly owner: string; readonly key: string; readonly requestHash: string }
  /** Shown in the wallets of both sides, so it names nobody. */
  readonly description: string
  readonly movements: readonly Movement[]
  readonly nowMs: number
}

export interface TransferStatements {
  /** First of the batch: a repeated key is found before anything else is judged. */
  readonly opening: Statement
  /** Each returns its `account_id` and `balance_after`. */
  readonly entries: readonly Statement[]
  /** After the entries. */
  readonly posting: Statement
}

export const CORRECTION_ACCOUNT = 'correction'
/** What the platform keeps. */
export const FEE_ACCOUNT = 'fee'
/** What arrived at a bank and nobody knows yet whose it is. */
export const UNMATCHED_ACCOUNT = 'suspense:unmatched'

/** The member row that stands for everybody without an account: their money only passes through it. */
export const GUEST_ID = '00000000000000000000000000'
/** Money of guests that could not be given, or was given back, and waits for what they decide. */
export const GUESTS_HELD_ACCOUNT = 'suspense:gateway'

/** The money of a member that is free to be spent. */
export function availableAccount(memberId: string): string {
  return `member:${memberId}:available`
}

/** The money of a member that waits for an admin's decision. */
export function heldAccount(memberId: string): string {
  return `member:${memberId}:held`
}

/** At or below zero: what a reversal took and the balance could not cover. */
export function debtAccount(memberId: string): string {
  return `member:${memberId}:debt`
}

/** Mirrors a bank account of the platform: below zero by what the bank holds for members. */
export function bankAccount(receivingAccountId: string): string {
  return `bank:${receivingAccountId}`
}

/** Held accounts exist for those who ever withdrew. */
export function openHeldAccount(memberId: string): Statement {
  return {
    sql: `INSERT INTO account (id, kind, member_id)
      SELECT ?1, 'held', ?2 WHERE NOT EXISTS (SELECT 1 FROM account WHERE id = ?1)`,
    args: [heldAccount(memberId), memberId],
  }
}

/** Debt accounts exist for those who ever owed something. */
function openDebtAccount(memberId: string): Statement {
  return {
    sql: `INSERT INTO account (id, kind, member_id, may_go_negative)
      SELECT ?1, 'debt', ?2, 1 WHERE NOT EXISTS (SELECT 1 FROM account WHERE id = ?1)`,
    args: [debtAccount(memberId), memberId],
  }
}

export function move(from: string, to: string, amountRupiah: Rupiah): readonly Movement[] {
  return [
    { accountId: from, amountRupiah: -amountRupiah },
    { accountId: to, amountRupiah },
  ]
}

export function transferStatements(request: TransferRequest): TransferStatements {
  const { id, kind, idempotency, description, movements, nowMs } = request
  return {
    opening: {
      sql: `INSERT INTO transfer
        (id, kind, idempotency_owner, idempotency_key, request_hash, description, created_at)
        VALUES (?, ?, ?, ?, ?, ?, ?)`,
      args: [id, kind, idempotency.owner, idempotency.key, idempotency.requestHash, description, nowMs],
    },
    entries: movements.map((movement) => entry(id, movement)),
    posting: { sql: 'INSERT INTO posting (transfer_id, posted_at) VALUES (?, ?)', args: [id, nowMs] },
  }
}

/** An account that does not exist gets no entry, and then the posting does not balance. */
function entry(transferId: string, { accountId, amountRupiah }: Movement): Statement {
  return {
    sql: `INSERT INTO entry (transfer_id, account_id, amount, balance_after)
      SELECT ?, id, ?, balance + ? FROM account WHERE id = ?
      RETURNING account_id, balance_after`,
    args: [transferId, amountRupiah, amountRupiah, accountId],
  }
}

/**
 * Gives a member what the entries so far have taken elsewhere: a debt is paid first, the rest becomes available.
 * To stand after the other entries of the transfer.
 */
export function creditMember(transferId: string, memberId: string): readonly Statement[] {
  const left = '(SELECT -SUM(amount) AS rupiah FROM entry WHERE transfer_id = ?1)'
  return [
    {
      sql: `INSERT INTO entry (transfer_id, account_id, amount, balance_after)
        SELECT ?1, id, MIN(rupiah, -balance), balance + MIN(rupiah, -balance)
        FROM account, ${left} WHERE id = ?2 AND balance < 0`,
      args: [transferId, debtAccount(memberId)],
    },
    {
      sql: `INSERT INTO entry (transfer_id, account_id, amount, balance_after)
        SELECT ?1, id, rupiah, balance + rupiah FROM account, ${left} WHERE id = ?2 AND rupiah > 0`,
      args: [transferId, availableAccount(memberId)],
    },
  ]
}

/**
 * Takes an amount back from a member; what the balance cannot cover becomes debt. Before the other entries, but after
 * those that already took a part of it elsewhere.
 */
export function takeFromMember(
  transferId: string,
  memberId: string,
  amountRupiah: Rupiah,
): readonly Statement[] {
  const left = '(SELECT ?3 + COALESCE(SUM(amount), 0) AS rupiah FROM entry WHERE transfer_id = ?1)'
  return [
    openDebtAccount(memberId),
    {
      sql: `INSERT INTO entry (transfer_id, account_id, amount, balance_after)
        SELECT ?1, id, -MIN(balance, rupiah), balance - MIN(balance, rupiah) FROM account, ${left}
        WHERE id = ?2 AND balance > 0 AND rupiah > 0`,
      args: [transferId, availableAccount(memberId), amountRupiah],
    },
    {
      sql: `INSERT INTO entry (transfer_id, account_id, amount, balance_after)
        SELECT ?1, id, -rupiah, balance - rupiah FROM account, ${left} WHERE id = ?2 AND rupiah > 0`,
      args: [transferId, debtAccount(memberId), amountRupiah],
    },
  ]
}

/** Pays a debt as far as the balance reaches; without debt or balance there is no entry, so nothing is posted. */
export function repayEntries(transferId: string, memberId: string): readonly Statement[] {
  return [
    {
      sql: `INSERT INTO entry (transfer_id, account_id, amount, balance_after)
        SELECT ?1, account.id, -rupiah, account.balance - rupiah
        FROM account, (SELECT -balance AS owed FROM account WHERE id = ?3),
          (SELECT MIN((SELECT balance FROM account WHERE id = ?2), (SELECT -balance FROM account WHERE id = ?3)) AS rupiah)
        WHERE account.id = ?2 AND owed > 0 AND rupiah > 0`,
      args: [transferId, availableAccount(memberId), debtAccount(memberId)],
    },
    {
      sql: `INSERT INTO entry (transfer_id, account_id, amount, balance_after)
        SELECT ?1, id, rupiah, balance + rupiah
        FROM account, (SELECT -SUM(amount) AS rupiah FROM entry WHERE transfer_id = ?1)
        WHERE id = ?2 AND rupiah > 0 RETURNING amount`,
      args: [transferId, debtAccount(memberId)],
    },
  ]
}
