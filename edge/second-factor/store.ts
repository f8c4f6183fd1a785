import { integer, integerOrNull, text } from '../db/row.ts'
import type { Database, Statement } from '../ports.ts'

export interface Factor {
  readonly sealedSecret: string
  readonly isConfirmed: boolean
  readonly lastStep: number
}

export async function findFactor(database: Database, adminId: string): Promise<Factor | undefined> {
  const [row] = await database.read({
    sql: 'SELECT sealed_secret, confirmed_at, last_step FROM admin_factor WHERE admin_id = ?',
    args: [adminId],
  })
  return (
    row && {
      sealedSecret: text(row, 'sealed_secret'),
      isConfirmed: integerOrNull(row, 'confirmed_at') !== null,
      lastStep: integer(row, 'last_step'),
    }
  )
}

export async function countRecoveryCodes(database: Database, adminId: string): Promise<number> {
  const [row] = await database.read({
    sql: 'SELECT COUNT(*) AS n FROM admin_recovery_code WHERE admin_id = ? AND used_at IS NULL',
    args: [adminId],
  })
  return row ? integer(row, 'n') : 0
}

export async function hasRecoveryCode(
  database: Database,
  { adminId, codeHash }: { adminId: string; codeHash: string },
): Promise<boolean> {
  const rows = await database.read({
    sql: 'SELECT 1 AS found FROM admin_recovery_code WHERE code_hash = ? AND admin_id = ? AND used_at IS NULL',
    args: [codeHash, adminId],
  })
  return rows.length > 0
}

/** Begins anew each time, until one is confirmed: that one is replaced by nobody (`admin_factor.admin_id`). */
export function beginFactor(factor: { adminId: string; sealedSecret: string; nowMs: number }): Statement[] {
  return [
    {
      sql: 'DELETE FROM admin_factor WHERE admin_id = ? AND confirmed_at IS NULL',
      args: [factor.adminId],
    },
    {
      sql: 'INSERT INTO admin_factor (admin_id, sealed_secret, created_at) VALUES (?, ?, ?)',
      args: [factor.adminId, factor.sealedSecret, factor.nowMs],
    },
  ]
}

export function confirmFactor(adminId: string, nowMs: number): Statement {
  return { sql: 'UPDATE admin_factor SET confirmed_at = ? WHERE admin_id = ?', args: [nowMs, adminId] }
}

/** The second of two uses breaks the rule `FACTOR_CODE_USED`. */
export function spendStep(adminId: string, step: number): Statement {
  return { sql: 'UPDATE admin_factor SET last_step = ? WHERE admin_id = ?', args: [step, adminId] }
}

/** As `spendStep`. */
export function spendRecoveryCode(codeHash: string, nowMs: number): Statement {
  return { sql: 'UPDATE admin_recovery_code SET used_at = ? WHERE code_hash = ?', args: [nowMs, codeHash] }
}

export function replaceRecoveryCodes(adminId: string, codeHashes: readonly string[]): Statement[] {
  return [
    { sql: 'DELETE FROM admin_recovery_code WHERE admin_id = ?', args: [adminId] },
    {
      sql: 'INSERT INTO admin_recovery_code (code_hash, admin_id) SELECT value, ? FROM json_each(?)',
      args: [adminId, JSON.stringify(codeHashes)],
    },
  ]
}

/** Its recovery codes go with it. */
export function deleteFactor(adminId: string): Statement[] {
  return [
    { sql: 'DELETE FROM admin_recovery_code WHERE admin_id = ?', args: [adminId] },
    { sql: 'DELETE FROM admin_factor WHERE admin_id = ?', args: [adminId] },
  ]
}
