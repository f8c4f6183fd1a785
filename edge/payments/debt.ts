/** A debt is what a reversal took and the balance could not cover. */
import { AppError } from '../../shared/errors.ts'
import { ulid } from '../../shared/ids.ts'
import { logActivity } from '../db/activity.ts'
import { integer } from '../db/row.ts'
import { ledgerRefusal, repayEntries, requestHash, transferStatements } from '../ledger/rules.ts'
import { ConstraintError } from '../ports.ts'
import type { PaymentPlatform } from './deposits.ts'

/**
 * Pays as much as the balance allows.
 * @throws AppError `nothing_owed` without debt or without balance
 */
export async function repayDebt(
  { clock, database, random }: PaymentPlatform,
  memberId: string,
): Promise<{ readonly repaidRupiah: number }> {
  const nowMs = clock.now()
  const id = ulid(nowMs, random.bytes)
  const { opening, posting } = transferStatements({
    id,
    kind: 'debt_repaid',
    idempotency: { owner: memberId, key: id, requestHash: await requestHash(['debt_repaid']) },
    description: '',
    movements: [],
    nowMs,
  })
  try {
    await database.write([
      opening,
      ...repayEntries(id, memberId),
      posting,
      logActivity({ action: 'debt_repaid', memberId, details: { transferId: id }, nowMs }),
    ])
  } catch (error) {
    if (error instanceof ConstraintError && error.rule === 'TRANSFER_UNBALANCED')
      throw new AppError('nothing_owed', { cause: error })
    if (ledgerRefusal(error) !== 'key_used') throw error
  }
  const [row] = await database.read({
    sql: 'SELECT amount FROM entry WHERE transfer_id = ? AND amount > 0',
    args: [id],
  })
  return { repaidRupiah: row ? integer(row, 'amount') : 0 }
}
