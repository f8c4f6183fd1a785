import { afterEach, beforeEach, expect, test } from 'vitest'
import type { BankLine } from '../../shared/contracts/payments.ts'
import { verifyLedger } from '../ledger/verify.ts'
import {
  createTestEdge,
  TEST_PASSWORD,
  type Member,
  type TestEdge,
  type Visitor,
} from '../runtimes/node/test-edge.ts'
import { balanceOf, changePaymentSettings } from '../runtimes/node/test-money.ts'

const DAY_MS = 86_400_000
const ACCOUNT = { bank: 'BCA', accountNumber: '0987654321', accountName: 'Ani Lestari' }

let edge: TestEdge
let admin: Visitor
beforeEach(async () => {
  edge = await createTestEdge()
  admin = await edge.setUp()
})
afterEach(() => edge.platform.close())

let keys = 0
const key = () => ({ 'idempotency-key': `kunci-penarikan-${(keys += 1)}` })

async function withMoney(username: string, amountRupiah = 100_000): Promise<Member> {
  const person = await edge.member(username, { by: admin, rights: ['donations'] })
  await admin.send(
    'POST',
    `/api/admin/members/${person.id}/credits`,
    { amountRupiah, reason: 'saldo awal' },
    key(),
  )
  await person.send('PUT', '/api/me/payout-account', ACCOUNT)
  return person
}

const ask = (person: Visitor, amountRupiah = 10_000) =>
  person.send('POST', '/api/me/withdrawals', { amountRupiah, feeRupiah: 0 }, key())

test('after a day there is room for withdrawals again', async () => {
  const ani = await withMoney('ani')
  for (let index = 0; index < 3; index++) expect((await ask(ani)).status).toBe(201)
  edge.platform.clock.advance(DAY_MS - 1)
  expect((await ask(ani)).body).toMatchObject({ code: 'too_many_withdrawals' })
  edge.platform.clock.advance(1)
  expect((await ask(ani)).status).toBe(201)
})

test('a changed account can be used after the cool-down', async () => {
  const ani = await withMoney('ani')
  await ani.send('PUT', '/api/me/payout-account', { ...ACCOUNT, accountNumber: '1112223334' })
  edge.platform.clock.advance(DAY_MS - 1)
  expect((await ask(ani)).body).toMatchObject({ code: 'payout_account_cooling' })
  edge.platform.clock.advance(1)
  expect((await ask(ani)).status).toBe(201)
})

test('the schema itself refuses to use a changed account at once', async () => {
  const ani = await withMoney('ani')
  const changed = edge.platform.database.write([
    { sql: 'UPDATE payout_account SET replaced_at = 1' },
    {
      sql: `INSERT INTO payout_account (id, member_id, bank, sealed_number, number_end, account_name, created_at, usable_from)
        VALUES ('x', ?, 'BCA', '', '', '', 5, 5)`,
      args: [ani.id],
    },
  ])
  await expect(changed).rejects.toMatchObject({ rule: 'PAYOUT_ACCOUNT_MUST_COOL' })
})

test('bank numbers are not readable in the database', async () => {
  await withMoney('ani')
  const [row] = await edge.platform.database.read({ sql: 'SELECT * FROM payout_account' })
  expect(JSON.stringify(row)).not.toContain(ACCOUNT.accountNumber)
  expect(edge.platform.logged.join('\n')).not.toContain(ACCOUNT.accountNumber)
})

test('a payout that comes back after its account was closed waits for an admin, who returns or assigns it', async () => {
  await changePaymentSettings(admin, { withdrawalFeeRupiah: 2500 })
  const own = { ...ACCOUNT, accountNumber: '1234567890' }
  const bank = (await admin.send('POST', '/api/admin/receiving-accounts', own)).body as { id: string }
  const [ani, budi] = [await withMoney('ani'), await withMoney('budi', 1000)]
  const leavers = [ani, await withMoney('citra')]
  const withdrawals: string[] = []
  for (const person of leavers) {
    const request = { amountRupiah: 100_000, feeRupiah: 2500 }
    const { body } = await person.send('POST', '/api/me/withdrawals', request, key())
    const { id } = body as { id: string }
    withdrawals.push(id)
    const names = { nameOnIdentity: ACCOUNT.accountName, nameAtBank: ACCOUNT.accountName }
    await admin.send('POST', `/api/admin/withdrawals/${id}/name-check`, names)
    const payment = { receivingAccountId: bank.id, bankTransactionId: `KELUAR-${(keys += 1)}` }
    expect((await admin.send('POST', `/api/admin/withdrawals/${id}/pay`, payment)).status).toBe(200)
    expect((await person.send('POST', '/api/me/closing', { password: TEST_PASSWORD })).status).toBe(204)
  }
  const reverse = (id: string | undefined) =>
    admin.send('POST', `/api/admin/withdrawals/${id}/reverse`, { reason: 'rekening tutup' })
  for (const id of withdrawals) {
    const both = await Promise.all([reverse(id), reverse(id)])
    expect(both.map(({ status }) => status)).toEqual([200, 200])
    expect(both[0]?.body).toMatchObject({ state: 'reversed', member: { isClosed: true } })
  }
  const { body } = await admin.get('/api/admin/bank-lines?state=unmatched')
  const [second, first] = (body as { lines: BankLine[] }).lines
  expect([first, second]).toMatchObject([{ amountRupiah: 100_000 }, { amountRupiah: 100_000 }])
  const decide = (line: BankLine | undefined, what: string, more = {}) =>
    admin.send('POST', `/api/admin/bank-lines/${line?.id}/${what}`, { reason: 'sudah bicara', ...more })
  expect((await decide(first, 'assign', { memberId: ani.id })).body).toMatchObject({ code: 'account_gone' })
  expect((await decide(first, 'assign', { memberId: budi.id })).status).toBe(200)
  expect((await decide(second, 'return')).status).toBe(200)
  expect(await balanceOf(budi)).toBe(101_000)
  expect(await verifyLedger(edge.platform.database)).toEqual([])
})
