/** What a member may hold, where it is only told and not refused: of money that has arrived. */
import { logActivity } from '../db/activity.ts'
import type { Statement } from '../ports.ts'

/** A condition: that the member would hold more than they may. NULL-safe: without a limit it is 0. */
export function isOverLimit(member: string, more = '0'): string {
  return `COALESCE((SELECT SUM(balance) FROM account WHERE member_id = ${member} AND kind IN ('available', 'held')) + ${more}
    > (SELECT json_extract(value, '$.walletCapRupiah') FROM payment_setting), 0)`
}

/** After the posting, in the same batch. */
export function logOverLimit(credited: {
  readonly memberId: string
  readonly adminId: string
  readonly amountRupiah: number
  readonly nowMs: number
}): Statement {
  const { memberId, adminId, amountRupiah, nowMs } = credited
  return logActivity({
    action: 'wallet_over_limit',
    memberId,
    adminId,
    details: { amountRupiah },
    nowMs,
    onlyIf: { sql: isOverLimit('?'), args: [memberId] },
  })
}
