import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Deposit, DepositList } from '../../shared/contracts/payments.ts'
import { createTestEdge, type TestAnswer, type TestEdge, type Visitor } from '../runtimes/node/test-edge.ts'

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
function ask(person: Visitor, amountRupiah = 10_000, more: object = {}): Promise<TestAnswer> {
  keys += 1
  return person.send(
    'POST',
    '/api/me/deposits',
    { amountRupiah, receivingAccountId: accountId, ...more },
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

test('a note reaches the admins as it was written, and none is none', async () => {
  const ani = await edge.member('ani')
  await ask(ani, 20_000, { note: 'dari rekening suami' })
  await ask(ani, 30_000)
  const { body } = await admin.get('/api/admin/deposits')
  const { deposits } = body as { deposits: { amountRupiah: number; note: string | null }[] }
  expect(new Map(deposits.map(({ amountRupiah, note }) => [amountRupiah, note]))).toEqual(
    new Map([
      [20_000, 'dari rekening suami'],
      [30_000, null],
    ]),
  )
})
