import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Notification, Wallet } from '../../shared/contracts/accounts.ts'
import type { AdminHeldDonation, HeldDonation } from '../../shared/contracts/donations.ts'
import { lookAfterMoney } from '../runtimes/money-watch.ts'
import type { Member, TestAnswer, TestEdge, Visitor } from '../runtimes/node/test-edge.ts'
import { startGuestStage, type GuestStage } from '../runtimes/node/test-guests.ts'
import { changePaymentSettings } from '../runtimes/node/test-money.ts'

const HOUR_MS = 3_600_000

let guests: GuestStage
let edge: TestEdge
let admin: Visitor
let streamer: Member
let donor: Member
beforeEach(async () => {
  guests = await startGuestStage()
  ;({ edge, admin, streamer } = guests)
  donor = await edge.member('donatur')
  await rule({ donationHoldAboveRupiah: 100_000, donationHoldHours: 24 })
  await credit(donor, 2_000_000)
})
afterEach(() => guests.close())

let keys = 0
const key = () => ({ 'idempotency-key': `kunci-donasi-ditahan-${(keys += 1)}` })

const rule = (change: Record<string, number | null>) => changePaymentSettings(admin, change)
const credit = (person: Member, amountRupiah: number) =>
  admin.send('POST', `/api/admin/members/${person.id}/credits`, { amountRupiah, reason: 'saldo awal' }, key())
async function donate(amountRupiah: number, more: object = {}): Promise<string> {
  // Ids of one millisecond have no order.
  edge.platform.clock.advance(1)
  const request = { amountRupiah, ...more }
  const answer = await donor.send('POST', '/api/channels/streamer/donations', request, key())
  if (answer.status !== 201) throw new Error(answer.text)
  return (answer.body as { id: string }).id
}
async function walletOf(person: Member) {
  const { balanceRupiah, heldRupiah } = (await person.get('/api/me/wallet')).body as Wallet
  return { balanceRupiah, heldRupiah }
}
const heldOf = async (person: Member) =>
  ((await person.get('/api/me/held-donations')).body as { donations: HeldDonation[] }).donations
const listed = async () =>
  ((await admin.get('/api/admin/held-donations')).body as { donations: AdminHeldDonation[] }).donations
const decide = (id: string, decision: 'release' | 'refund'): Promise<TestAnswer> =>
  admin.send('POST', `/api/admin/held-donations/${id}/${decision}`, { reason: 'sudah diperiksa' })
const looked = () => lookAfterMoney({ ...edge.platform })

test('a large first donation is shown at once, held, and comes to the balance in time', async () => {
  const id = await donate(100_001, { isAnonymous: true })
  const releaseAt = edge.platform.clock.now() + 24 * HOUR_MS
  expect(await walletOf(streamer)).toEqual({ balanceRupiah: 0, heldRupiah: 100_001 })
  expect(await heldOf(streamer)).toMatchObject([{ id, senderName: null, amountRupiah: 100_001, releaseAt }])
  expect(await edge.platform.database.read({ sql: 'SELECT state FROM alert_play' })).toEqual([
    { state: 'queued' },
  ])
  expect((await streamer.get('/api/studio/streamer/donations')).body).toMatchObject({
    donations: [{ heldUntil: releaseAt }],
  })
  await streamer.send('PUT', '/api/me/payout-account', {
    bank: 'BCA',
    accountNumber: '1234567890',
    accountName: 'Budi Santoso',
  })
  const withdrawal = await streamer.send(
    'POST',
    '/api/me/withdrawals',
    { amountRupiah: 1, feeRupiah: 0 },
    key(),
  )
  expect(withdrawal.body).toMatchObject({ code: 'balance_too_low' })

  edge.platform.clock.advance(24 * HOUR_MS - 1)
  await looked()
  expect(await walletOf(streamer)).toEqual({ balanceRupiah: 0, heldRupiah: 100_001 })
  edge.platform.clock.advance(1)
  await Promise.all([looked(), looked()])
  expect(await walletOf(streamer)).toEqual({ balanceRupiah: 100_001, heldRupiah: 0 })
  expect(await heldOf(streamer)).toEqual([])
  const { body } = await streamer.get('/api/me/notifications')
  const told = (body as { notifications: Notification[] }).notifications
  expect(told).toMatchObject([
    { kind: 'donation_hold_decided', decision: 'released', amountRupiah: 100_001, reason: null },
    { kind: 'donation_received', heldUntil: releaseAt },
    { kind: 'right_decided' },
  ])
  expect((await streamer.get('/api/me/wallet')).body).toMatchObject({
    entries: [{ kind: 'donation_released', amountRupiah: 100_001 }],
  })
})

