/** Where members are paid to. The number is sealed at rest and shown in full to admins only, who must type it. */
import { type Bank, isBank } from '../../shared/banks.ts'
import type { NewPayoutAccount, PayoutAccount } from '../../shared/contracts/withdrawals.ts'
import { AppError } from '../../shared/errors.ts'
import { ulid } from '../../shared/ids.ts'
import { logActivity } from '../db/activity.ts'
import { integer, integerOrNull, text } from '../db/row.ts'
import type { Database, Platform, Row } from '../ports.ts'
import { masked, numberEnd, sealingKid, secretBox } from './bank-secrets.ts'
import { paymentError } from './refusals.ts'

export type PayoutPlatform = Pick<Platform, 'config' | 'database' | 'clock' | 'random'>

const HOUR_MS = 3_600_000

export async function findPayoutAccount(
  database: Database,
  memberId: string,
): Promise<(PayoutAccount & { readonly id: string }) | undefined> {
  const [row] = await database.read({
    sql: 'SELECT * FROM payout_account WHERE member_id = ? AND replaced_at IS NULL',
    args: [memberId],
  })
  return row && toPayoutAccount(row)
}

function toPayoutAccount(row: Row): PayoutAccount & { readonly id: string } {
  return {
    id: text(row, 'id'),
    bank: bankOf(row),
    numberEnd: text(row, 'number_end'),
    accountName: text(row, 'account_name'),
    usableFrom: integer(row, 'usable_from'),
    isNameChecked: integerOrNull(row, 'name_checked_at') !== null,
  }
}

export function bankOf(row: Row): Bank {
  const bank = text(row, 'bank')
  return isBank(bank) ? bank : 'other'
}

/**
 * The first account can be used at once, every other one after the time that admins set.
 * @returns the account as it is from now on
 */
export async function setPayoutAccount(
  platform: PayoutPlatform,
  memberId: string,
  { bank, accountNumber, accountName }: NewPayoutAccount,
): Promise<PayoutAccount> {
  const { clock, database, random } = platform
  const nowMs = clock.now()
  const id = ulid(nowMs, random.bytes)
  const sealed = await secretBox(platform, 'payout_account').seal(accountNumber, id)
  const end = numberEnd(accountNumber)
  try {
    await database.write([
      {
        sql: 'UPDATE payout_account SET replaced_at = ? WHERE member_id = ? AND replaced_at IS NULL',
        args: [nowMs, memberId],
      },
      {
        sql: `INSERT INTO payout_account
            (id, member_id, bank, sealed_number, sealed_kid, number_end, account_name, created_at, usable_from)
          SELECT ?1, ?2, ?3, ?4, ?8, ?5, ?6, ?7, ?7 + CASE
            WHEN EXISTS (SELECT 1 FROM payout_account WHERE member_id = ?2)
            THEN ${HOUR_MS} * (SELECT json_extract(value, '$.payoutAccountCoolDownHours') FROM payment_setting)
            ELSE 0 END`,
        args: [id, memberId, bank, sealed, end, accountName, nowMs, sealingKid(platform)],
      },
      logActivity({
        action: 'payout_account_set',
        memberId,
        details: { bank, reference: masked(accountNumber) },
        nowMs,
      }),
    ])
  } catch (error) {
    throw paymentError(error)
  }
  const account = await findPayoutAccount(database, memberId)
  if (!account) throw new AppError('not_found')
  return account
}
