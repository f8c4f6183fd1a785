import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Notification, Wallet } from '../../shared/contracts/accounts.ts'
import type { Admin } from '../../shared/contracts/admin.ts'
import type { AdminCase, AdminCaseThread, CaseThread } from '../../shared/contracts/cases.ts'
import { hashToken } from '../../shared/tokens.ts'
import { createTestEdge, type Member, type TestEdge, type Visitor } from '../runtimes/node/test-edge.ts'

let edge: TestEdge
let admin: Visitor
let ani: Member
let transferId: string
beforeEach(async () => {
  edge = await createTestEdge()
  admin = await edge.setUp()
  ani = await edge.member('ani')
  transferId = await credited(ani)
})
afterEach(() => edge.platform.close())

async function credited(person: Member): Promise<string> {
  const body = { amountRupiah: 50_000, reason: 'saldo awal' }
  const key = { 'idempotency-key': `kunci-laporan-${crypto.randomUUID()}` }
  await admin.send('POST', `/api/admin/members/${person.id}/credits`, body, key)
  return ((await person.get('/api/me/wallet')).body as Wallet).entries[0]?.transferId ?? ''
}

const open = (who: Visitor, reference = transferId, text = 'Uangnya kurang', kind = 'transfer') =>
  who.send('POST', '/api/me/cases', { kind, reference, text })

async function opened(who: Visitor, reference?: string): Promise<CaseThread> {
  const { status, body, text } = await open(who, reference)
  if (status !== 201) throw new Error(`${status}: ${text}`)
  return body as CaseThread
}

async function adminOpenCases(): Promise<number> {
  return ((await admin.get('/api/admin/me')).body as Admin).openCases
}

test('a case goes back and forth, and each side is told', async () => {
  const { id, amountRupiah, state } = await opened(ani)
  expect([amountRupiah, state, await adminOpenCases()]).toEqual([50_000, 'open', 1])
  const queue = (await admin.get('/api/admin/cases')).body as { cases: AdminCase[] }
  expect(queue.cases).toMatchObject([
    { id, kind: 'transfer', reference: transferId, member: { username: 'ani' } },
  ])

  const answered = await admin.send('POST', `/api/admin/cases/${id}/messages`, { text: 'Kami periksa\nya' })
  expect(answered.body).toMatchObject({
    state: 'answered',
    subject: { title: 'saldo awal', state: 'credit' },
  } satisfies Partial<Record<keyof AdminCaseThread, unknown>>)
  expect(await adminOpenCases()).toBe(0)
  const { body } = await ani.get('/api/me/notifications')
  const { notifications } = body as { notifications: Notification[] }
  expect(notifications.find(({ kind }) => kind === 'case_changed')).toMatchObject({
    caseId: id,
    change: 'answered',
    amountRupiah: 50_000,
  })
  const again = await ani.send('POST', `/api/me/cases/${id}/messages`, { text: '<b>Masih kurang</b>' })
  expect((again.body as CaseThread).messages.map(({ isFromAdmin, text }) => [isFromAdmin, text])).toEqual([
    [false, 'Uangnya kurang'],
    [true, 'Kami periksa\nya'],
    [false, '<b>Masih kurang</b>'],
  ])
  expect(await adminOpenCases()).toBe(1)
  for (const _ of [1, 2])
    expect((await admin.send('POST', `/api/admin/cases/${id}/close`)).body).toMatchObject({ state: 'closed' })
  for (const [who, path] of [
    [ani, `/api/me/cases/${id}/messages`],
    [admin, `/api/admin/cases/${id}/messages`],
  ] as const)
    expect((await who.send('POST', path, { text: 'masih' })).body).toMatchObject({ code: 'case_closed' })
  const lines = await edge.platform.database.read({
    sql: `SELECT action, json_extract(details, '$.caseId') AS id FROM activity WHERE action LIKE 'case%' ORDER BY id`,
  })
  expect(lines.map(({ action }) => action)).toEqual(['case_opened', 'case_answered', 'case_closed'])
  // What was closed may come up again, as a new case.
  expect((await opened(ani)).id).not.toBe(id)
})