test('small ones are not held until together they are large; a known donor’s never are', async () => {
  await donate(60_000)
  await donate(40_000)
  expect(await walletOf(streamer)).toEqual({ balanceRupiah: 100_000, heldRupiah: 0 })
  await donate(10_000)
  expect(await walletOf(streamer)).toEqual({ balanceRupiah: 100_000, heldRupiah: 10_000 })
  edge.platform.clock.advance(24 * HOUR_MS)
  await donate(900_000)
  expect(await walletOf(streamer)).toEqual({ balanceRupiah: 1_000_000, heldRupiah: 10_000 })
})

test('a donation that was given back makes nobody known', async () => {
  const first = await donate(10_000)
  await streamer.send('POST', `/api/studio/streamer/donations/${first}/refund`, { reason: 'uji coba' })
  edge.platform.clock.advance(25 * HOUR_MS)
  await donate(100_001)
  expect(await walletOf(streamer)).toEqual({ balanceRupiah: 0, heldRupiah: 100_001 })
})

test('an admin lets go or gives back, once, whoever is faster; the fee goes with it', async () => {
  await rule({ donationFeePermille: 100, refundHours: 0 })
  const [kept, back] = [
    await donate(200_000, { feeRupiah: 20_000 }),
    await donate(300_000, { feeRupiah: 30_000 }),
  ]
  expect(await listed()).toMatchObject([
    { id: back, from: { username: 'donatur' }, to: { slug: 'streamer' }, amountRupiah: 270_000 },
    { id: kept },
  ])
  expect((await decide(kept, 'release')).status).toBe(204)
  expect((await decide(kept, 'refund')).body).toMatchObject({ code: 'request_already_decided' })
  expect((await decide(back, 'refund')).status).toBe(204)
  expect((await decide(back, 'release')).body).toMatchObject({ code: 'request_already_decided' })
  expect(await walletOf(streamer)).toEqual({ balanceRupiah: 180_000, heldRupiah: 0 })
  expect(await walletOf(donor)).toEqual({ balanceRupiah: 1_800_000, heldRupiah: 0 })
  const race = await donate(500_000, { feeRupiah: 50_000 })
  const answers = await Promise.all([decide(race, 'release'), decide(race, 'refund'), looked()])
  expect(answers.slice(0, 2).filter((answer) => answer?.status === 204)).toHaveLength(1)
  const { heldRupiah } = await walletOf(streamer)
  expect(heldRupiah).toBe(0)
})

test('the streamer gives back what is held; nobody else decides', async () => {
  const id = await donate(200_000)
  for (const person of [streamer, donor, edge.visitor()])
    for (const decision of ['release', 'refund'])
      expect(
        (await person.send('POST', `/api/admin/held-donations/${id}/${decision}`, { reason: 'saya' })).status,
      ).toBe(401)
  expect((await decide('0'.repeat(26), 'release')).status).toBe(404)
  const plain = await edge.platform.database.read({ sql: `SELECT id FROM donation WHERE id <> '${id}'` })
  expect(plain).toEqual([])
  await streamer.send('POST', `/api/studio/streamer/donations/${id}/refund`, { reason: 'terlalu banyak' })
  expect(await walletOf(streamer)).toEqual({ balanceRupiah: 0, heldRupiah: 0 })
  expect(await walletOf(donor)).toEqual({ balanceRupiah: 2_000_000, heldRupiah: 0 })
})

test('of a frozen account nothing is let go until it is looked into', async () => {
  const id = await donate(200_000)
  const freeze = (method: string) =>
    admin.send(method, `/api/admin/members/${donor.id}/freeze`, { reason: 'diperiksa' })
  await freeze('PUT')
  edge.platform.clock.advance(48 * HOUR_MS)
  await looked()
  expect((await decide(id, 'release')).body).toMatchObject({ code: 'account_frozen' })
  expect(await walletOf(streamer)).toEqual({ balanceRupiah: 0, heldRupiah: 200_000 })
  await freeze('DELETE')
  await looked()
  expect(await walletOf(streamer)).toEqual({ balanceRupiah: 200_000, heldRupiah: 0 })
})

test('guests are never known: each large one is held, and a reversal by the gateway takes what is held', async () => {
  const { simulator } = guests
  const give = async (amountRupiah: number) => {
    const payment = await guests.asked({ amountRupiah })
    await simulator.change(payment.id, 'paid')
    return payment
  }
  await give(90_000)
  await give(90_000)
  const large = await give(150_000)
  expect(await walletOf(streamer)).toEqual({ balanceRupiah: 180_000, heldRupiah: 150_000 })
  await simulator.change(large.id, 'denied')
  await simulator.notify(large.id)
  expect(await walletOf(streamer)).toEqual({ balanceRupiah: 180_000, heldRupiah: 0 })
  edge.platform.clock.advance(24 * HOUR_MS)
  const later = await give(150_000)
  expect(await walletOf(streamer)).toEqual({ balanceRupiah: 180_000, heldRupiah: 150_000 })
  const [{ id } = { id: '' }] = await heldOf(streamer)
  expect((await decide(id, 'refund')).status).toBe(204)
  expect(await guests.look(later)).toMatchObject({ state: 'held' })
})
