import { exportJWK, generateKeyPair } from 'jose'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { BankLine, Deposit, DepositList } from '../../shared/contracts/payments.ts'
import { createEdge } from '../app.ts'
import { lookAfterMoney } from '../runtimes/money-watch.ts'
import { createTestEdge, type Member, type TestEdge, type Visitor } from '../runtimes/node/test-edge.ts'

const NUMBER = '7310558642'
const ACCOUNT = { bank: 'BCA', accountNumber: NUMBER, accountName: 'PT Panggung Uji' }
const SENDER = '0198237465'

let edge: TestEdge
let admin: Visitor
let member: Member
let id: string
beforeEach(async () => {
  edge = await createTestEdge()
  admin = await edge.setUp()
  member = await edge.member('ani')
  id = ((await admin.send('POST', '/api/admin/receiving-accounts', ACCOUNT)).body as { id: string }).id
})
afterEach(() => edge.platform.close())

let keys = 0
async function ask(amountRupiah: number): Promise<Deposit> {
  const key = { 'idempotency-key': `kunci-nomor-rekening-${(keys += 1)}` }
  const request = { amountRupiah, receivingAccountId: id }
  return (await member.send('POST', '/api/me/deposits', request, key)).body as Deposit
}
const record = (amountRupiah: number) =>
  admin.send('POST', '/api/admin/bank-lines', {
    receivingAccountId: id,
    bankTransactionId: `MASUK-${amountRupiah}`,
    amountRupiah,
    bookedOn: '2026-01-05',
    description: `TRSF DARI ${SENDER} BUDI`,
  })
const lines = async () =>
  ((await admin.get('/api/admin/bank-lines')).body as { lines: BankLine[] }).lines.map(
    ({ account, description }) => [account.accountNumber, description],
  )

/** All that the database holds, as one text. */
async function everything(): Promise<string> {
  const { database } = edge.platform
  const tables = await database.read({ sql: `SELECT name FROM sqlite_master WHERE type = 'table'` })
  const rows = await Promise.all(
    tables.map(({ name }) => database.read({ sql: `SELECT * FROM "${String(name)}"` })),
  )
  return JSON.stringify(rows)
}

test('no number of a bank account is in the database, whoever it belongs to', async () => {
  await member.send('PUT', '/api/me/payout-account', {
    bank: 'BCA',
    accountNumber: '5550001112',
    accountName: 'Ani Lestari',
  })
  await record(70_000)
  await admin.send('PATCH', `/api/admin/receiving-accounts/${id}`, { isOpen: false })
  const kept = await everything()
  for (const number of [NUMBER, SENDER, '5550001112']) expect(kept).not.toContain(number)
  expect(await lines()).toEqual([[`…${NUMBER.slice(-4)}`, `TRSF DARI ${SENDER} BUDI`]])
  expect((await admin.get('/api/admin/receiving-accounts')).body).toMatchObject({
    accounts: [{ accountNumber: NUMBER }],
  })
})

test('a member sees the number in full while there is something to transfer', async () => {
  const { id: depositId, account, totalRupiah } = await ask(50_000)
  expect(account.accountNumber).toBe(NUMBER)
  await admin.send('POST', `/api/admin/deposits/${depositId}/approve`, {
    bankTransactionId: 'MASUK-1',
    totalRupiah,
  })
  const list = (await member.get('/api/me/deposits')).body as DepositList
  expect([list.accounts[0]?.accountNumber, list.deposits[0]?.account.accountNumber]).toEqual([
    NUMBER,
    '…8642',
  ])
})

test('what was kept plain before is sealed by and by, and read all the while', async () => {
  await record(70_000)
  await edge.platform.database.write([
    {
      sql: 'UPDATE receiving_account SET sealed_number = ?, sealed_kid = NULL, number_fingerprint = NULL',
      args: [NUMBER],
    },
    { sql: 'UPDATE bank_line SET description = ?, sealed_kid = NULL', args: [`DARI ${SENDER}`] },
  ])
  const shown = [[`…${NUMBER.slice(-4)}`, `DARI ${SENDER}`]]
  expect(await lines()).toEqual(shown)
  expect((await ask(10_000)).account.accountNumber).toBe(NUMBER)
  await Promise.all([lookAfterMoney({ ...edge.platform }), lookAfterMoney({ ...edge.platform })])
  const kept = await everything()
  for (const number of [NUMBER, SENDER]) expect(kept).not.toContain(number)
  expect(await lines()).toEqual(shown)
  expect((await admin.send('POST', '/api/admin/receiving-accounts', ACCOUNT)).body).toMatchObject({
    code: 'receiving_account_taken',
  })
})

test('with a new key all of it is sealed anew, so that the old one can go', async () => {
  await record(70_000)
  await member.send('PUT', '/api/me/payout-account', {
    bank: 'BCA',
    accountNumber: '5550001112',
    accountName: 'Ani Lestari',
  })
  const { privateKey } = await generateKeyPair('Ed25519', { extractable: true })
  const next = { ...(await exportJWK(privateKey)), kid: 'k02', alg: 'EdDSA' }
  const { config } = edge.platform
  await lookAfterMoney({
    ...edge.platform,
    config: { ...config, signingKeys: [next, ...config.signingKeys] },
  })
  const rows = await edge.platform.database.read({
    sql: `SELECT sealed_kid FROM receiving_account UNION SELECT sealed_kid FROM bank_line
      UNION SELECT sealed_kid FROM payout_account`,
  })
  expect(rows).toEqual([{ sealed_kid: 'k02' }])
  const app = createEdge({ ...edge.platform, config: { ...config, signingKeys: [next] } })
  const [row] = await edge.platform.database.read({ sql: `SELECT id FROM receiving_account` })
  expect(row).toEqual({ id })
  const answer = await app.request('http://localhost/api/me/deposits', {
    headers: { cookie: await memberCookie() },
  })
  expect(await answer.json()).toMatchObject({ accounts: [{ accountNumber: NUMBER }] })

  async function memberCookie(): Promise<string> {
    const signedIn = await app.request('http://localhost/api/accounts/sign-in', {
      method: 'POST',
      headers: { origin: 'http://localhost', 'content-type': 'application/json' },
      body: JSON.stringify({ login: 'ani', password: 'kata-sandi-uji' }),
    })
    return signedIn.headers.getSetCookie().map((line) => line.split(';', 1)[0])[0] ?? ''
  }
})

test('the same account is listed once, also when two admins add it at once', async () => {
  const other = { ...ACCOUNT, accountNumber: '1112223334' }
  const answers = await Promise.all(
    [1, 2, 3].map(() => admin.send('POST', '/api/admin/receiving-accounts', other)),
  )
  expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([201, 409, 409])
})