test('nobody reads or opens a case about what belongs to somebody else', async () => {
  const { id } = await opened(ani)
  const budi = await edge.member('budi')
  expect((await open(budi)).status).toBe(404)
  for (const kind of ['donation', 'deposit', 'withdrawal'])
    expect([kind, (await open(ani, transferId, 'salah jenis', kind)).status]).toEqual([kind, 404])
  expect((await budi.get(`/api/me/cases/${id}`)).status).toBe(404)
  expect((await budi.send('POST', `/api/me/cases/${id}/messages`, { text: 'saya juga' })).status).toBe(404)
  expect((await budi.get('/api/me/cases')).body).toEqual({ cases: [] })
  for (const path of ['/api/admin/cases', `/api/admin/cases/${id}`])
    expect([path, (await ani.get(path)).status]).toEqual([path, 401])
  expect((await ani.send('POST', `/api/admin/cases/${id}/close`)).status).toBe(401)
  expect((await open(edge.visitor())).status).toBe(401)
})

test('what is written is bounded, and so is how much', async () => {
  expect((await open(ani, transferId, '  ')).body).toMatchObject({ fields: { text: 'missing' } })
  expect((await open(ani, transferId, 'x'.repeat(2_001))).body).toMatchObject({
    fields: { text: 'too_long' },
  })
  expect((await open(ani, 'bukan-nomor')).status).toBe(422)
  const both = await Promise.all([open(ani), open(ani)])
  expect(both.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([201, 409])
  for (let index = 0; index < 9; index++) await opened(ani, await credited(ani))
  expect((await open(ani, await credited(ani))).body).toMatchObject({ code: 'too_many_cases' })
  const id = ((await ani.get('/api/me/cases')).body as { cases: { id: string }[] }).cases[0]?.id ?? ''
  await edge.platform.database.write(
    Array.from({ length: 99 }, (_, index) => ({
      sql: `INSERT INTO case_message (id, case_id, body, created_at) VALUES (?, ?, 'x', 0)`,
      args: [`pesan-${index}`, id],
    })),
  )
  edge.platform.clock.advance(600_000)
  expect((await ani.send('POST', `/api/me/cases/${id}/messages`, { text: 'lagi' })).body).toMatchObject({
    code: 'case_full',
  })
  for (let index = 0; index < 25; index++)
    await ani.send('POST', `/api/me/cases/${id}/messages`, { text: 'lagi' })
  expect((await ani.send('POST', `/api/me/cases/${id}/messages`, { text: 'lagi' })).body).toMatchObject({
    code: 'rate_limited',
  })
})

test('a guest reports by the address of the payment, and reads the answer there', async () => {
  const streamer = await edge.member('streamer', { by: admin, rights: ['donations'] })
  await edge.platform.database.write([
    {
      sql: `INSERT INTO gateway_payment (id, token_hash, request_hash, gateway, channel_id, amount, request, expires_at,
          created_at) SELECT ?, ?, '', 'midtrans', id, 35000, '{}', 1, 1 FROM channel WHERE owner_id = ?`,
      args: [transferId, await hashToken('alamat-tamu'), streamer.id],
    },
  ])
  const guest = edge.visitor()
  const path = '/api/payments/alamat-tamu/case'
  expect((await guest.get(path)).body).toEqual({ thread: null })
  const first = await guest.send('POST', path, { text: 'Sudah bayar' })
  expect(first.body).toMatchObject({ kind: 'guest_payment', amountRupiah: 35_000, state: 'open' })
  const { id } = first.body as CaseThread
  expect((await admin.get(`/api/admin/cases/${id}`)).body).toMatchObject({
    member: null,
    subject: { state: 'pending' },
  })
  await admin.send('POST', `/api/admin/cases/${id}/messages`, { text: 'Sedang dicek' })
  const second = await guest.send('POST', path, { text: 'Terima kasih' })
  expect(second.body).toMatchObject({ id, state: 'open', messages: [{}, { isFromAdmin: true }, {}] })
  expect((await guest.get('/api/payments/lain/case')).status).toBe(404)
  expect((await guest.send('POST', '/api/payments/lain/case', { text: 'coba' })).status).toBe(404)
})
