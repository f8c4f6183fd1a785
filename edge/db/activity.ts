/** A line of the log, to be written in the batch that does what it says. */
import type { ActivityAction } from '../../shared/contracts/admin.ts'
import type { Statement } from '../ports.ts'

export interface ActivityLine {
  readonly action: ActivityAction
  readonly memberId?: string
  readonly adminId?: string
  /** Figures and names; never a secret. */
  readonly details?: Readonly<Record<string, unknown>>
  readonly nowMs: number
}

export function logActivity({ action, memberId, adminId, details = {}, nowMs }: ActivityLine): Statement {
  return {
    sql: 'INSERT INTO activity (action, member_id, admin_id, details, created_at) VALUES (?, ?, ?, ?, ?)',
    args: [action, memberId ?? null, adminId ?? null, JSON.stringify(details), nowMs],
  }
}
