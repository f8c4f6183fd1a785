import fc from 'fast-check'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { verifyLedger } from '../ledger/verify.ts'
import { createTestEdge, type Member, type TestEdge, type Visitor } from '../runtimes/node/test-edge.ts'

const DAY_MS = 86_400_000
const ACCOUNT = { bank: 'BCA', accountNumber: '0987654321', accountName: 'Ani Lestari' }

let edge: TestEdge
let admin: Visitor
let bankId: string
beforeEach(async () => {
  edge = await createTestEdge()
  admin = await edge.setUp()
  const { body } = await admin.send('POST', '/api/admin/receiving-accounts', {
    ...ACCOUNT,
    accountNumber: '1234567890',
  })
  bankId = (body as { id: string }).id
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

const STEPS = ['ask', 'ask', 'pay', 'pay', 'release', 'reverse', 'donate', 'donate', 'credit'] as const
const step = fc.record({ what: fc.constantFrom(...STEPS), who: fc.nat(1), which: fc.nat(4) })

test('whatever happens at the same time, held money is what was asked for, and nothing is paid twice', async () => {
  const people = [await withMoney('ani'), await withMoney('budi')]
  await edge.platform.database.write([{ sql: 'DROP TRIGGER withdrawal_daily' }])
  await admin.send('PUT', '/api/admin/payment-settings', {
    ...((await admin.get('/api/admin/payment-settings')).body as Record<string, unknown>),
    withdrawalFeeRupiah: 1500,
  })
  const asked: string[] = []
  async function take({ what, who, which }: { what: (typeof STEPS)[number]; who: number; which: number }) {
    const [person, other] = [people[who], people[1 - who]]
    const id = asked.at(-1 - which)
    if (!person || !other) return
    if (what === 'ask') {
      const request = { amountRupiah: 8000 + which, feeRupiah: 1500 }
      const { status, body } = await person.send('POST', '/api/me/withdrawals', request, key())
      if (status === 201) asked.push((body as { id: string }).id)
    } else if (what === 'donate')
      await person.send('POST', `/api/channels/${other.username}/donations`, { amountRupiah: 9000 }, key())
    else if (what === 'credit')
      await admin.send(
        'POST',
        `/api/admin/members/${person.id}/credits`,
        { amountRupiah: 5000, reason: 'uji coba' },
        key(),
      )
    else if (what === 'pay' && id !== undefined)
      await admin.send('POST', `/api/admin/withdrawals/${id}/pay`, {
        receivingAccountId: bankId,
        bankTransactionId: `KELUAR-${(keys += 1)}`,
        isNameChecked: true,
      })
    else if (id !== undefined)
      await admin.send('POST', `/api/admin/withdrawals/${id}/${what}`, { reason: 'uji coba' })
  }
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.array(step, { minLength: 2, maxLength: 6 }), { minLength: 4, maxLength: 8 }),
      async (rounds) => {
        for (const round of rounds) await Promise.all(round.map(take))
        expect(await verifyLedger(edge.platform.database)).toEqual([])
        const [sums] = await edge.platform.database.read({ sql: 'SELECT SUM(balance) AS sum FROM account' })
        expect(sums).toEqual({ sum: 0 })
      },
    ),
    { numRuns: 15 },
  )
  const states = await edge.platform.database.read({ sql: 'SELECT DISTINCT state FROM withdrawal_request' })
  // The test would prove nothing if hardly anything had happened.
  expect(states.map((row) => row['state'])).toEqual(expect.arrayContaining(['paid', 'reversed']))
}, 60_000)
