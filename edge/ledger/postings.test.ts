import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { ConstraintError } from '../ports.ts'
import { createTestPlatform, type TestPlatform } from '../runtimes/node/test-platform.ts'
import { availableAccount, CORRECTION_ACCOUNT, move, transferStatements } from './postings.ts'
import { verifyLedger } from './verify.ts'

let platform: TestPlatform
beforeEach(async () => {
  platform = await createTestPlatform()
  await platform.database.write(
    ['ani', 'budi'].map((id) => ({
      sql: `INSERT INTO member (id, email, username, password_hash, registered_at) VALUES (?, ?, ?, '', 0)`,
      args: [id, `${id}@contoh.id`, id],
    })),
  )
})
afterEach(() => platform.close())

const ANI = availableAccount('ani')
const BUDI = availableAccount('budi')

function transfer(id: string, { from = CORRECTION_ACCOUNT, to = ANI, amountRupiah = 1_000, key = id } = {}) {
  return transferStatements({
    id,
    kind: 'credit',
    idempotency: { owner: 'admin', key, requestHash: 'hash' },
    description: 'uji',
    movements: move(from, to, amountRupiah),
    nowMs: 1,
  })
}

function whole(...args: Parameters<typeof transfer>) {
  const { opening, entries, posting } = transfer(...args)
  return [opening, ...entries, posting]
}

async function balanceOf(account: string): Promise<unknown> {
  const [row] = await platform.database.read({
    sql: 'SELECT balance FROM account WHERE id = ?',
    args: [account],
  })
  return row?.['balance']
}

test('a transfer moves money and says what each side has afterwards', async () => {
  const { database } = platform
  await database.write(whole('t1'))
  const results = await database.write(whole('t2', { from: ANI, to: BUDI, amountRupiah: 400 }))
  expect(results.flat()).toEqual([
    { account_id: ANI, balance_after: 600 },
    { account_id: BUDI, balance_after: 400 },
  ])
  expect(await verifyLedger(database)).toEqual([])
})

describe('the schema refuses', () => {
  const { opening, entries, posting } = transfer('t1')
  const debit = entries.slice(0, 1)
  test.each([
    ['a transfer that does not balance', [opening, ...debit, posting], 'TRANSFER_UNBALANCED'],
    ['a transfer without entries', [opening, posting], 'TRANSFER_UNBALANCED'],
    ['entries without a posting', [opening, ...entries], 'foreign_key'],
    ['a transfer without anything', [opening], 'foreign_key'],
    ['money for nobody', whole('t1', { to: availableAccount('siapa') }), 'TRANSFER_UNBALANCED'],
    ['an overdraft', whole('t1', { from: ANI, to: BUDI }), 'no_overdraft'],
    ['a key used twice', [...whole('t1'), ...whole('t2', { key: 't1' })], 'transfer.idempotency_owner'],
    ['a kind that is none', [{ ...opening, args: ['t1', 'gift', 'a', 'k', 'h', '', 1] }], 'foreign_key'],
    ['an entry after the posting', [...whole('t1'), ...debit], 'TRANSFER_ALREADY_POSTED'],
    [
      'an entry that states another balance',
      [
        opening,
        {
          sql: 'INSERT INTO entry (transfer_id, account_id, amount, balance_after) VALUES (?, ?, 5, 6)',
          args: ['t1', ANI],
        },
      ],
      'ENTRY_BALANCE_WRONG',
    ],
    [
      'a balance without an entry',
      [{ sql: 'UPDATE account SET balance = 1000 WHERE id = ?', args: [ANI] }],
      'BALANCE_WITHOUT_ENTRY',
    ],
    [
      'an account that opens with money',
      [{ sql: `INSERT INTO account (id, kind, balance) VALUES ('x', 'bank', 1)` }],
      'BALANCE_WITHOUT_ENTRY',
    ],
    ['a changed entry', [...whole('t1'), { sql: 'UPDATE entry SET amount = 2' }], 'LEDGER_APPEND_ONLY'],
    ['a deleted entry', [...whole('t1'), { sql: 'DELETE FROM entry' }], 'LEDGER_APPEND_ONLY'],
    ['a deleted posting', [...whole('t1'), { sql: 'DELETE FROM posting' }], 'LEDGER_APPEND_ONLY'],
    ['a changed transfer', [...whole('t1'), { sql: `UPDATE transfer SET id = 'x'` }], 'LEDGER_APPEND_ONLY'],
    ['a deleted account', [{ sql: `DELETE FROM account WHERE id = 'correction'` }], 'LEDGER_APPEND_ONLY'],
  ])('%s, and nothing of the batch stays', async (_what, batch, rule) => {
    const { database } = platform
    const refused = database.write(batch)
    await expect(refused).rejects.toBeInstanceOf(ConstraintError)
    await expect(refused).rejects.toMatchObject({ rule })
    expect(await database.read({ sql: 'SELECT id FROM transfer' })).toEqual([])
    expect(await balanceOf(ANI)).toBe(0)
    // The connection is sound: the next transfer is kept.
    await database.write(whole('t9'))
    expect(await balanceOf(ANI)).toBe(1_000)
  })
})

test('verifyLedger() names the account whose stored balance was tampered with', async () => {
  const { database } = platform
  await database.write(whole('t1'))
  await database.write([
    { sql: 'DROP TRIGGER account_moves_by_entries' },
    { sql: 'UPDATE account SET balance = 999 WHERE id = ?', args: [ANI] },
  ])
  expect(await verifyLedger(database)).toEqual([
    { kind: 'balance_wrong', accountId: ANI, balance: 999, sum: 1_000 },
  ])
})

test('verifyLedger() names the transfer and the entry that were tampered with', async () => {
  const { database } = platform
  await database.write(whole('t1'))
  await database.write([
    { sql: 'DROP TRIGGER entry_no_update' },
    { sql: 'UPDATE entry SET amount = amount + 1 WHERE account_id = ?', args: [ANI] },
  ])
  expect(await verifyLedger(database)).toEqual([
    { kind: 'transfer_unbalanced', transferId: 't1', sum: 1 },
    { kind: 'running_balance_wrong', accountId: ANI, entrySeq: 2 },
  ])
})

test('verifyLedger() looks at all rows, however few at a time, and names what is wrong in each', async () => {
  const { database } = platform
  for (const id of ['t1', 't2', 't3', 't4']) await database.write(whole(id))
  expect(await verifyLedger(database, { rowsAtOnce: 1 })).toEqual([])
  await database.write([
    { sql: 'DROP TRIGGER posting_no_delete' },
    { sql: 'DROP TRIGGER entry_no_delete' },
    { sql: 'PRAGMA defer_foreign_keys = ON' },
    { sql: `DELETE FROM entry WHERE transfer_id = 't2'` },
  ])
  const all = await verifyLedger(database)
  expect(all).toMatchObject([
    { kind: 'transfer_without_entries', transferId: 't2' },
    { kind: 'running_balance_wrong', accountId: CORRECTION_ACCOUNT },
    { kind: 'running_balance_wrong', accountId: ANI },
  ])
  expect(await verifyLedger(database, { rowsAtOnce: 1 })).toEqual(all)
})
