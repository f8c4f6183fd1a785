/**
 * One transfer as statements for one `write`. Whether it may happen is decided by the schema:
 * the transfer row claims the idempotency key, each entry states the balance it leaves, and the
 * posting, written last, is refused unless the entries sum to zero.
 */
import type { Rupiah } from '../../shared/rupiah.ts'
import type { Statement } from '../ports.ts'

export interface TransferRequest {
  readonly id: string
  readonly kind: 'donation' | 'credit'
  /** Who chose the key, and the key: together used once for ever. */
  readonly idempotency: { readonly owner: string; readonly key: string; readonly requestHash: string }
  /** Shown in the wallets of both sides, so it names nobody. */
  readonly description: string
  readonly from: string
  readonly to: string
  readonly amountRupiah: Rupiah
  readonly nowMs: number
}

export interface TransferStatements {
  /** First of the batch: a repeated key is found before anything else is judged. */
  readonly opening: Statement
  /** Each returns its `account_id` and `balance_after`. */
  readonly entries: readonly [debit: Statement, credit: Statement]
  /** After the entries. */
  readonly posting: Statement
}

export const CORRECTION_ACCOUNT = 'correction'

/** The money of a member that is free to be spent. */
export function availableAccount(memberId: string): string {
  return `member:${memberId}:available`
}

export function transferStatements(request: TransferRequest): TransferStatements {
  const { id, kind, idempotency, description, from, to, amountRupiah, nowMs } = request
  return {
    opening: {
      sql: `INSERT INTO transfer
        (id, kind, idempotency_owner, idempotency_key, request_hash, description, created_at)
        VALUES (?, ?, ?, ?, ?, ?, ?)`,
      args: [id, kind, idempotency.owner, idempotency.key, idempotency.requestHash, description, nowMs],
    },
    entries: [entry(id, from, -amountRupiah), entry(id, to, amountRupiah)],
    posting: { sql: 'INSERT INTO posting (transfer_id, posted_at) VALUES (?, ?)', args: [id, nowMs] },
  }
}

/** An account that does not exist gets no entry, and then the posting does not balance. */
function entry(transferId: string, accountId: string, amountRupiah: Rupiah): Statement {
  return {
    sql: `INSERT INTO entry (transfer_id, account_id, amount, balance_after)
      SELECT ?, id, ?, balance + ? FROM account WHERE id = ?
      RETURNING account_id, balance_after`,
    args: [transferId, amountRupiah, amountRupiah, accountId],
  }
}
