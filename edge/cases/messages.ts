/** Opens a case, writes into it, closes it: each in one batch with the log and what the other side is told. */
import type { CaseKind, OpenCase } from '../../shared/contracts/cases.ts'
import { AppError, type ErrorCode } from '../../shared/errors.ts'
import { ulid } from '../../shared/ids.ts'
import { logActivity } from '../db/activity.ts'
import { GUEST_ID } from '../ledger/rules.ts'
import { ConstraintError, type Platform, type Statement } from '../ports.ts'
import { findCase, type StoredCase } from './store.ts'
import { findSubject } from './subjects.ts'

export type CasePlatform = Pick<Platform, 'clock' | 'database' | 'random'>

const REFUSALS: Readonly<Record<string, ErrorCode>> = {
  'support_case.reference': 'case_already_open',
  TOO_MANY_CASES: 'too_many_cases',
  CASE_CLOSED: 'case_closed',
  CASE_FULL: 'case_full',
}

/** @throws AppError `not_found`, `case_already_open`, `too_many_cases` */
export async function openCase(
  platform: CasePlatform,
  memberId: string,
  { kind, reference, text }: Omit<OpenCase, 'kind'> & { readonly kind: CaseKind },
): Promise<StoredCase> {
  const subject = await findSubject(platform.database, { kind, reference, memberId })
  if (!subject) throw new AppError('not_found')
  const { amountRupiah } = subject
  const nowMs = platform.clock.now()
  const id = ulid(nowMs, platform.random.bytes)
  await write(platform, [
    {
      sql: `INSERT INTO support_case (id, member_id, kind, reference, amount, opened_at, changed_at)
        VALUES (?, ?, ?, ?, ?, ?, ?)`,
      args: [id, memberId, kind, reference, amountRupiah, nowMs, nowMs],
    },
    message(platform, { caseId: id, text, adminId: null }),
    logActivity({
      action: 'case_opened',
      ...(memberId !== GUEST_ID && { memberId }),
      details: { caseId: id, kind: `case_${kind}`, reference, amountRupiah },
      nowMs,
    }),
  ])
  return caseOf(platform, id)
}

/** By the member or the guest: an admin has to look again. @throws AppError `case_closed`, `case_full` */
export async function writeToAdmins(
  platform: CasePlatform,
  { id }: StoredCase,
  text: string,
): Promise<StoredCase> {
  await write(platform, [message(platform, { caseId: id, text, adminId: null })])
  return caseOf(platform, id)
}

/** @throws AppError `case_closed`, `case_full` */
export async function answerCase(
  platform: CasePlatform,
  about: StoredCase,
  { adminId, text }: { adminId: string; text: string },
): Promise<StoredCase> {
  await write(platform, [
    message(platform, { caseId: about.id, text, adminId }),
    ...tell(platform, about, { adminId, action: 'case_answered' }),
  ])
  return caseOf(platform, about.id)
}

/** Again is no error. */
export async function closeCase(
  platform: CasePlatform,
  about: StoredCase,
  adminId: string,
): Promise<StoredCase> {
  if (about.state === 'closed') return about
  try {
    await write(platform, [
      {
        sql: `UPDATE support_case SET state = 'closed', changed_at = ? WHERE id = ?`,
        args: [platform.clock.now(), about.id],
      },
      ...tell(platform, about, { adminId, action: 'case_closed' }),
    ])
  } catch (error) {
    // By another admin, in this moment.
    if (!(error instanceof AppError) || error.code !== 'case_closed') throw error
  }
  return caseOf(platform, about.id)
}

/** A guest has no list of notifications: the page of the payment shows the answer. */
function tell(
  { clock, random }: CasePlatform,
  { id, memberId, kind, reference, amountRupiah }: StoredCase,
  { adminId, action }: { adminId: string; action: 'case_answered' | 'case_closed' },
): readonly Statement[] {
  const nowMs = clock.now()
  const isGuest = memberId === GUEST_ID
  const payload = { caseId: id, change: action === 'case_closed' ? 'closed' : 'answered', amountRupiah }
  return [
    ...(isGuest
      ? []
      : [
          {
            sql: `INSERT INTO notification (id, member_id, kind, payload, created_at)
              VALUES (?, ?, 'case_changed', ?, ?)`,
            args: [ulid(nowMs, random.bytes), memberId, JSON.stringify(payload), nowMs],
          },
        ]),
    logActivity({
      action,
      adminId,
      ...(!isGuest && { memberId }),
      details: { caseId: id, kind: `case_${kind}`, reference, amountRupiah },
      nowMs,
    }),
  ]
}

function message(
  { clock, random }: CasePlatform,
  { caseId, text, adminId }: { caseId: string; text: string; adminId: string | null },
): Statement {
  const nowMs = clock.now()
  return {
    sql: 'INSERT INTO case_message (id, case_id, admin_id, body, created_at) VALUES (?, ?, ?, ?, ?)',
    args: [ulid(nowMs, random.bytes), caseId, adminId, text, nowMs],
  }
}

async function write({ database }: CasePlatform, batch: readonly Statement[]): Promise<void> {
  try {
    await database.write(batch)
  } catch (error) {
    const code = error instanceof ConstraintError ? REFUSALS[error.rule] : undefined
    throw code === undefined ? error : new AppError(code, { cause: error })
  }
}

async function caseOf({ database }: CasePlatform, id: string): Promise<StoredCase> {
  const found = await findCase(database, id)
  if (!found) throw new AppError('not_found')
  return found
}
