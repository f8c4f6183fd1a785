/** Before the first withdrawal to an account an admin compares names: the identity's, the account's, and the bank's. */
import type { AdminWithdrawal, NameCheck } from '../../shared/contracts/withdrawals.ts'
import { AppError } from '../../shared/errors.ts'
import { compareNames } from '../../shared/person-name.ts'
import { logActivity } from '../db/activity.ts'
import type { Statement } from '../ports.ts'
import { masked } from './bank-secrets.ts'
import type { PayoutPlatform } from './payout-accounts.ts'
import { paymentError } from './refusals.ts'
import { getWithdrawal, type WithdrawalAct } from './withdrawal-store.ts'

/**
 * The first check of an account stands; again changes nothing.
 * @throws AppError `not_found`, `names_differ` while no reason is given, `invalid_input` without a name of the identity
 */
export async function checkName(
  platform: PayoutPlatform,
  act: WithdrawalAct,
  check: NameCheck,
): Promise<AdminWithdrawal> {
  const withdrawal = await getWithdrawal(platform, act.withdrawalId)
  try {
    await platform.database.write(nameCheckStatements(platform, act, withdrawal, check))
  } catch (error) {
    throw paymentError(error)
  }
  return getWithdrawal(platform, act.withdrawalId)
}

/** @throws AppError as `checkName` */
export function nameCheckStatements(
  { clock }: Pick<PayoutPlatform, 'clock'>,
  { adminId }: WithdrawalAct,
  withdrawal: AdminWithdrawal,
  { nameOnIdentity, nameAtBank, reason }: NameCheck,
): readonly Statement[] {
  if (withdrawal.isNameChecked) return []
  const identity = nameOnIdentity ?? withdrawal.identityName
  if (identity === null) throw new AppError('invalid_input', { fields: { nameOnIdentity: 'missing' } })
  const isSame = [withdrawal.accountName, identity].every((name) => compareNames(name, nameAtBank).isSame)
  if (!isSame && !reason) throw new AppError('names_differ')
  const { member, bank, numberEnd, id } = withdrawal
  const nowMs = clock.now()
  return [
    {
      // Not by whoever comes second.
      sql: `INSERT INTO member_identity (member_id, name, checked_by, checked_at) SELECT ?1, ?2, ?3, ?4
        WHERE (SELECT name_checked_by FROM withdrawal_request
          JOIN payout_account ON payout_account.id = payout_account_id WHERE withdrawal_request.id = ?5) IS NULL
        ON CONFLICT (member_id) DO UPDATE SET name = ?2, checked_by = ?3, checked_at = ?4 WHERE name <> ?2`,
      args: [member.id, identity, adminId, nowMs, id],
    },
    {
      sql: `UPDATE payout_account SET name_checked_by = ?, name_checked_at = ?, name_at_bank = ?, name_reason = ?
        WHERE id = (SELECT payout_account_id FROM withdrawal_request WHERE id = ?) AND name_checked_by IS NULL`,
      args: [adminId, nowMs, nameAtBank, reason || null, id],
    },
    logActivity({
      action: 'account_name_checked',
      adminId,
      memberId: member.id,
      details: { withdrawalId: id, bank, reference: masked(numberEnd), ...(reason && { reason }) },
      nowMs,
    }),
  ]
}
