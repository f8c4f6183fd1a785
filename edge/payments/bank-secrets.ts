/**
 * Numbers of bank accounts, and what banks write about senders, as they are kept: sealed, and bound to their row. An edge
 * seals by and by what is plain still, or sealed with a key that is no longer the newest, so that a key can be retired.
 */
import { AppError } from '../../shared/errors.ts'
import { createSealedBox, type SealedBox } from '../http/seal.ts'
import { ConstraintError, type Platform, type Statement } from '../ports.ts'
import { text, textOrNull } from '../db/row.ts'

export type SecretPlatform = Pick<Platform, 'config' | 'random'>

const PURPOSES = {
  payout_account: 'panggung payout account',
  receiving_account: 'panggung receiving account',
  bank_line: 'panggung bank line',
} as const
export type SecretTable = keyof typeof PURPOSES

export function secretBox({ config, random }: SecretPlatform, table: SecretTable): SealedBox {
  return createSealedBox(config, random, PURPOSES[table])
}

/** Of the key that seals now, kept beside what it sealed. */
export function sealingKid({ config }: Pick<Platform, 'config'>): string {
  return config.signingKeys[0]?.kid ?? ''
}

/** @param kid `sealed_kid` of the row; without one it is plain. @returns `undefined` when the key is gone */
export async function openSecret(
  platform: SecretPlatform,
  table: Exclude<SecretTable, 'payout_account'>,
  { id, value, kid }: { readonly id: string; readonly value: string; readonly kid: string | null },
): Promise<string | undefined> {
  return kid === null ? value : secretBox(platform, table).open(value, id)
}

const SHOWN_DIGITS = 4

export function numberEnd(accountNumber: string): string {
  return accountNumber.slice(-SHOWN_DIGITS)
}

/** For those who only need to know which one it is. */
export function masked(accountNumber: string): string {
  return `…${numberEnd(accountNumber)}`
}

/** Equal for equal accounts, and for nobody else to compute. */
export function accountFingerprint(
  platform: SecretPlatform,
  { bank, accountNumber }: { readonly bank: string; readonly accountNumber: string },
): Promise<string> {
  return secretBox(platform, 'receiving_account').fingerprint(`${bank}:${accountNumber}`)
}

const COLUMNS = {
  payout_account: 'sealed_number',
  receiving_account: 'sealed_number',
  bank_line: 'description',
} as const satisfies Record<SecretTable, string>
const SEALED_AT_ONCE = 50

/** Seals what is not sealed by the newest key. Any number of edges may do it at once. Never rejects. */
export async function sealBankSecrets(
  platform: SecretPlatform & Pick<Platform, 'database' | 'log'>,
): Promise<void> {
  try {
    for (const table of Object.keys(COLUMNS) as SecretTable[]) await sealTable(platform, table)
  } catch (error) {
    const code = error instanceof AppError ? error.code : String(error)
    platform.log.warn({ code }, 'numbers of bank accounts could not be sealed yet')
  }
}

async function sealTable(
  platform: SecretPlatform & Pick<Platform, 'database'>,
  table: SecretTable,
): Promise<void> {
  const { database } = platform
  const [box, kid, column] = [secretBox(platform, table), sealingKid(platform), COLUMNS[table]]
  for (let after = ''; ;) {
    const rows = await database.read({
      // Three terms, so that each is found by the index.
      sql: `SELECT id, sealed_kid, ${column} AS value${table === 'receiving_account' ? ', bank' : ''} FROM ${table}
        WHERE (sealed_kid IS NULL OR sealed_kid < ?1 OR sealed_kid > ?1) AND id > ?2
        ORDER BY id LIMIT ${SEALED_AT_ONCE}`,
      args: [kid, after],
    })
    for (const row of rows) {
      const [id, value] = [text(row, 'id'), text(row, 'value')]
      after = id
      const isPlain = table !== 'payout_account' && textOrNull(row, 'sealed_kid') === null
      const plain = isPlain ? value : await box.open(value, id)
      // Its key is gone: there is nothing to be saved.
      if (plain === undefined) continue
      const sealed = await box.seal(plain, id)
      const change = (more: string, args: readonly string[] = []): Statement => ({
        // Whoever was faster has sealed the same.
        sql: `UPDATE ${table} SET ${column} = ?1, sealed_kid = ?2${more} WHERE id = ?3 AND ${column} = ?4`,
        args: [sealed, kid, id, value, ...args],
      })
      if (table !== 'receiving_account') {
        await database.write([change('')])
        continue
      }
      const account = { bank: text(row, 'bank'), accountNumber: plain }
      const fingerprint = await accountFingerprint(platform, account)
      try {
        await database.write([change(', number_fingerprint = ?5', [fingerprint])])
      } catch (error) {
        // Listed twice by now: both stay, sealed, and only one keeps others away.
        if (!(error instanceof ConstraintError)) throw error
        await database.write([change('')])
      }
    }
    if (rows.length < SEALED_AT_ONCE) return
  }
}
