/** Cases and their messages, as members, guests and admins read them. */
import type { AdminCase, Case, CaseKind, CaseMessage, CaseState } from '../../shared/contracts/cases.ts'
import { integer, text, textOrNull } from '../db/row.ts'
import { GUEST_ID } from '../ledger/rules.ts'
import type { Database, Row, SqlValue } from '../ports.ts'

const PAGE_ROWS = 50

/** One case with whose it is. */
export type StoredCase = AdminCase & { readonly memberId: string }

async function readCases(
  database: Database,
  { where, args, order = 'DESC' }: { where: string; args: readonly SqlValue[]; order?: 'ASC' | 'DESC' },
): Promise<StoredCase[]> {
  const rows = await database.read({
    sql: `SELECT support_case.*, username FROM support_case JOIN member ON member.id = member_id
      WHERE ${where} ORDER BY support_case.id ${order} LIMIT ${PAGE_ROWS}`,
    args,
  })
  return rows.map(toCase)
}

export function listOwnCases(
  database: Database,
  { memberId, before }: { memberId: string; before?: string | undefined },
): Promise<StoredCase[]> {
  const where = 'member_id = ?1 AND (?2 IS NULL OR support_case.id < ?2)'
  return readCases(database, { where, args: [memberId, before ?? null] })
}

/** Those that wait: the oldest first, and `before` names the newest that was seen. Closed ones: the newest first. */
export function listCases(
  database: Database,
  { state, before }: { state: CaseState; before?: string | undefined },
): Promise<StoredCase[]> {
  const isQueue = state === 'open'
  const where = `state = ?1 AND (?2 IS NULL OR support_case.id ${isQueue ? '>' : '<'} ?2)`
  return readCases(database, { where, args: [state, before ?? null], order: isQueue ? 'ASC' : 'DESC' })
}

export async function findCase(database: Database, id: string): Promise<StoredCase | undefined> {
  const [found] = await readCases(database, { where: 'support_case.id = ?1', args: [id] })
  return found
}

/** The newest about this payment. */
export async function findCaseOfPayment(
  database: Database,
  paymentId: string,
): Promise<StoredCase | undefined> {
  const where = `kind = 'guest_payment' AND reference = ?1 AND member_id = '${GUEST_ID}'`
  const [found] = await readCases(database, { where, args: [paymentId] })
  return found
}

export async function listMessages(database: Database, caseId: string): Promise<CaseMessage[]> {
  const rows = await database.read({
    sql: 'SELECT * FROM case_message WHERE case_id = ? ORDER BY seq',
    args: [caseId],
  })
  return rows.map((row) => ({
    id: text(row, 'id'),
    isFromAdmin: textOrNull(row, 'admin_id') !== null,
    text: text(row, 'body'),
    createdAt: integer(row, 'created_at'),
  }))
}

export async function countOpenCases(database: Database): Promise<number> {
  const [row] = await database.read({
    sql: `SELECT COUNT(*) AS n FROM support_case WHERE state = 'open'`,
  })
  return row ? integer(row, 'n') : 0
}

function toCase(row: Row): StoredCase {
  const memberId = text(row, 'member_id')
  return {
    id: text(row, 'id'),
    memberId,
    kind: text(row, 'kind') as CaseKind,
    reference: text(row, 'reference'),
    amountRupiah: integer(row, 'amount'),
    state: text(row, 'state') as CaseState,
    openedAt: integer(row, 'opened_at'),
    changedAt: integer(row, 'changed_at'),
    member: memberId === GUEST_ID ? null : { id: memberId, username: text(row, 'username') },
  }
}

/** Without what only admins see. */
export function toOwnCase({ memberId: _id, member: _member, ...own }: StoredCase): Case {
  return own
}
