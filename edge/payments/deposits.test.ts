import fc from 'fast-check'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Deposit, DepositList } from '../../shared/contracts/payments.ts'
import { verifyLedger } from '../ledger/verify.ts'
import {
  createTestEdge,
  type Member,
  type TestAnswer,
  type TestEdge,
  type Visitor,
} from '../runtimes/node/test-edge.ts'

const DAY_MS = 86_400_000

let edge: TestEdge
let admin: Visitor
let accountId: string
beforeEach(async () => {
  edge = await createTestEdge()
  admin = await edge.setUp()
  const { body } = await admin.send('POST', '/api/admin/receiving-accounts', {
    bank: 'BCA',
    accountNumber: '1234567890',
    accountName: 'PT Panggung',
  })
  accountId = (body as { id: string }).id
})
afterEach(() => edge.platform.close())

let keys = 0
function ask(person: Visitor, amountRupiah = 10_000): Promise<TestAnswer> {
  keys += 1
  return person.send(
    'POST',
    '/api/me/deposits',
    { amountRupiah, receivingAccountId: accountId },
    { 'idempotency-key': `kunci-permintaan-${keys}` },
  )
}
const asked = async (person: Visitor, amountRupiah?: number) =>
  (await ask(person, amountRupiah)).body as Deposit

function approve({ id, totalRupiah }: Deposit): Promise<TestAnswer> {
  return admin.send('POST', `/api/admin/deposits/${id}/approve`, {
    bankTransactionId: `T-${id}`,
    totalRupiah,
  })
}

/** All codes but these are taken by others. */
async function takeCodes({
  amountRupiah = 10_000,
  except,
}: {
  amountRupiah?: number
  except: (code: number) => boolean
}) {
  const { database } = edge.platform
  const first = await asked(await edge.member('pemakai'), 999_000_000)
  await database.write([
    { sql: 'DROP TRIGGER deposit_not_too_many' },
    {
      sql: `WITH RECURSIVE code (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM code WHERE n < 9999)
        INSERT INTO deposit_request (id, member_id, receiving_account_id, amount, code, total, expires_at,
          idempotency_key, request_hash, created_at)
        SELECT 'd' || n, member_id, receiving_account_id, ?, n, ? + n, expires_at, 'k' || n, '', created_at
        FROM code, deposit_request WHERE deposit_request.id = ?
          AND n NOT IN (SELECT value FROM json_each(?))`,
      args: [
        amountRupiah,
        amountRupiah,
        first.id,
        JSON.stringify(Array.from({ length: 9999 }, (_each, index) => index + 1).filter(except)),
      ],
    },
  ])
}

test('the last free code is found; four digits only when the short ones are used up; then none', async () => {
  const ani = await edge.member('ani')
  await takeCodes({ except: (code) => code === 517 || code === 1517 })
  expect((await asked(ani)).code).toBe(517)
  expect((await asked(ani)).code).toBe(1517)
  expect((await ask(ani)).body).toMatchObject({ code: 'deposit_codes_used_up' })
  // Another amount has totals of its own, and no total is given twice.
  const other = await asked(ani, 20_000)
  expect(other.code).toBeGreaterThan(0)
  const [row] = await edge.platform.database.read({
    sql: 'SELECT COUNT(*) - COUNT(DISTINCT total) AS doubles FROM deposit_request',
  })
  expect(row).toEqual({ doubles: 0 })
})

test('the schema itself refuses a total that somebody waits for', async () => {
  const ani = await edge.member('ani')
  const { id } = await asked(ani)
  const copy = edge.platform.database.write([
    {
      sql: `INSERT INTO deposit_request (id, member_id, receiving_account_id, amount, code, total, expires_at,
          idempotency_key, request_hash, created_at)
        SELECT 'x', member_id, receiving_account_id, amount + code - 1, 1, total, expires_at, 'k', '', created_at
        FROM deposit_request WHERE id = ?`,
      args: [id],
    },
  ])
  await expect(copy).rejects.toMatchObject({ rule: 'deposit_total.receiving_account_id' })
})

test('a request expires, cannot be approved then, and is reopened with the same total', async () => {
  const ani = await edge.member('ani')
  const deposit = await asked(ani)
  edge.platform.clock.advance(DAY_MS)
  const [expired] = ((await ani.get('/api/me/deposits')).body as DepositList).deposits
  expect(expired?.state).toBe('expired')
  expect((await approve(deposit)).body).toMatchObject({ code: 'deposit_expired' })
  const reopened = await ani.send('POST', `/api/me/deposits/${deposit.id}/reopen`)
  expect(reopened.body).toMatchObject({ state: 'open', totalRupiah: deposit.totalRupiah })
  expect((await approve(deposit)).status).toBe(200)
})

test('seven days after it closed a total is free, and is not given back to the old request', async () => {
  const ani = await edge.member('ani')
  await takeCodes({ except: (code) => code === 5 })
  const deposit = await asked(ani)
  expect(deposit.code).toBe(5)
  edge.platform.clock.advance(8 * DAY_MS - 1)
  // All the others expired at the same time: only a free one can be given.
  expect((await ask(ani)).body).toMatchObject({ code: 'deposit_codes_used_up' })
  edge.platform.clock.advance(1)
  expect((await ask(ani)).status).toBe(201)
  const reopened = await ani.send('POST', `/api/me/deposits/${deposit.id}/reopen`)
  expect(reopened.body).toMatchObject({ code: 'deposit_code_gone' })
})

