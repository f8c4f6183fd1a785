/** One line of the bank is money once, whatever an admin types and in whatever file it comes. */
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { BankLine, Deposit } from '../../shared/contracts/payments.ts'
import { hashToken } from '../../shared/tokens.ts'
import { createTestEdge, type TestAnswer, type TestEdge, type Visitor } from '../runtimes/node/test-edge.ts'
import { jakartaDay, planStatement } from './statement/plan.ts'

let edge: TestEdge
let admin: Visitor
let ani: Visitor
let accountId: string
beforeEach(async () => {
  edge = await createTestEdge()
  admin = await edge.setUp()
  ani = await edge.member('ani')
  const account = { bank: 'BCA', accountNumber: '1234567890', accountName: 'PT Panggung' }
  accountId = ((await admin.send('POST', '/api/admin/receiving-accounts', account)).body as { id: string }).id
})
afterEach(() => edge.platform.close())

let keys = 0
async function asked(): Promise<Deposit> {
  keys += 1
  const body = { amountRupiah: 50_000, receivingAccountId: accountId }
  return (await ani.send('POST', '/api/me/deposits', body, { 'idempotency-key': `kunci-baris-bank-${keys}` }))
    .body as Deposit
}

function approve({ id, totalRupiah }: Deposit, bankTransactionId: string): Promise<TestAnswer> {
  return admin.send('POST', `/api/admin/deposits/${id}/approve`, { bankTransactionId, totalRupiah })
}

/** Of one line of a statement, of today. */
async function stateOf({ totalRupiah }: Deposit): Promise<string | undefined> {
  const { clock, database } = edge.platform
  const line = { bookedOn: jakartaDay(clock.now()), amountRupiah: totalRupiah, description: 'TRANSFER' }
  const lines = [{ ...line, identity: 'sekarang', identityBefore: 'dahulu' }]
  return (await planStatement(database, { accountId, lines, nowMs: clock.now() })).lines[0]?.state
}

test.each(['ft26321abc', 'FT 26321-ABC', 'FT26321ABC.', 'ＦＴ26321ABC'])(
  'an id of the bank counts once, also as %s',
  async (again) => {
    await approve(await asked(), 'FT26321ABC')
    const second = await asked()
    expect((await approve(second, again)).body).toMatchObject({ code: 'bank_transaction_used' })
    const arrival = { receivingAccountId: accountId, amountRupiah: 7_000, bookedOn: '2026-11-21' }
    const recorded = await admin.send('POST', '/api/admin/bank-lines', {
      ...arrival,
      bankTransactionId: again,
    })
    expect(recorded.body).toMatchObject({ code: 'bank_transaction_used' })
  },
)

test.each(['FT26321\u0410BC', '-----', 'csv:0123456789'])('%s is no id of a bank', async (id) => {
  expect((await approve(await asked(), id)).status).toBe(422)
})

test('money that waits as unmatched is not approved by hand a second time', async () => {
  const deposit = await asked()
  const arrival = { receivingAccountId: accountId, bookedOn: jakartaDay(edge.platform.clock.now()) }
  const { body } = await admin.send('POST', '/api/admin/bank-lines', {
    ...arrival,
    bankTransactionId: 'DARI-MUTASI',
    amountRupiah: deposit.totalRupiah,
  })
  expect((await approve(deposit, 'DIKETIK')).body).toMatchObject({ code: 'bank_line_waits' })
  const { id: depositId } = deposit
  await admin.send('POST', `/api/admin/bank-lines/${(body as BankLine).id}/credit`, { depositId })
  expect((await ani.get('/api/me/wallet')).body).toMatchObject({ balanceRupiah: deposit.totalRupiah })
})

test('a statement does not bring again what a reversed deposit was approved by', async () => {
  const deposit = await asked()
  await approve(deposit, 'DIKETIK')
  expect(await stateOf(deposit)).toBe('known')
  await admin.send('POST', `/api/admin/deposits/${deposit.id}/reverse`, { reason: 'salah orang' })
  expect(await stateOf(deposit)).toBe('recorded')
})

test('a line that was imported before lines were told as they are now is known', async () => {
  const deposit = await asked()
  expect(await stateOf(deposit)).toBe('match')
  await edge.platform.database.write([
    {
      sql: `INSERT INTO bank_line (id, receiving_account_id, reference, amount, booked_on, description, state, created_by,
          created_at) SELECT 'x', ?, ?, 1, '2026-11-21', '', 'dismissed', id, 0 FROM admin`,
      args: [accountId, `csv:${(await hashToken('dahulu')).slice(0, 40)}`],
    },
  ])
  expect(await stateOf(deposit)).toBe('imported')
})
