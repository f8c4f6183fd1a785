/** What other slices may use of the ledger: its transfers, and what a refused one means. */
import { AppError } from '../../shared/errors.ts'
import { IDEMPOTENCY_KEY_PATTERN } from '../../shared/contracts/donations.ts'
import { hashToken } from '../../shared/tokens.ts'
import { ConstraintError, type Database } from '../ports.ts'

export {
  availableAccount,
  bankAccount,
  CORRECTION_ACCOUNT,
  creditMember,
  FEE_ACCOUNT,
  GUEST_ID,
  GUESTS_HELD_ACCOUNT,
  heldAccount,
  openHeldAccount,
  debtAccount,
  move,
  repayEntries,
  takeFromMember,
  transferStatements,
  UNMATCHED_ACCOUNT,
  type Movement,
  type TransferKind,
  type TransferStatements,
} from './postings.ts'

/** @throws AppError `idempotency_key_missing` also for one of a form that we do not accept */
export function readIdempotencyKey(header: string | undefined): string {
  if (header === undefined || !IDEMPOTENCY_KEY_PATTERN.test(header))
    throw new AppError('idempotency_key_missing')
  return header
}

/** The same request gives the same hash; the order of the parts matters. */
export function requestHash(parts: readonly (string | number | boolean | null)[]): Promise<string> {
  return hashToken(JSON.stringify(parts))
}

export type LedgerRefusal = 'key_used' | 'balance_too_low'

/** @returns `undefined` when the ledger is not what refused the write */
export function ledgerRefusal(error: unknown): LedgerRefusal | undefined {
  if (!(error instanceof ConstraintError)) return undefined
  // The same id: a batch that was sent again because nobody knew that it had gone through.
  if (error.rule.startsWith('transfer.idempotency_') || error.rule === 'transfer.id') return 'key_used'
  return error.rule === 'no_overdraft' ? 'balance_too_low' : undefined
}

/**
 * The transfer that used this key, for the answer to be given again.
 * @throws AppError `idempotency_key_reused` when it was another request
 */
export async function findReplayed(
  database: Database,
  { owner, key, requestHash: hash }: { owner: string; key: string; requestHash: string },
): Promise<{ readonly transferId: string }> {
  const [row] = await database.read({
    sql: 'SELECT id, request_hash FROM transfer WHERE idempotency_owner = ? AND idempotency_key = ?',
    args: [owner, key],
  })
  if (row?.['request_hash'] !== hash) throw new AppError('idempotency_key_reused')
  return { transferId: String(row['id']) }
}
