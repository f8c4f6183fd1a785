/** A member asks for money; it is held from that moment on. */
import type { AskForWithdrawal, Withdrawal } from '../../shared/contracts/withdrawals.ts'
import { AppError } from '../../shared/errors.ts'
import { ulid } from '../../shared/ids.ts'
import { logActivity } from '../db/activity.ts'
import {
  availableAccount,
  findReplayed,
  heldAccount,
  ledgerRefusal,
  move,
  openHeldAccount,
  requestHash,
  transferStatements,
} from '../ledger/rules.ts'
import { findPayoutAccount, type PayoutPlatform } from './payout-accounts.ts'
import { paymentError } from './refusals.ts'
import { findOwnWithdrawal } from './withdrawal-store.ts'

export interface WithdrawalOrder {
  readonly memberId: string
  readonly idempotencyKey: string
  readonly request: AskForWithdrawal
}

/**
 * The same order again gets the same request.
 * @throws AppError `payout_account_missing`, `payout_account_cooling`, `withdrawal_too_small`,
 * `withdrawal_fee_changed`, `withdrawal_with_debt`, `too_many_withdrawals`, `balance_too_low`, `idempotency_key_reused`
 */
export async function askForWithdrawal(
  { clock, database, random }: PayoutPlatform,
  { memberId, idempotencyKey, request }: WithdrawalOrder,
): Promise<Withdrawal> {
  const { amountRupiah, feeRupiah, note } = request
  const account = await findPayoutAccount(database, memberId)
  if (!account) throw new AppError('payout_account_missing')
  const nowMs = clock.now()
  const id = ulid(nowMs, random.bytes)
  const transferId = ulid(nowMs, random.bytes)
  const idempotency = {
    owner: memberId,
    key: idempotencyKey,
    requestHash: await requestHash(['withdrawal', amountRupiah, feeRupiah, note]),
  }
  const { opening, entries, posting } = transferStatements({
    id: transferId,
    kind: 'withdrawal_held',
    idempotency,
    description: `${account.bank} …${account.numberEnd}`,
    movements: move(availableAccount(memberId), heldAccount(memberId), amountRupiah),
    nowMs,
  })
  try {
    await database.write([
      opening,
      openHeldAccount(memberId),
      {
        sql: `INSERT INTO withdrawal_request
            (id, member_id, payout_account_id, amount, fee, note, hold_transfer_id, created_at)
          VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
        args: [id, memberId, account.id, amountRupiah, feeRupiah, note || null, transferId, nowMs],
      },
      ...entries,
      posting,
      logActivity({
        action: 'withdrawal_requested',
        memberId,
        details: { withdrawalId: id, amountRupiah, bank: account.bank },
        nowMs,
      }),
    ])
    return await withdrawalOf({ id })
  } catch (error) {
    if (ledgerRefusal(error) !== 'key_used') throw paymentError(error)
    const { transferId: holdTransferId } = await findReplayed(database, idempotency)
    return withdrawalOf({ holdTransferId })
  }

  async function withdrawalOf(by: { id: string } | { holdTransferId: string }): Promise<Withdrawal> {
    const withdrawal = await findOwnWithdrawal(database, by)
    // A key that this member used for something else.
    if (!withdrawal) throw new AppError('idempotency_key_reused')
    return withdrawal
  }
}
