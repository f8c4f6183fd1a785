/** An admin gives a donation back in place of its streamer: by the same rules, and under their own name in the log. */
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { AdminDonation } from '../../shared/contracts/admin.ts'
import type { AdminCaseThread } from '../../shared/contracts/cases.ts'
import { createTestEdge, type Member, type TestEdge, type Visitor } from '../runtimes/node/test-edge.ts'
import { balanceOf, closeBalanced } from '../runtimes/node/test-money.ts'

const DAY_MS = 86_400_000

let edge: TestEdge
let admin: Visitor
let donor: Member
let streamer: Member
let id: string
beforeEach(async () => {
  edge = await createTestEdge()
  admin = await edge.setUp()
  streamer = await edge.member('streamer', { by: admin, rights: ['donations'] })
  donor = await edge.member('donatur')
  const credit = { amountRupiah: 50_000, reason: 'saldo awal' }
  const key = (name: string) => ({ 'idempotency-key': `kunci-admin-${name}` })
  await admin.send('POST', `/api/admin/members/${donor.id}/credits`, credit, key('saldo'))
  const donation = { amountRupiah: 20_000, senderName: 'Bu Siti', message: '=cmd <b>halo</b>' }
  await donor.send('POST', '/api/channels/streamer/donations', donation, key('donasi'))
  id = (await listed())?.id ?? ''
})
afterEach(() => closeBalanced(edge))

const listed = async () => {
  const { body } = await admin.get('/api/admin/donations')
  return (body as { donations: AdminDonation[] }).donations[0]
}
const refund = (by: Visitor = admin) =>
  by.send('POST', `/api/admin/donations/${id}/refund`, { reason: 'salah kirim' })

test('once, however often it is asked, and the log names the admin', async () => {
  expect((await listed())?.refundableUntil).toBeGreaterThan(edge.platform.clock.now())
  const answers = await Promise.all([refund(), refund()])
  expect(answers.map(({ status }) => status)).toEqual([204, 204])
  expect([await balanceOf(donor), await balanceOf(streamer)]).toEqual([50_000, 0])
  expect(await listed()).toMatchObject({ refundableUntil: null, refundedAt: edge.platform.clock.now() })
  const { body } = await admin.get('/api/admin/activity?action=donation_refunded')
  expect((body as { activity: unknown[] }).activity).toMatchObject([
    { admin: 'pengelola', member: 'streamer', details: { reason: 'salah kirim' } },
  ])
})

test('not after the hours, not what is spent, and by nobody else', async () => {
  for (const by of [donor, streamer, edge.visitor()]) expect((await refund(by)).status).toBe(401)
  const account = { bank: 'BCA', accountNumber: '0987654321', accountName: 'Ani Lestari' }
  await streamer.send('PUT', '/api/me/payout-account', account)
  const withdrawal = { amountRupiah: 10_000, feeRupiah: 0 }
  const key = { 'idempotency-key': 'kunci-admin-penarikan' }
  expect((await streamer.send('POST', '/api/me/withdrawals', withdrawal, key)).status).toBe(201)
  expect((await refund()).body).toMatchObject({ code: 'balance_too_low' })
  edge.platform.clock.advance(DAY_MS)
  expect((await refund()).body).toMatchObject({ code: 'refund_too_late' })
  expect((await listed())?.refundableUntil).toBeNull()
})

test('a case about it shows its words and whether it can be given back', async () => {
  const report = { kind: 'donation', reference: id, text: 'Salah kirim' }
  const { body } = await donor.send('POST', '/api/me/cases', report)
  const thread = await admin.get(`/api/admin/cases/${(body as { id: string }).id}`)
  expect((thread.body as AdminCaseThread).donation).toMatchObject({
    id,
    message: '=cmd <b>halo</b>',
    to: { slug: 'streamer' },
    refundedAt: null,
  })
})
