import { afterEach, beforeEach, expect, test } from 'vitest'
import type { AdminWithdrawal, NameCheck, Withdrawal } from '../../shared/contracts/withdrawals.ts'
import { createTestEdge, type Member, type TestEdge, type Visitor } from '../runtimes/node/test-edge.ts'
import { closeBalanced } from '../runtimes/node/test-money.ts'

const ACCOUNT = { bank: 'BCA', accountNumber: '0987654321', accountName: 'Ani Lestari' }
const DAY_MS = 86_400_000

let edge: TestEdge
let admin: Visitor
let ani: Member
let bankId: string
beforeEach(async () => {
  edge = await createTestEdge()
  admin = await edge.setUp()
  ani = await edge.member('ani')
  const account = { bank: 'BCA', accountNumber: '1234567890', accountName: 'PT Panggung Uji' }
  bankId = ((await admin.send('POST', '/api/admin/receiving-accounts', account)).body as { id: string }).id
  const credit = { amountRupiah: 100_000, reason: 'saldo awal' }
  await admin.send('POST', `/api/admin/members/${ani.id}/credits`, credit, key())
  await ani.send('PUT', '/api/me/payout-account', ACCOUNT)
})
afterEach(() => closeBalanced(edge))

let keys = 0
const key = () => ({ 'idempotency-key': `kunci-periksa-nama-${(keys += 1)}` })

async function ask(): Promise<Withdrawal> {
  const answer = await ani.send('POST', '/api/me/withdrawals', { amountRupiah: 10_000, feeRupiah: 0 }, key())
  if (answer.status !== 201) throw new Error(answer.text)
  return answer.body as Withdrawal
}
const check = ({ id }: Withdrawal, names: Partial<NameCheck>, by: Visitor = admin) =>
  by.send('POST', `/api/admin/withdrawals/${id}/name-check`, names)
const pay = ({ id }: Withdrawal, more: object = {}) =>
  admin.send('POST', `/api/admin/withdrawals/${id}/pay`, {
    receivingAccountId: bankId,
    bankTransactionId: `KELUAR-${id}`,
    ...more,
  })
const approve = ({ id }: Withdrawal) => admin.send('POST', `/api/admin/withdrawals/${id}/approve`)
const identities = () => edge.platform.database.read({ sql: 'SELECT name FROM member_identity' })

test('nothing is approved or paid before the identity and the name at the bank are compared', async () => {
  const one = await ask()
  for (const answer of [await approve(one), await pay(one)])
    expect(answer.body).toMatchObject({ code: 'account_name_unchecked' })
  const same = { nameOnIdentity: 'Hj. Ani Lestari, S.E.', nameAtBank: 'ANI LESTARI' }
  const answer = await check(one, same)
  expect(answer.body).toMatchObject({
    isNameChecked: true,
    identityName: same.nameOnIdentity,
    nameAtBank: same.nameAtBank,
    nameReason: null,
  } satisfies Partial<AdminWithdrawal>)
  expect((await approve(one)).status).toBe(200)
  expect((await pay(one)).status).toBe(200)
  expect((await pay(await ask())).status).toBe(200)
})

test.each([
  ['the bank shows another name', { nameOnIdentity: 'Ani Lestari', nameAtBank: 'BUDI SANTOSO' }],
  ['the identity is another', { nameOnIdentity: 'Budi Santoso', nameAtBank: 'ANI LESTARI' }],
])('%s: only with a reason, which stays', async (_what, names) => {
  const one = await ask()
  expect((await check(one, names)).body).toMatchObject({ code: 'names_differ' })
  expect(await identities()).toEqual([])
  expect((await pay(one)).body).toMatchObject({ code: 'account_name_unchecked' })
  const reason = 'nama suami, akta nikah dilihat'
  expect((await check(one, { ...names, reason })).body).toMatchObject({ nameReason: reason })
  expect((await pay(one)).status).toBe(200)
})

test('an account that was changed is compared again, with the identity that is known', async () => {
  await pay(await ask(), { isNameChecked: true })
  expect(await identities()).toEqual([{ name: 'Ani Lestari' }])
  await ani.send('PUT', '/api/me/payout-account', {
    ...ACCOUNT,
    accountNumber: '1112223334',
    accountName: 'Budi Santoso',
  })
  await edge.platform.database.write([{ sql: 'UPDATE session SET expires_at = 9e15' }])
  edge.platform.clock.advance(2 * DAY_MS)
  const two = await ask()
  expect((await pay(two)).body).toMatchObject({ code: 'account_name_unchecked' })
  // What is said in short must hold too.
  expect((await pay(two, { isNameChecked: true })).body).toMatchObject({ code: 'names_differ' })
  expect((await check(two, { nameAtBank: 'BUDI SANTOSO' })).body).toMatchObject({ code: 'names_differ' })
})

test('two admins at once: the first check stands; nobody else checks, and names are needed', async () => {
  const one = await ask()
  for (const person of [ani, edge.visitor()])
    expect((await check(one, { nameOnIdentity: 'Ani', nameAtBank: 'Ani' }, person)).status).toBe(401)
  expect((await check(one, { nameAtBank: 'Ani Lestari' })).body).toMatchObject({
    code: 'invalid_input',
    fields: { nameOnIdentity: 'missing' },
  })
  expect((await check({ ...one, id: '0'.repeat(26) }, { nameAtBank: 'Ani Lestari' })).status).toBe(404)
  const names = { nameOnIdentity: 'Ani Lestari', nameAtBank: 'ANI LESTARI' }
  const answers = await Promise.all([
    check(one, names),
    check(one, { ...names, nameAtBank: 'LAIN', reason: 'dikira benar' }),
  ])
  expect(answers.map(({ status }) => status)).toEqual([200, 200])
  const rows = await edge.platform.database.read({ sql: 'SELECT name_at_bank FROM payout_account' })
  const [first] = answers
  expect(rows).toEqual([{ name_at_bank: (first.body as AdminWithdrawal).nameAtBank }])
})
