/** Takes a statement in: proposed requests are approved, what an admin approved by hand is known, the rest waits or not. */
import type {
  ImportStatement,
  ReceivingAccount,
  StatementPreview,
  StatementResult,
} from '../../../shared/contracts/payments.ts'
import { AppError } from '../../../shared/errors.ts'
import { ulid } from '../../../shared/ids.ts'
import { logActivity } from '../../db/activity.ts'
import { bankAccount } from '../../ledger/rules.ts'
import { ConstraintError, type Statement as SqlStatement } from '../../ports.ts'
import { masked, sealingKid, secretBox } from '../bank-secrets.ts'
import { arrivalStatements } from '../arrivals.ts'
import { creditStatements } from '../deposit-decisions.ts'
import type { PaymentPlatform } from '../deposits.ts'
import { findReceivingAccount } from '../receiving-accounts.ts'
import { jakartaDay, planStatement, type PlannedLine, type StatementPlan } from './plan.ts'
import { readStatement, type Statement } from './statement.ts'

/** Lines written at once: few round trips, and no batch that holds the database for long. */
const LINES_PER_WRITE = 20

interface Upload {
  readonly accountId: string
  readonly bytes: Uint8Array
}

/** @throws AppError `not_found`, `statement_unknown`, `statement_too_long`, `statement_other_account` */
export async function previewStatement(platform: PaymentPlatform, upload: Upload): Promise<StatementPreview> {
  const { statement, plan } = await read(platform, upload)
  return {
    lines: plan.lines.map(({ bookedOn, amountRupiah, description, state, deposit }) => ({
      bookedOn,
      amountRupiah,
      description,
      state,
      username: deposit?.username ?? null,
    })),
    skipped: statement.skipped,
    token: plan.token,
  }
}

/**
 * The same file again changes nothing: each line is known by its fingerprint.
 * @throws AppError as `previewStatement`, and `statement_changed` when the matches are not those of the token
 */
export async function importStatement(
  platform: PaymentPlatform,
  adminId: string,
  upload: Upload,
  { token, rest }: ImportStatement,
): Promise<StatementResult> {
  const { account, plan } = await read(platform, upload)
  if (plan.token !== token) throw new AppError('statement_changed')
  const of = (state: PlannedLine['state']) => plan.lines.filter((line) => line.state === state)
  const matched = await writeLines(platform, of('match'), (line) =>
    approval(platform, { adminId, account, line }),
  )
  const known = await writeLines(platform, of('known'), (line) =>
    bankLine(platform, { adminId, account, line }, 'known').then((written) => [written]),
  )
  // What somebody else decided meanwhile has arrived all the same.
  const others = [...matched.refused, ...(rest === 'unmatched' ? of('new') : [])]
  const unmatched = await writeLines(platform, others, async (line) => {
    const arrival = { ...line, receivingAccountId: account.id }
    return (await arrivalStatements(platform, { adminId, arrival })).statements
  })
  const result = {
    approved: matched.written.length,
    approvedRupiah: matched.written.reduce((sum, { amountRupiah }) => sum + amountRupiah, 0),
    unmatched: unmatched.written.length,
    known: known.written.length,
  }
  await platform.database.write([
    logActivity({
      action: 'statement_imported',
      adminId,
      details: { bank: account.bank, reference: masked(account.accountNumber), ...result },
      nowMs: platform.clock.now(),
    }),
  ])
  return result
}

async function read(
  platform: PaymentPlatform,
  { accountId, bytes }: Upload,
): Promise<{ account: ReceivingAccount; statement: Statement; plan: StatementPlan }> {
  const { clock, database } = platform
  const account = await findReceivingAccount(platform, accountId)
  if (!account) throw new AppError('not_found')
  const nowMs = clock.now()
  const statement = readStatement(bytes, { bank: account.bank, today: jakartaDay(nowMs) })
  if (typeof statement === 'string') throw new AppError(statement)
  // Banks pad numbers with zeros in front.
  const { accountNumber } = statement
  if (accountNumber !== undefined && withoutZeros(accountNumber) !== withoutZeros(account.accountNumber))
    throw new AppError('statement_other_account')
  return {
    account,
    statement,
    plan: await planStatement(database, { accountId, lines: statement.lines, nowMs }),
  }
}

function withoutZeros(number: string): string {
  return number.replace(/^0+/, '')
}

interface LineAct {
  readonly adminId: string
  readonly account: ReceivingAccount
  readonly line: PlannedLine
}

async function approval(
  platform: PaymentPlatform,
  { adminId, account, line }: LineAct,
): Promise<readonly SqlStatement[]> {
  const { deposit, reference, amountRupiah } = line
  if (!deposit) throw new TypeError('A match names its request')
  const credited = {
    id: deposit.id,
    totalRupiah: amountRupiah,
    member: { id: deposit.memberId, username: deposit.username },
    account,
  }
  const { statements } = await creditStatements(platform, adminId, credited, {
    reference,
    source: bankAccount(account.id),
    line: await bankLine(platform, { adminId, account, line }, 'credited'),
  })
  return statements
}

async function bankLine(
  platform: PaymentPlatform,
  { adminId, account, line }: LineAct,
  state: 'credited' | 'known',
): Promise<SqlStatement> {
  const { clock, random } = platform
  const nowMs = clock.now()
  const id = ulid(nowMs, random.bytes)
  return {
    sql: `INSERT INTO bank_line (id, receiving_account_id, reference, amount, booked_on, description, state, deposit_id,
        member_id, decided_by, decided_at, created_by, created_at, sealed_kid)
      VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?10, ?11, ?12)`,
    args: [
      id,
      account.id,
      line.reference,
      line.amountRupiah,
      line.bookedOn,
      await secretBox(platform, 'bank_line').seal(line.description, id),
      state,
      line.deposit?.id ?? null,
      line.deposit?.memberId ?? null,
      adminId,
      nowMs,
      sealingKid(platform),
    ],
  }
}

/** Together where nothing is refused; otherwise one by one, so that one line does not stop the others. */
async function writeLines(
  { database }: PaymentPlatform,
  lines: readonly PlannedLine[],
  statementsOf: (line: PlannedLine) => Promise<readonly SqlStatement[]>,
): Promise<{ readonly written: readonly PlannedLine[]; readonly refused: readonly PlannedLine[] }> {
  const written: PlannedLine[] = []
  const refused: PlannedLine[] = []
  for (let at = 0; at < lines.length; at += LINES_PER_WRITE) {
    const group = lines.slice(at, at + LINES_PER_WRITE)
    const batches = await Promise.all(group.map(statementsOf))
    if (await wasWritten(batches.flat())) {
      written.push(...group)
      continue
    }
    for (const [index, line] of group.entries())
      if (await wasWritten(batches[index] ?? [])) written.push(line)
      else refused.push(line)
  }
  return { written, refused }

  async function wasWritten(batch: readonly SqlStatement[]): Promise<boolean> {
    try {
      await database.write(batch)
      return true
    } catch (error) {
      // An answer was lost and the same batch was sent again: the first one went through.
      if (error instanceof ConstraintError && error.rule === 'transfer.id') return true
      // A rule refused: the line was taken, or the request decided, by somebody else meanwhile.
      if (error instanceof ConstraintError) return false
      throw error
    }
  }
}
