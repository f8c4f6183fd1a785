/**
 * What a month did to a member's money, as the ledger's entries say it. A balance is everything the platform owes the
 * member at that instant: what is free, what is held for withdrawals, less debt. Months are those of the site's zone.
 *   GET /api/me/statements              MonthList, newest first
 *   GET /api/me/statements/:month       MonthlyStatement (404 for a month before the first entry or after this one)
 *   GET /api/me/statements/:month/csv   ?language=id|en (the heads; en) → text/csv: one line a transfer, with the balance after it
 */
import * as v from 'valibot'
import { MONTH_PATTERN } from '../calendar.ts'
import { Instant } from './fields.ts'

/** `2026-01` */
export const Month = v.pipe(v.string(), v.regex(MONTH_PATTERN))

/** Whole Rupiah; in the direction of the member, so what left is below zero. */
const moved = {
  /** Donations received, before the fee. */
  receivedRupiah: v.number(),
  receivedCount: v.number(),
  /** Kept by the platform of donations received; less what it gave back with refunds. */
  feeRupiah: v.number(),
  /** Of donations received: given back to their donors, or taken back by the gateway. */
  refundedRupiah: v.number(),
  /** The three above. */
  netRupiah: v.number(),
  /** Money of one's own that came in, less what was taken back of it. */
  toppedUpRupiah: v.number(),
  /** Donations to others, less those given back. */
  sentRupiah: v.number(),
  /** What arrived at the bank. */
  withdrawnRupiah: v.number(),
  withdrawalFeeRupiah: v.number(),
  /** By admins, with a reason. */
  correctedRupiah: v.number(),
}

export const MonthTotals = v.object(moved)
export type MonthTotals = v.InferOutput<typeof MonthTotals>

export const MonthDay = v.object({ ...moved, date: v.string(), balanceRupiah: v.number() })
export type MonthDay = v.InferOutput<typeof MonthDay>

export const MonthlyStatement = v.object({
  month: Month,
  timeZone: v.string(),
  member: v.object({ username: v.string() }),
  openingRupiah: v.number(),
  closingRupiah: v.number(),
  totals: MonthTotals,
  /** Only those on which something moved. */
  days: v.array(MonthDay),
  /** Before it the month is not over, so the figures may grow. */
  endsAt: Instant,
})
export type MonthlyStatement = v.InferOutput<typeof MonthlyStatement>

export const MonthList = v.object({ months: v.array(Month) })
export type MonthList = v.InferOutput<typeof MonthList>
