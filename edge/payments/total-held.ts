/** All the money that is not the platform's own: what members and guests could ask for today. */
import { integer, integerOrNull } from '../db/row.ts'
import type { Database } from '../ports.ts'

export interface TotalHeld {
  readonly totalHeldRupiah: number
  readonly totalHeldAlarmRupiah: number | null
}

export async function readTotalHeld(database: Database): Promise<TotalHeld> {
  const [row = {}] = await database.read({
    sql: `SELECT COALESCE(SUM(balance), 0) AS total,
        (SELECT json_extract(value, '$.totalHeldAlarmRupiah') FROM payment_setting) AS alarm
      FROM account WHERE kind IN ('available', 'held', 'suspense')`,
  })
  return {
    totalHeldRupiah: integer(row, 'total'),
    totalHeldAlarmRupiah: integerOrNull(row, 'alarm'),
  }
}