test('who says to have transferred is not timed out', async () => {
  const ani = await edge.member('ani')
  const deposit = await asked(ani)
  await ani.send('POST', `/api/me/deposits/${deposit.id}/claim`)
  edge.platform.clock.advance(20 * DAY_MS)
  await ask(await edge.member('budi'))
  expect((await approve(deposit)).body).toMatchObject({ state: 'approved' })
})

test('twenty requests a day are enough for one member', async () => {
  const ani = await edge.member('ani')
  for (let index = 0; index < 20; index++) {
    const { id } = await asked(ani)
    await ani.send('POST', `/api/me/deposits/${id}/cancel`)
  }
  expect((await ask(ani)).body).toMatchObject({ code: 'too_many_deposits' })
  edge.platform.clock.advance(DAY_MS + 1)
  expect((await ask(ani)).status).toBe(201)
})

interface Step {
  readonly what: string
  readonly who: number
  readonly which: number
}

const step: fc.Arbitrary<Step> = fc.record({
  what: fc.constantFrom(
    'ask',
    'ask',
    'ask',
    'approve',
    'approve',
    'cancel',
    'claim',
    'reject',
    'reverse',
    'arrive',
    'assign',
    'return',
    'dismiss',
    'credit',
    'donate',
    'donate',
    'repay',
  ),
  who: fc.nat(2),
  which: fc.nat(5),
})

test('whatever happens at the same time, the ledger balances and nothing is decided twice', async () => {
  const people: Member[] = []
  for (const name of ['ani', 'budi', 'citra'])
    people.push(await edge.member(name, { by: admin, rights: ['donations'] }))
  await edge.platform.database.write([{ sql: 'DROP TRIGGER deposit_not_too_many' }])
  const deposits: Deposit[] = []
  const lines: { id: string }[] = []

  async function take({ what, who, which }: Step): Promise<void> {
    const person = people[who]
    const deposit = deposits.at(-1 - which)
    const line = lines.at(-1 - which)
    if (!person) return
    if (what === 'ask') {
      const answer = await ask(person, 10_000 + which)
      if (answer.status === 201) deposits.push(answer.body as Deposit)
    } else if (what === 'arrive') {
      keys += 1
      const answer = await admin.send('POST', '/api/admin/bank-lines', {
        receivingAccountId: accountId,
        bankTransactionId: `LINE-${keys}`,
        amountRupiah: deposit?.totalRupiah ?? 5000,
        bookedOn: '2026-01-01',
      })
      if (answer.status === 201) lines.push(answer.body as { id: string })
    } else if (what === 'donate') {
      keys += 1
      const to = people[(who + 1) % people.length]
      await person.send(
        'POST',
        `/api/channels/${to?.username}/donations`,
        { amountRupiah: 7000 },
        {
          'idempotency-key': `kunci-donasi-${keys}-xxxx`,
        },
      )
    } else if (what === 'repay') await person.send('POST', '/api/me/debt/repay')
    else if (what === 'approve' && deposit) await approve(deposit)
    else if (what === 'credit' && line && deposit)
      await admin.send('POST', `/api/admin/bank-lines/${line.id}/credit`, { depositId: deposit.id })
    else if (what === 'assign' && line)
      await admin.send('POST', `/api/admin/bank-lines/${line.id}/assign`, {
        memberId: person.id,
        reason: 'miliknya',
      })
    else if ((what === 'return' || what === 'dismiss') && line)
      await admin.send('POST', `/api/admin/bank-lines/${line.id}/${what}`, { reason: 'bukan apa-apa' })
    else if ((what === 'reject' || what === 'reverse') && deposit)
      await admin.send('POST', `/api/admin/deposits/${deposit.id}/${what}`, { reason: 'uji coba' })
    else if ((what === 'cancel' || what === 'claim') && deposit)
      await people
        .find((each) => each.id === ownerOf.get(deposit.id))
        ?.send('POST', `/api/me/deposits/${deposit.id}/${what}`)
  }
  const ownerOf = new Map<string, string>()

  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.array(step, { minLength: 2, maxLength: 6 }), { minLength: 4, maxLength: 8 }),
      async (rounds) => {
        for (const round of rounds) {
          await Promise.all(round.map(take))
          const rows = await edge.platform.database.read({ sql: 'SELECT id, member_id FROM deposit_request' })
          for (const row of rows) ownerOf.set(String(row['id']), String(row['member_id']))
        }
        expect(await verifyLedger(edge.platform.database)).toEqual([])
        const [sums] = await edge.platform.database.read({
          sql: `SELECT (SELECT SUM(balance) FROM account) AS all_money,
          (SELECT COUNT(*) FROM bank_line WHERE state = 'credited' AND deposit_id NOT IN
            (SELECT id FROM deposit_request WHERE state = 'approved')) AS strays,
          (SELECT COUNT(*) FROM deposit_request WHERE state = 'approved' AND id NOT IN
            (SELECT deposit_id FROM bank_line WHERE state = 'credited')) AS without_line`,
        })
        expect(sums).toEqual({ all_money: 0, strays: 0, without_line: 0 })
      },
    ),
    { numRuns: 20 },
  )
  const states = await edge.platform.database.read({
    sql: 'SELECT state, COUNT(*) AS n FROM deposit_request GROUP BY state',
  })
  // The test would prove nothing if hardly anything had happened.
  expect(states.map((row) => row['state'])).toEqual(expect.arrayContaining(['approved']))
}, 60_000)
