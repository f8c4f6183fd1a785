/** The platform's own bank accounts. */
import { type Bank, isBank } from '../../shared/banks.ts'
import type {
  NewReceivingAccount,
  ReceivingAccount,
  ReceivingAccountChange,
} from '../../shared/contracts/payments.ts'
import { integer, text } from '../db/row.ts'
import type { Database, Row, Statement } from '../ports.ts'

const MAX_LISTED = 100

/** For queries that join `receiving_account`; read back with `toReceivingAccount`. */
export const ACCOUNT_COLUMNS = `receiving_account.id AS account_id, receiving_account.bank,
  receiving_account.account_number, receiving_account.account_name, receiving_account.is_open`

export function toReceivingAccount(row: Row): ReceivingAccount {
  const bank = text(row, 'bank')
  return {
    id: text(row, 'account_id'),
    bank: isBank(bank) ? bank : ('other' satisfies Bank),
    accountNumber: text(row, 'account_number'),
    accountName: text(row, 'account_name'),
    isOpen: integer(row, 'is_open') === 1,
  }
}

export async function listReceivingAccounts(
  database: Database,
  { isOpenOnly }: { isOpenOnly: boolean },
): Promise<ReceivingAccount[]> {
  const rows = await database.read({
    sql: `SELECT ${ACCOUNT_COLUMNS} FROM receiving_account WHERE is_open >= ? ORDER BY is_open DESC, id LIMIT ?`,
    args: [isOpenOnly ? 1 : 0, MAX_LISTED],
  })
  return rows.map(toReceivingAccount)
}

export async function findReceivingAccount(
  database: Database,
  id: string,
): Promise<ReceivingAccount | undefined> {
  const [row] = await database.read({
    sql: `SELECT ${ACCOUNT_COLUMNS} FROM receiving_account WHERE id = ?`,
    args: [id],
  })
  return row && toReceivingAccount(row)
}

export function insertReceivingAccount(id: string, account: NewReceivingAccount, nowMs: number): Statement {
  return {
    sql: `INSERT INTO receiving_account (id, bank, account_number, account_name, created_at) VALUES (?, ?, ?, ?, ?)`,
    args: [id, account.bank, account.accountNumber, account.accountName, nowMs],
  }
}

export function changeReceivingAccount(
  id: string,
  { accountName, isOpen }: ReceivingAccountChange,
): Statement {
  return {
    sql: `UPDATE receiving_account SET account_name = COALESCE(?, account_name), is_open = COALESCE(?, is_open)
      WHERE id = ?`,
    args: [accountName ?? null, isOpen === undefined ? null : Number(isOpen), id],
  }
}
