/** Statements are read from the entries of the ledger and from nothing that is merely stored beside them. */
import { integer, text, textOrNull } from '../db/row.ts'
import { FEE_ACCOUNT } from '../ledger/rules.ts'
import type { Database, Row } from '../ports.ts'
import type { KindSum } from './totals.ts'

export interface Span {
  readonly from: number
  readonly until: number
}

/** A transfer's effect on all accounts of `?1` together, after `?4`; what is only held moves nothing. */
const MOVED = `SELECT entry.transfer_id, SUM(entry.amount) AS amount, MAX(entry.seq) AS seq
  FROM account JOIN entry ON entry.account_id = account.id
  JOIN transfer ON transfer.id = entry.transfer_id AND transfer.created_at >= ?2 AND transfer.created_at < ?3
  WHERE account.member_id = ?1 AND entry.seq > ?4 GROUP BY entry.transfer_id HAVING SUM(entry.amount) <> 0`

/** The platform's part of the same transfer. Of a donation it concerns only whoever received it. */
const FEE = `(SELECT COALESCE(SUM(amount), 0) FROM entry
  WHERE transfer_id = transfer.id AND account_id = '${FEE_ACCOUNT}')`

const IS_REFUND = `moved.amount < 0 AND EXISTS (SELECT 1 FROM donation_refund WHERE transfer_id = transfer.id)`

/** Of everything before `at`. */
export async function balanceAt(database: Database, memberId: string, at: number): Promise<number> {
  const [row] = await database.read({
    sql: `SELECT COALESCE(SUM(entry.amount), 0) AS balance FROM account
      JOIN entry ON entry.account_id = account.id
      JOIN transfer ON transfer.id = entry.transfer_id AND transfer.created_at < ?2
      WHERE account.member_id = ?1`,
    args: [memberId, at],
  })
  return row ? integer(row, 'balance') : 0
}

/** @returns `undefined` while nothing has ever moved */
export async function firstMovedAt(database: Database, memberId: string): Promise<number | undefined> {
  const [row] = await database.read({
    sql: `SELECT transfer.created_at FROM account JOIN entry ON entry.account_id = account.id
      JOIN transfer ON transfer.id = entry.transfer_id WHERE account.member_id = ? ORDER BY entry.seq LIMIT 1`,
    args: [memberId],
  })
  return row && integer(row, 'created_at')
}

/** By day and kind. @param days in order, without gaps */
export async function sumsByDay(
  database: Database,
  memberId: string,
  days: readonly Span[],
): Promise<readonly (KindSum & { readonly day: number })[]> {
  const rows = await database.read({
    sql: `WITH moved AS MATERIALIZED (${MOVED})
      SELECT (SELECT key FROM json_each(?5) WHERE value <= transfer.created_at ORDER BY key DESC LIMIT 1) AS day,
        transfer.kind, ${IS_REFUND} AS is_refund, COUNT(*) AS count, SUM(moved.amount) AS amount, SUM(${FEE}) AS fee
      FROM moved JOIN transfer ON transfer.id = moved.transfer_id
      GROUP BY day, transfer.kind, is_refund, moved.amount < 0 ORDER BY day`,
    args: [
      memberId,
      days.at(0)?.from ?? 0,
      days.at(-1)?.until ?? 0,
      0,
      JSON.stringify(days.map(({ from }) => from)),
    ],
  })
  return rows.map((row) => ({
    day: integer(row, 'day'),
    kind: text(row, 'kind'),
    count: integer(row, 'count'),
    amountRupiah: integer(row, 'amount'),
    feeRupiah: integer(row, 'fee'),
    isRefund: integer(row, 'is_refund') === 1,
  }))
}

export interface StatementLine extends KindSum {
  readonly transferId: string
  readonly createdAt: number
  readonly description: string
  /** Of a donation; null: anonymous, or none. */
  readonly senderName: string | null
}

const PAGE_ROWS = 5_000

/** In the order of the ledger, in pages: a busy month has more lines than fit into memory well. */
export async function* statementLines(
  database: Database,
  memberId: string,
  span: Span,
): AsyncGenerator<readonly StatementLine[]> {
  let after = 0
  for (;;) {
    const rows = await database.read({
      sql: `SELECT moved.seq, transfer.id, transfer.kind, transfer.description, transfer.created_at, moved.amount,
          ${IS_REFUND} AS is_refund, ${FEE} AS fee,
          CASE WHEN moved.amount > 0 THEN donation.sender_name END AS sender_name
        FROM (${MOVED}) AS moved JOIN transfer ON transfer.id = moved.transfer_id
        LEFT JOIN donation ON donation.transfer_id = transfer.id
        ORDER BY moved.seq LIMIT ${PAGE_ROWS}`,
      args: [memberId, span.from, span.until, after],
    })
    if (rows.length > 0) yield rows.map(toLine)
    const last = rows.at(-1)
    if (!last || rows.length < PAGE_ROWS) return
    after = integer(last, 'seq')
  }
}

function toLine(row: Row): StatementLine {
  return {
    transferId: text(row, 'id'),
    kind: text(row, 'kind'),
    description: text(row, 'description'),
    createdAt: integer(row, 'created_at'),
    count: 1,
    amountRupiah: integer(row, 'amount'),
    feeRupiah: integer(row, 'fee'),
    isRefund: integer(row, 'is_refund') === 1,
    senderName: textOrNull(row, 'sender_name'),
  }
}
