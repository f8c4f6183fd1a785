/** A line of the log, to be written in the batch that does what it says. */
import type { ActivityAction } from '../../shared/contracts/activity.ts'
import type { SqlValue, Statement } from '../ports.ts'

export interface ActivityLine {
  readonly action: ActivityAction
  readonly memberId?: string
  readonly adminId?: string
  /** Figures and names; never a secret. */
  readonly details?: Readonly<Record<string, unknown>>
  readonly nowMs: number
  /** A condition on what the batch has done so far: what did not happen is not reported. */
  readonly onlyIf?: { readonly sql: string; readonly args: readonly SqlValue[] }
}

export function logActivity({
  action,
  memberId,
  adminId,
  details = {},
  nowMs,
  onlyIf = { sql: 'TRUE', args: [] },
}: ActivityLine): Statement {
  return {
    sql: `INSERT INTO activity (action, member_id, admin_id, details, created_at)
          SELECT ?, ?, ?, ?, ? WHERE ${onlyIf.sql}`,
    args: [action, memberId ?? null, adminId ?? null, JSON.stringify(details), nowMs, ...onlyIf.args],
  }
}
