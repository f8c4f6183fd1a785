/** What admins set for payments: one row, filled by the migrations and read by the triggers too. */
import * as v from 'valibot'
import { PaymentSettings } from '../../shared/contracts/payments.ts'
import { text } from '../db/row.ts'
import type { Database, Statement } from '../ports.ts'

export async function readPaymentSettings(database: Database): Promise<PaymentSettings> {
  const [row] = await database.read({ sql: 'SELECT value FROM payment_setting' })
  return v.parse(PaymentSettings, JSON.parse(row ? text(row, 'value') : '{}'))
}

export function putPaymentSettings(
  settings: PaymentSettings,
  { adminId, nowMs }: { adminId: string; nowMs: number },
): Statement {
  return {
    sql: 'UPDATE payment_setting SET value = ?, changed_by = ?, changed_at = ?',
    args: [JSON.stringify(settings), adminId, nowMs],
  }
}
