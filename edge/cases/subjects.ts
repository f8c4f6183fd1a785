/** What a case is about. Whoever opens one must be a party to it; anything else is not there for them. */
import type { CaseKind } from '../../shared/contracts/cases.ts'
import { hashToken } from '../../shared/tokens.ts'
import { integer, text, textOrNull } from '../db/row.ts'
import { GUEST_ID } from '../ledger/rules.ts'
import type { Database } from '../ports.ts'

export interface Subject {
  readonly amountRupiah: number
  readonly at: number
  readonly title: string
  readonly state: string | null
}

/** `?1` is the transaction, `?2` the party. */
const SUBJECTS: Readonly<Record<CaseKind, string>> = {
  donation: `SELECT amount, donation.created_at AS at, channel.title,
      CASE WHEN donation_refund.donation_id IS NULL THEN NULL ELSE 'refunded' END AS state
    FROM donation JOIN channel ON channel.id = channel_id
    LEFT JOIN donation_refund ON donation_refund.donation_id = donation.id
    WHERE donation.id = ?1 AND ?2 IN (from_member_id, to_member_id)`,
  deposit: `SELECT total AS amount, deposit_request.created_at AS at, bank AS title, state
    FROM deposit_request JOIN receiving_account ON receiving_account.id = receiving_account_id
    WHERE deposit_request.id = ?1 AND member_id = ?2`,
  withdrawal: `SELECT amount, withdrawal_request.created_at AS at, bank || ' …' || number_end AS title, state
    FROM withdrawal_request JOIN payout_account ON payout_account.id = payout_account_id
    WHERE withdrawal_request.id = ?1 AND withdrawal_request.member_id = ?2`,
  transfer: `SELECT MAX(ABS(entry.amount)) AS amount, transfer.created_at AS at, transfer.description AS title,
      transfer.kind AS state
    FROM transfer JOIN entry ON entry.transfer_id = transfer.id JOIN account ON account.id = account_id
    WHERE transfer.id = ?1 AND account.member_id = ?2 GROUP BY transfer.id`,
  guest_payment: `SELECT amount, gateway_payment.created_at AS at, channel.title, state
    FROM gateway_payment JOIN channel ON channel.id = channel_id
    WHERE gateway_payment.id = ?1 AND ?2 = '${GUEST_ID}'`,
}

/** @returns `undefined` also for a transaction of somebody else */
export async function findSubject(
  database: Database,
  { kind, reference, memberId }: { kind: CaseKind; reference: string; memberId: string },
): Promise<Subject | undefined> {
  const [row] = await database.read({ sql: SUBJECTS[kind], args: [reference, memberId] })
  return (
    row && {
      amountRupiah: integer(row, 'amount'),
      at: integer(row, 'at'),
      title: text(row, 'title'),
      state: textOrNull(row, 'state'),
    }
  )
}

/** The payment whose address somebody holds. */
export async function findPaymentId(database: Database, token: string): Promise<string | undefined> {
  const [row] = await database.read({
    sql: `SELECT id FROM gateway_payment WHERE token_hash = ?1
      UNION ALL SELECT payment_id FROM gateway_link WHERE token_hash = ?1`,
    args: [await hashToken(token)],
  })
  return row && text(row, 'id')
}
