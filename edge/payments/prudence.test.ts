import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Admin } from '../../shared/contracts/admin.ts'
import { createTestEdge, type Member, type TestEdge, type Visitor } from '../runtimes/node/test-edge.ts'
import { changePaymentSettings, closeBalanced } from '../runtimes/node/test-money.ts'

const DAY_MS = 86_400_000

let edge: TestEdge
let admin: Visitor
let streamer: Member
let donor: Member
let bankId: string
beforeEach(async () => {
  edge = await createTestEdge()
  admin = await edge.setUp()
  streamer = await edge.member('streamer', { by: admin, rights: ['donations'] })
  donor = await edge.member('donatur')
  const account = { bank: 'BCA', accountNumber: '1234567890', accountName: 'PT Panggung Uji' }
  bankId = ((await admin.send('POST', '/api/admin/receiving-accounts', account)).body as { id: string }).id
})
afterEach(() => closeBalanced(edge))

let keys = 0
const key = () => ({ 'idempotency-key': `kunci-kehati-hatian-${(keys += 1)}` })

const rule = (change: Record<string, number | null>) => changePaymentSettings(admin, change)
const credit = (person: Member, amountRupiah: number) =>
  admin.send('POST', `/api/admin/members/${person.id}/credits`, { amountRupiah, reason: 'saldo awal' }, key())
const donate = (amountRupiah: number) =>
  donor.send('POST', '/api/channels/streamer/donations', { amountRupiah }, key())
const askForDeposit = (amountRupiah: number) =>
  donor.send('POST', '/api/me/deposits', { amountRupiah, receivingAccountId: bankId }, key())

test('nobody asks for more than a wallet may hold, with what they were told to transfer', async () => {
  await rule({ walletCapRupiah: 100_000 })
  const first = await askForDeposit(60_000)
  expect(first.status).toBe(201)
  expect((await askForDeposit(40_000)).body).toMatchObject({ code: 'wallet_full' })
  const { id } = first.body as { id: string }
  // Its time over, it is nobody's plan any more; to reopen it must fit again.
  edge.platform.clock.advance(25 * 3_600_000)
  expect((await askForDeposit(90_000)).status).toBe(201)
  expect((await donor.send('POST', `/api/me/deposits/${id}/reopen`)).body).toMatchObject({
    code: 'wallet_full',
  })
})

test('a donation that the receiver may not hold is refused, and nothing of it remains', async () => {
  await credit(donor, 300_000)
  await rule({ walletCapRupiah: 100_000 })
  expect((await donate(80_000)).status).toBe(201)
  expect((await donate(20_001)).body).toMatchObject({ code: 'receiver_full' })
  expect((await donate(20_000)).status).toBe(201)
  expect((await donor.get('/api/me')).body).toMatchObject({ balanceRupiah: 200_000 })
})

test('incoming money of 31 days is bounded, and older money does not count', async () => {
  await credit(donor, 300_000)
  await edge.platform.database.write([{ sql: 'UPDATE session SET expires_at = 9e15' }])
  edge.platform.clock.advance(32 * DAY_MS)
  await rule({ incomingRupiahPerMonth: 100_000 })
  expect((await donate(70_000)).status).toBe(201)
  edge.platform.clock.advance(20 * DAY_MS)
  expect((await donate(30_001)).body).toMatchObject({ code: 'receiver_full' })
  expect((await donate(30_000)).status).toBe(201)
  expect((await askForDeposit(99_000)).status).toBe(201)
  expect((await askForDeposit(10_000)).body).toMatchObject({ code: 'month_full' })
  edge.platform.clock.advance(11 * DAY_MS + 1)
  expect((await donate(70_001)).body).toMatchObject({ code: 'receiver_full' })
  expect((await donate(70_000)).status).toBe(201)
})

test('admins see what is held for others, and from when on it is too much', async () => {
  const totals = async () => {
    const { totalHeldRupiah, totalHeldAlarmRupiah } = (await admin.get('/api/admin/me')).body as Admin
    return [totalHeldRupiah, totalHeldAlarmRupiah]
  }
  expect(await totals()).toEqual([0, 800_000_000])
  await rule({ donationFeePermille: 100, totalHeldAlarmRupiah: null })
  await credit(donor, 100_000)
  await donor.send(
    'POST',
    '/api/channels/streamer/donations',
    { amountRupiah: 50_000, feeRupiah: 5_000 },
    key(),
  )
  // The fee is the platform's own.
  expect(await totals()).toEqual([95_000, null])
})

