/** Money that came to the bank and belongs to nobody yet, as rows and entries. */
import { ulid } from '../../shared/ids.ts'
import { bankAccount, move, requestHash, transferStatements, UNMATCHED_ACCOUNT } from '../ledger/rules.ts'
import type { Statement } from '../ports.ts'
import { sealingKid, secretBox } from './bank-secrets.ts'
import type { PaymentPlatform } from './deposits.ts'

export interface Arrival {
  readonly receivingAccountId: string
  readonly reference: string
  readonly amountRupiah: number
  /** YYYY-MM-DD; null: no line of the bank. */
  readonly bookedOn: string | null
  readonly description: string
}

/** Money that is at the bank and belongs to nobody yet. */
export async function arrivalStatements(
  platform: PaymentPlatform,
  { adminId, arrival }: { adminId: string; arrival: Arrival },
): Promise<{ readonly id: string; readonly statements: readonly Statement[] }> {
  const { clock, random } = platform
  const nowMs = clock.now()
  const id = ulid(nowMs, random.bytes)
  const { receivingAccountId, reference, amountRupiah } = arrival
  const { opening, entries, posting } = transferStatements({
    id: ulid(nowMs, random.bytes),
    kind: 'unmatched_arrived',
    idempotency: { owner: `bank-line:${id}`, key: 'arrive', requestHash: await requestHash([reference]) },
    description: '',
    movements: move(bankAccount(receivingAccountId), UNMATCHED_ACCOUNT, amountRupiah),
    nowMs,
  })
  const line = await unmatchedLine(platform, { id, adminId, arrival })
  return { id, statements: [opening, line, ...entries, posting] }
}

/** The row alone: whoever writes it moves its money to the unmatched in the same batch. */
export async function unmatchedLine(
  platform: PaymentPlatform,
  { id, adminId, arrival }: { id: string; adminId: string; arrival: Arrival },
): Promise<Statement> {
  const { receivingAccountId, reference, amountRupiah, bookedOn, description } = arrival
  return {
    sql: `INSERT INTO bank_line (id, receiving_account_id, reference, amount, booked_on, description, sealed_kid, state,
        created_by, created_at) VALUES (?, ?, ?, ?, ?, ?, ?, 'unmatched', ?, ?)`,
    args: [
      id,
      receivingAccountId,
      reference,
      amountRupiah,
      bookedOn,
      await secretBox(platform, 'bank_line').seal(description, id),
      sealingKid(platform),
      adminId,
      platform.clock.now(),
    ],
  }
}
