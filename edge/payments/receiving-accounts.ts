/** The platform's own bank accounts. Their numbers are sealed at rest; members see them in full to transfer to them. */
import { type Bank, isBank } from '../../shared/banks.ts'
import type {
  NewReceivingAccount,
  ReceivingAccount,
  ReceivingAccountChange,
} from '../../shared/contracts/payments.ts'
import { AppError } from '../../shared/errors.ts'
import { integer, text, textOrNull } from '../db/row.ts'
import type { Platform, Row, Statement } from '../ports.ts'
import {
  accountFingerprint,
  masked,
  numberEnd,
  openSecret,
  sealingKid,
  secretBox,
  type SecretPlatform,
} from './bank-secrets.ts'

const MAX_LISTED = 100

type AccountPlatform = SecretPlatform & Pick<Platform, 'database'>

/** For queries that join `receiving_account`; read back with `toReceivingAccount` or `toMaskedAccount`. */
export const ACCOUNT_COLUMNS = `receiving_account.id AS account_id, receiving_account.bank,
  receiving_account.sealed_number, receiving_account.sealed_kid AS account_kid, receiving_account.number_end,
  receiving_account.account_name, receiving_account.is_open`

export async function toReceivingAccount(platform: SecretPlatform, row: Row): Promise<ReceivingAccount> {
  const shown = toMaskedAccount(row)
  const value = text(row, 'sealed_number')
  const kid = textOrNull(row, 'account_kid')
  const accountNumber = await openSecret(platform, 'receiving_account', { id: shown.id, value, kid })
  // Sealed with a signing key that is gone: an admin closes it and lists it again.
  return accountNumber === undefined ? shown : { ...shown, accountNumber }
}

/** For those who only need to know which one it is. */
export function toMaskedAccount(row: Row): ReceivingAccount {
  const bank = text(row, 'bank')
  return {
    id: text(row, 'account_id'),
    bank: isBank(bank) ? bank : ('other' satisfies Bank),
    accountNumber: masked(text(row, 'number_end')),
    accountName: text(row, 'account_name'),
    isOpen: integer(row, 'is_open') === 1,
  }
}

export async function listReceivingAccounts(
  platform: AccountPlatform,
  { isOpenOnly }: { isOpenOnly: boolean },
): Promise<ReceivingAccount[]> {
  const rows = await platform.database.read({
    sql: `SELECT ${ACCOUNT_COLUMNS} FROM receiving_account WHERE is_open >= ? ORDER BY is_open DESC, id LIMIT ?`,
    args: [isOpenOnly ? 1 : 0, MAX_LISTED],
  })
  return Promise.all(rows.map((row) => toReceivingAccount(platform, row)))
}

export async function findReceivingAccount(
  platform: AccountPlatform,
  id: string,
): Promise<ReceivingAccount | undefined> {
  const [row] = await platform.database.read({
    sql: `SELECT ${ACCOUNT_COLUMNS} FROM receiving_account WHERE id = ?`,
    args: [id],
  })
  return row && toReceivingAccount(platform, row)
}

/** @throws AppError `receiving_account_taken` for one that is listed since a signing key was replaced */
export async function insertReceivingAccount(
  platform: AccountPlatform,
  id: string,
  { account, nowMs }: { account: NewReceivingAccount; nowMs: number },
): Promise<Statement> {
  const { bank, accountNumber, accountName } = account
  // The fingerprint refuses the same account twice at once; this one also finds those of an older key.
  const listed = await listReceivingAccounts(platform, { isOpenOnly: false })
  if (listed.some((other) => other.bank === bank && other.accountNumber === accountNumber))
    throw new AppError('receiving_account_taken')
  return {
    sql: `INSERT INTO receiving_account
        (id, bank, sealed_number, sealed_kid, number_end, number_fingerprint, account_name, created_at)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
    args: [
      id,
      bank,
      await secretBox(platform, 'receiving_account').seal(accountNumber, id),
      sealingKid(platform),
      numberEnd(accountNumber),
      await accountFingerprint(platform, { bank, accountNumber }),
      accountName,
      nowMs,
    ],
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
