/** Above an amount two admins are two people: what one of them can do alone to become two, and how it fails. */
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Admin } from '../../shared/contracts/admin.ts'
import type { AdminWithdrawal } from '../../shared/contracts/withdrawals.ts'
import { createTestEdge, type TestEdge, type Visitor } from '../runtimes/node/test-edge.ts'
import { changePaymentSettings, closeBalanced } from '../runtimes/node/test-money.ts'

const HOUR_MS = 3_600_000
const ACCOUNT = { bank: 'BCA', accountNumber: '0987654321', accountName: 'Ani Lestari' }

let edge: TestEdge
let admin: Visitor
let bankId: string
let keys = 0
const key = () => ({ 'idempotency-key': `kunci-dua-admin-${(keys += 1)}` })

beforeEach(async () => {
  edge = await createTestEdge()
  admin = await edge.setUp()
  const own = { ...ACCOUNT, accountNumber: '1234567890' }
  bankId = ((await admin.send('POST', '/api/admin/receiving-accounts', own)).body as { id: string }).id
  await changePaymentSettings(admin, { twoAdminsAboveRupiah: 20_000 })
})
afterEach(() => closeBalanced(edge))

async function addAdmin(username: string): Promise<Visitor> {
  const { body } = await admin.send('POST', '/api/admin/admins', { username })
  const colleague = edge.visitor()
  const login = { login: username, password: (body as { password: string }).password }
  expect((await colleague.send('POST', '/api/admin/sign-in', login)).status).toBe(200)
  return colleague
}

/** A request above the amount, its name checked. */
async function largeWithdrawal(): Promise<string> {
  const ani = await edge.member('ani', { by: admin, rights: ['donations'] })
  const credit = { amountRupiah: 100_000, reason: 'saldo awal' }
  await admin.send('POST', `/api/admin/members/${ani.id}/credits`, credit, key())
  await ani.send('PUT', '/api/me/payout-account', ACCOUNT)
  const asked = await ani.send('POST', '/api/me/withdrawals', { amountRupiah: 20_001, feeRupiah: 0 }, key())
  const { id } = asked.body as { id: string }
  const names = { nameOnIdentity: ACCOUNT.accountName, nameAtBank: ACCOUNT.accountName }
  expect((await admin.send('POST', `/api/admin/withdrawals/${id}/name-check`, names)).status).toBe(200)
  return id
}

const approve = (by: Visitor, id: string) => by.send('POST', `/api/admin/withdrawals/${id}/approve`)
const pay = (by: Visitor, id: string) =>
  by.send('POST', `/api/admin/withdrawals/${id}/pay`, {
    receivingAccountId: bankId,
    bankTransactionId: `KELUAR-${(keys += 1)}`,
  })
const noticesOf = async (someone: Visitor) => ((await someone.get('/api/admin/me')).body as Admin).notices

test('an admin who was added before or after the request is no second one until the hours are over', async () => {
  const accomplice = await addAdmin('tiruan')
  const id = await largeWithdrawal()
  expect((await pay(admin, id)).body).toMatchObject({ code: 'second_admin_needed' })
  const approved = (await approve(accomplice, id)).body as AdminWithdrawal
  const countsFrom = edge.platform.clock.now() + 24 * HOUR_MS
  expect(approved).toMatchObject({ approvals: ['tiruan'], approvalsNeeded: 2 })
  expect(approved.approvalsTooNew).toMatchObject([{ username: 'tiruan' }])
  expect(approved.approvalsTooNew[0]?.countsFrom).toBeLessThanOrEqual(countsFrom)
  expect((await pay(admin, id)).body).toMatchObject({ code: 'second_admin_too_new' })
  const another = await addAdmin('tiruan-2')
  await approve(another, id)
  expect((await pay(another, id)).body).toMatchObject({ code: 'second_admin_too_new' })
})

test('when the hours are over, the approval that was given before counts', async () => {
  const colleague = await addAdmin('rekan')
  const id = await largeWithdrawal()
  await approve(colleague, id)
  const from = ((await approve(colleague, id)).body as AdminWithdrawal).approvalsTooNew[0]?.countsFrom ?? 0
  edge.platform.clock.advance(from - edge.platform.clock.now() - 1)
  expect((await pay(admin, id)).body).toMatchObject({ code: 'second_admin_too_new' })
  edge.platform.clock.advance(1)
  expect((await pay(admin, id)).body).toMatchObject({ state: 'paid', approvalsTooNew: [] })
})

test('one admin who loosens the rule, the amount or the hours, waits as long as under the old one', async () => {
  const colleague = await addAdmin('rekan')
  const id = await largeWithdrawal()
  await approve(colleague, id)
  await changePaymentSettings(admin, { twoAdminsAboveRupiah: null })
  await changePaymentSettings(admin, { adminCoolDownHours: 0 })
  expect((await pay(admin, id)).body).toMatchObject({ code: 'second_admin_too_new' })
  expect((await noticesOf(colleague)).map(({ kind }) => kind)).toEqual([
    'approval_rule_loosened',
    'approval_rule_loosened',
  ])
  edge.platform.clock.advance(24 * HOUR_MS)
  expect((await pay(admin, id)).status).toBe(200)
})

test('an only admin decides alone, and changes the rule at once', async () => {
  const id = await largeWithdrawal()
  await changePaymentSettings(admin, { adminCoolDownHours: 0 })
  const colleague = await addAdmin('rekan')
  await approve(colleague, id)
  expect((await pay(admin, id)).status).toBe(200)
})

test('all admins are told of a new one until they have read it, also of one made at the server', async () => {
  const colleague = await addAdmin('rekan')
  await edge.platform.database.write([
    { sql: `INSERT INTO admin (id, username, password_hash, created_at) VALUES ('x', 'diam', '', 5)` },
  ])
  const [own, others] = [await noticesOf(admin), await noticesOf(colleague)]
  expect(own).toMatchObject([
    { kind: 'admin_added', username: 'rekan', by: 'pengelola' },
    { kind: 'admin_added', username: 'diam', by: null },
  ])
  expect(others).toMatchObject([{ username: 'diam' }])
  await admin.send('POST', '/api/admin/me/notices/read', { upTo: own[0]?.id })
  expect(await noticesOf(admin)).toMatchObject([{ username: 'diam' }])
  expect(await noticesOf(colleague)).toHaveLength(1)
  expect((await edge.visitor().send('POST', '/api/admin/me/notices/read', { upTo: 9 })).status).toBe(401)
})

test('the schema itself holds the rule, and the age of an admin', async () => {
  const { database } = edge.platform
  await addAdmin('rekan')
  const id = await largeWithdrawal()
  const paid = {
    sql: `UPDATE withdrawal_request SET state = 'paid', resolve_transfer_id = hold_transfer_id, paid_from = ?,
      bank_transaction_id = 'B' WHERE id = ?`,
    args: [bankId, id],
  }
  await expect(database.write([paid])).rejects.toMatchObject({ rule: 'SECOND_ADMIN_NEEDED' })
  const both = { sql: 'INSERT INTO withdrawal_approval SELECT ?, id, 1 FROM admin', args: [id] }
  await expect(database.write([both, paid])).rejects.toMatchObject({ rule: 'SECOND_ADMIN_TOO_NEW' })
  const older = { sql: 'UPDATE admin SET created_at = 1' }
  await expect(database.write([older])).rejects.toMatchObject({ rule: 'ADMIN_AGE_FIXED' })
})
