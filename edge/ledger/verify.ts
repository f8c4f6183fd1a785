/** Recomputes every balance from the entries and trusts nothing that is merely stored. */
import { integer } from '../db/row.ts'
import type { Database, SqlValue } from '../ports.ts'
import { CHECKS, type LedgerCheck, type LedgerFault } from './checks.ts'

export type { LedgerFault }

/** Of each kind; who has more knows enough. */
const MAX_FAULTS = 100
/**
 * So many rows are some hundredths of a second. A question about all rows of a large ledger takes longer than a server
 * may take to answer, and on a file every other reader would wait for it.
 */
const ROWS_AT_ONCE = 5000

/** An empty list: balanced. Each check names at most `MAX_FAULTS` rows. */
export async function verifyLedger(
  database: Database,
  { rowsAtOnce = ROWS_AT_ONCE } = {},
): Promise<readonly LedgerFault[]> {
  const found = new Map<LedgerCheck, LedgerFault[]>(CHECKS.map((check) => [check, []]))
  for (const [table, checks] of Map.groupBy(CHECKS, (check) => check.table)) {
    const key = checks[0]?.key ?? ''
    let after: SqlValue = key === 'seq' ? 0 : ''
    for (;;) {
      const [row] = await database.read({
        sql: `SELECT MAX(key) AS last FROM (SELECT ${key} AS key FROM ${table} WHERE ${key} > ? ORDER BY ${key} LIMIT ?)`,
        args: [after, rowsAtOnce],
      })
      const last: SqlValue = row?.['last'] ?? null
      if (last === null) break
      for (const check of checks) {
        const faults = found.get(check) ?? []
        const rows = await database.read({
          sql: `${check.sql} LIMIT ${MAX_FAULTS - faults.length}`,
          args: [after, last],
        })
        faults.push(...rows.map(check.fault))
      }
      after = last
    }
  }
  return [...found.values()].flat()
}

export interface LedgerTotals {
  readonly accounts: number
  readonly transfers: number
  readonly entries: number
}

export async function ledgerTotals(database: Database): Promise<LedgerTotals> {
  const [row = {}] = await database.read({
    sql: `SELECT (SELECT COUNT(*) FROM account) AS accounts, (SELECT COUNT(*) FROM posting) AS transfers,
      (SELECT COUNT(*) FROM entry) AS entries`,
  })
  return {
    accounts: integer(row, 'accounts'),
    transfers: integer(row, 'transfers'),
    entries: integer(row, 'entries'),
  }
}
