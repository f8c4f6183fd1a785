/** Which line of a statement each kind of transfer belongs to. Pure; sums come in, lines go out. */
import type { MonthTotals } from '../../shared/contracts/monthly.ts'

/** Transfers of one kind and direction, summed by the ledger. */
export interface KindSum {
  readonly kind: string
  readonly count: number
  /** What it did to all accounts of the member together. */
  readonly amountRupiah: number
  /** What it did to the platform's fee. */
  readonly feeRupiah: number
  /** Gives a donation back that this member had received. */
  readonly isRefund: boolean
}

export const NOTHING_MOVED: MonthTotals = {
  receivedRupiah: 0,
  receivedCount: 0,
  feeRupiah: 0,
  refundedRupiah: 0,
  netRupiah: 0,
  toppedUpRupiah: 0,
  sentRupiah: 0,
  withdrawnRupiah: 0,
  withdrawalFeeRupiah: 0,
  correctedRupiah: 0,
}

export function lineOf({ kind, count, amountRupiah, feeRupiah, isRefund }: KindSum): Partial<MonthTotals> {
  if (isRefund)
    return {
      refundedRupiah: amountRupiah + feeRupiah,
      feeRupiah: unsignedZero(-feeRupiah),
      netRupiah: amountRupiah,
    }
  switch (kind) {
    case 'donation':
      if (amountRupiah < 0) return { sentRupiah: amountRupiah }
      return {
        receivedRupiah: amountRupiah + feeRupiah,
        receivedCount: count,
        feeRupiah: unsignedZero(-feeRupiah),
        netRupiah: amountRupiah,
      }
    case 'donation_refunded':
      return { sentRupiah: amountRupiah }
    case 'withdrawal_paid':
    case 'withdrawal_reversed':
      return {
        withdrawnRupiah: amountRupiah + feeRupiah,
        withdrawalFeeRupiah: unsignedZero(-feeRupiah),
      }
    case 'credit':
      return { correctedRupiah: amountRupiah }
    default:
      // Deposits, unmatched transfers, what a guest claimed, and each of them taken back.
      return { toppedUpRupiah: amountRupiah }
  }
}

/** `-0` is a number that JSON and people do not know. */
function unsignedZero(value: number): number {
  return value === 0 ? 0 : value
}

export function addTotals(totals: MonthTotals, sum: KindSum): MonthTotals {
  const line = lineOf(sum)
  const names = Object.keys(totals) as (keyof MonthTotals)[]
  return Object.fromEntries(names.map((name) => [name, totals[name] + (line[name] ?? 0)])) as MonthTotals
}

/** What a month or a day did to the balance. */
export function movedRupiah(totals: MonthTotals): number {
  const { netRupiah, toppedUpRupiah, sentRupiah, withdrawnRupiah, withdrawalFeeRupiah, correctedRupiah } =
    totals
  return netRupiah + toppedUpRupiah + sentRupiah + withdrawnRupiah + withdrawalFeeRupiah + correctedRupiah
}