test('money goes from one member to another as a donation and in no other way', async () => {
  await credit(donor, 200_000)
  await donate(50_000)
  const given = await donate(20_000)
  await streamer.send('POST', `/api/studio/streamer/donations/${(given.body as { id: string }).id}/refund`, {
    reason: 'salah kirim',
  })
  // What a member could try: each of these names somebody else.
  const attempts = await Promise.all([
    donor.send(
      'POST',
      `/api/admin/members/${streamer.id}/credits`,
      { amountRupiah: 1, reason: 'untukmu' },
      key(),
    ),
    donor.send('POST', '/api/me/transfers', { to: streamer.id, amountRupiah: 1 }, key()),
    donor.send(
      'POST',
      '/api/me/withdrawals',
      { amountRupiah: 1, feeRupiah: 0, memberId: streamer.id },
      key(),
    ),
    streamer.send('POST', '/api/channels/streamer/donations', { amountRupiah: 1 }, key()),
    donor.send('POST', '/api/channels/streamer/donations', { amountRupiah: -5 }, key()),
  ])
  expect(attempts.every(({ status }) => status >= 400)).toBe(true)
  const between = await edge.platform.database.read({
    sql: `SELECT DISTINCT kind FROM transfer WHERE id IN (SELECT transfer_id FROM entry
      JOIN account ON account.id = account_id WHERE member_id IS NOT NULL
      GROUP BY transfer_id HAVING COUNT(DISTINCT member_id) > 1) ORDER BY kind`,
  })
  expect(between).toEqual([{ kind: 'donation' }, { kind: 'donation_refunded' }])
})

test('the limits bind corrections by admins, and what a closed account would get', async () => {
  await rule({ walletCapRupiah: 100_000 })
  expect((await credit(donor, 100_001)).body).toMatchObject({ code: 'wallet_full' })
  expect((await credit(donor, 60_000)).status).toBe(201)
  expect((await credit(donor, 40_001)).body).toMatchObject({ code: 'wallet_full' })
  await rule({ walletCapRupiah: null, incomingRupiahPerMonth: 100_000 })
  expect((await credit(donor, 40_001)).body).toMatchObject({ code: 'month_full' })
  // Corrections count for what comes after them, too.
  expect((await askForDeposit(40_000)).body).toMatchObject({ code: 'month_full' })
  const { database } = edge.platform
  await database.write([
    { sql: 'UPDATE member SET closed_at = 1, frozen_at = 1 WHERE id = ?', args: [streamer.id] },
  ])
  expect((await credit(streamer, 1_000)).body).toMatchObject({ code: 'account_gone' })
  const guest = { ...donor, id: '0'.repeat(26) }
  expect((await credit(guest, 1_000)).body).toMatchObject({ code: 'account_gone' })
})

test('money that arrived and is too much for its owner stays unmatched with the reason, until it fits', async () => {
  await rule({ walletCapRupiah: 100_000 })
  await credit(donor, 60_000)
  const arrival = { bankTransactionId: 'MASUK-1', amountRupiah: 50_000, bookedOn: '2026-01-05' }
  const line = (await admin.send('POST', '/api/admin/bank-lines', { ...arrival, receivingAccountId: bankId }))
    .body
  const { id } = line as { id: string }
  const assign = () =>
    admin.send('POST', `/api/admin/bank-lines/${id}/assign`, { memberId: donor.id, reason: 'ada bukti' })
  expect((await assign()).body).toMatchObject({ code: 'wallet_full' })
  expect((await admin.get('/api/admin/bank-lines?state=unmatched')).body).toMatchObject({
    lines: [{ id, state: 'unmatched', refused: { code: 'wallet_full', username: 'donatur' } }],
  })
  await donate(20_000)
  const answers = await Promise.all([assign(), assign()])
  expect(answers.filter(({ status }) => status === 200)).toHaveLength(1)
  expect((await donor.get('/api/me')).body).toMatchObject({ balanceRupiah: 90_000 })
})

test('a request that is said to be paid is credited above the limit, and the log says so', async () => {
  await rule({ walletCapRupiah: 100_000 })
  const first = (await askForDeposit(60_000)).body as { id: string; totalRupiah: number }
  edge.platform.clock.advance(25 * 3_600_000)
  await credit(donor, 90_000)
  await donor.send('POST', `/api/me/deposits/${first.id}/claim`)
  expect((await admin.get('/api/admin/deposits?state=open')).body).toMatchObject({
    deposits: [{ id: first.id, isOverLimit: true }],
  })
  const approved = await admin.send('POST', `/api/admin/deposits/${first.id}/approve`, {
    bankTransactionId: 'MASUK-2',
    totalRupiah: first.totalRupiah,
  })
  expect(approved.status).toBe(200)
  expect((await admin.get('/api/admin/activity?action=wallet_over_limit')).body).toMatchObject({
    activity: [{ member: 'donatur', details: { amountRupiah: first.totalRupiah } }],
  })
})

test('a request is reopened within what a month allows', async () => {
  const first = (await askForDeposit(60_000)).body as { id: string }
  edge.platform.clock.advance(25 * 3_600_000)
  await rule({ incomingRupiahPerMonth: 100_000 })
  await credit(donor, 50_000)
  const reopen = () => donor.send('POST', `/api/me/deposits/${first.id}/reopen`)
  expect((await reopen()).body).toMatchObject({ code: 'month_full' })
  await rule({ incomingRupiahPerMonth: 200_000 })
  expect((await reopen()).status).toBe(200)
})
