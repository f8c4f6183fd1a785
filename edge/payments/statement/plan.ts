/** What each line of a statement means, as the requests and lines of this account are now. */
import type { StatementLineState } from '../../../shared/contracts/payments.ts'
import { hashToken } from '../../../shared/tokens.ts'
import { integer, text, textOrNull } from '../../db/row.ts'
import { requestHash } from '../../ledger/rules.ts'
import type { Database, Row } from '../../ports.ts'
import type { StatementLine } from './statement.ts'

const DAY_MS = 86_400_000
/** Banks book by days of Jakarta: UTC+7 without daylight saving. */
const JAKARTA_MS = 7 * 3_600_000
/** Marks the references that are fingerprints; a person writes down what the bank calls the line. */
const FINGERPRINT = 'csv:'

export interface PlannedLine extends StatementLine {
  /** The fingerprint by which the line credits once. */
  readonly reference: string
  readonly state: StatementLineState
  readonly deposit?: { readonly id: string; readonly memberId: string; readonly username: string }
}

export interface StatementPlan {
  readonly lines: readonly PlannedLine[]
  /** The same while the proposed matches are. */
  readonly token: string
}

export function jakartaDay(nowMs: number): string {
  return new Date(nowMs + JAKARTA_MS).toISOString().slice(0, 10)
}

export async function planStatement(
  database: Database,
  { accountId, lines, nowMs }: { accountId: string; lines: readonly StatementLine[]; nowMs: number },
): Promise<StatementPlan> {
  const references = await Promise.all(lines.map(({ identity }) => fingerprint(identity)))
  const before = await Promise.all(lines.map(({ identityBefore }) => fingerprint(identityBefore)))
  const amounts = JSON.stringify([...new Set(lines.map(({ amountRupiah }) => amountRupiah))])
  const [imported, open, approved, recorded] = await Promise.all([
    readImported(database, accountId, [...references, ...before]),
    readOpen(database, accountId, { amounts, nowMs }),
    readApproved(database, accountId, amounts),
    readRecorded(database, accountId, amounts),
  ])
  const planned = lines.map((line, index): PlannedLine => {
    const reference = references[index] ?? ''
    if (imported.has(reference) || imported.has(before[index] ?? ''))
      return { ...line, reference, state: 'imported' }
    const known = takeFirst(approved, ({ total, from, to }) => isOf(line, { total, from, to }))
    if (known) return { ...line, reference, state: 'known', deposit: known }
    if (takeFirst(recorded, (other) => isOf(line, other))) return { ...line, reference, state: 'recorded' }
    const match = takeFirst(open, ({ total, from, to }) => isOf(line, { total, from, to }))
    return match
      ? { ...line, reference, state: 'match', deposit: match }
      : { ...line, reference, state: 'new' }
  })
  const matches = planned.flatMap(({ state, reference, deposit }) =>
    state === 'match' ? [reference, deposit?.id ?? ''] : [],
  )
  return { lines: planned, token: await requestHash([accountId, ...matches]) }
}

async function fingerprint(identity: string): Promise<string> {
  return `${FINGERPRINT}${(await hashToken(identity)).slice(0, 40)}`
}

interface Booked {
  readonly total: number
  /** Days that the transfer may have been booked on. */
  readonly from: string
  readonly to: string
}

interface Expected extends Booked {
  readonly id: string
  readonly memberId: string
  readonly username: string
}

/** A transfer from before the request is not what the request asks for, whatever its amount. */
function isOf(line: StatementLine, { total, from, to }: Booked): boolean {
  return line.amountRupiah === total && line.bookedOn >= from && line.bookedOn <= to
}

/** Each stands for one line. */
function takeFirst<T>(list: T[], isWanted: (item: T) => boolean): T | undefined {
  const index = list.findIndex(isWanted)
  return index === -1 ? undefined : list.splice(index, 1)[0]
}

async function readImported(
  database: Database,
  accountId: string,
  references: readonly string[],
): Promise<ReadonlySet<string>> {
  const rows = await database.read({
    sql: `SELECT reference FROM bank_line
      WHERE receiving_account_id = ? AND reference IN (SELECT value FROM json_each(?))`,
    args: [accountId, JSON.stringify(references)],
  })
  return new Set(rows.map((row) => text(row, 'reference')))
}

async function readOpen(
  database: Database,
  accountId: string,
  { amounts, nowMs }: { amounts: string; nowMs: number },
): Promise<Expected[]> {
  const rows = await database.read({
    sql: `SELECT deposit_request.id, member_id, username, total, created_at AS from_ms, ? AS to_ms
      FROM deposit_request JOIN member ON member.id = member_id
      WHERE state = 'open' AND receiving_account_id = ? AND total IN (SELECT value FROM json_each(?))
        AND (claimed_at IS NOT NULL OR expires_at > ?) ORDER BY deposit_request.id`,
    args: [nowMs, accountId, amounts, nowMs],
  })
  return rows.map(toExpected)
}

/** Approved by what a person read off the bank's pages: such a line has no day. */
async function readApproved(database: Database, accountId: string, amounts: string): Promise<Expected[]> {
  const rows = await database.read({
    sql: `SELECT deposit_request.id, deposit_request.member_id, username, total, deposit_request.created_at AS from_ms,
        deposit_request.decided_at AS to_ms
      FROM bank_line
      JOIN deposit_request ON deposit_request.id = bank_line.deposit_id
      JOIN member ON member.id = deposit_request.member_id
      WHERE bank_line.receiving_account_id = ? AND bank_line.state = 'credited' AND booked_on IS NULL
        AND total IN (SELECT value FROM json_each(?))
        AND NOT EXISTS (SELECT 1 FROM bank_line AS known
          WHERE known.deposit_id = deposit_request.id AND known.state = 'known')
      ORDER BY deposit_request.id`,
    args: [accountId, amounts],
  })
  return rows.map(toExpected)
}

/** Written down by hand; also what a deposit was approved by that was reversed since, and which has no day. */
async function readRecorded(database: Database, accountId: string, amounts: string): Promise<Booked[]> {
  const rows = await database.read({
    sql: `SELECT bank_line.amount AS total, booked_on, COALESCE(deposit_request.created_at, bank_line.created_at) AS from_ms,
        bank_line.created_at AS to_ms
      FROM bank_line LEFT JOIN deposit_request ON deposit_request.id = deposit_id
      WHERE bank_line.receiving_account_id = ? AND reference NOT LIKE '${FINGERPRINT}%'
        AND (booked_on IS NOT NULL OR bank_line.state NOT IN ('credited', 'known'))
        AND bank_line.amount IN (SELECT value FROM json_each(?)) ORDER BY bank_line.id`,
    args: [accountId, amounts],
  })
  return rows.map((row) => {
    const bookedOn = textOrNull(row, 'booked_on')
    return bookedOn === null ? toBooked(row) : { total: integer(row, 'total'), from: bookedOn, to: bookedOn }
  })
}

function toExpected(row: Row): Expected {
  return {
    id: text(row, 'id'),
    memberId: text(row, 'member_id'),
    username: text(row, 'username'),
    ...toBooked(row),
  }
}

function toBooked(row: Row): Booked {
  return {
    total: integer(row, 'total'),
    from: jakartaDay(integer(row, 'from_ms')),
    // What is transferred late in the evening is booked on the next day.
    to: jakartaDay(integer(row, 'to_ms') + DAY_MS),
  }
}
