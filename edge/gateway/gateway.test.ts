import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { GuestPayment } from '../../shared/contracts/guests.ts'
import { hashToken } from '../../shared/tokens.ts'
import { fetchGateway } from '../runtimes/gateway-fetch.ts'
import { startGatewaySimulator, type GatewaySimulator } from '../runtimes/node/gateway-simulator/simulator.ts'
import { createTestEdge, type Member, type TestEdge, type Visitor } from '../runtimes/node/test-edge.ts'
import { GATEWAY_KEY, startGuestStage, type GuestStage } from '../runtimes/node/test-guests.ts'
import { balanceOf } from '../runtimes/node/test-money.ts'
import type { GatewayName } from './gateway.ts'

describe.each<GatewayName>(['midtrans', 'xendit'])('guests through %s', (name) => {
  let stage: GuestStage
  let edge: TestEdge
  let admin: Visitor
  let streamer: Member
  let simulator: GatewaySimulator
  beforeEach(async () => {
    stage = await startGuestStage({ gateway: name })
    ;({ edge, admin, streamer, simulator } = stage)
  })
  afterEach(() => stage.close())

  test('a paid code is a donation, once, however often it is told', async () => {
    const payment = await stage.asked()
    expect(payment).toMatchObject({ state: 'pending', amountRupiah: 25_000 })
    expect(payment.qrText).toContain(simulator.url)
    simulator.faults.duplicates = true
    await simulator.change(payment.id, 'paid')
    await Promise.all([1, 2, 3].map(() => simulator.notify(payment.id)))
    expect(new Set(simulator.answers)).toEqual(new Set([200]))
    expect(await stage.look(payment)).toMatchObject({ state: 'paid' })
    expect(await balanceOf(streamer)).toBe(25_000)
    expect(await stage.donations()).toMatchObject([
      { senderName: 'Bu Siti', message: 'sehat selalu', isAlert: true },
    ])
    const [row] = await edge.platform.database.read({ sql: 'SELECT COUNT(*) AS n FROM gateway_notice' })
    expect(row).toEqual({ n: 5 })
  })

  test('a guest without a name is anonymous, and no member list shows the row of guests', async () => {
    const payment = await stage.asked({ senderName: '' })
    await simulator.change(payment.id, 'paid')
    expect(await stage.donations()).toMatchObject([{ senderName: null }])
    const { members } = (await admin.get('/api/admin/members')).body as { members: { username: string }[] }
    expect(members.map(({ username }) => username)).toEqual(['streamer'])
    const signedIn = await edge
      .visitor()
      .send('POST', '/api/accounts/sign-in', { login: '~tamu', password: ' ' })
    expect(signedIn.status).toBe(401)
  })

  test('the same key is the same payment; with another request it is refused', async () => {
    const key = `kunci-tamu-sama-${name}`
    const [first, second] = [await stage.ask({}, key), await stage.ask({}, key)]
    expect(second.text).toBe(first.text)
    expect((await stage.ask({ amountRupiah: 26_000 }, key)).body).toMatchObject({
      code: 'idempotency_key_reused',
    })
    expect(simulator.orders).toHaveLength(1)
  })

  test('without any notice the page itself finds out', async () => {
    const payment = await stage.asked()
    simulator.faults.noNotices = true
    await simulator.change(payment.id, 'paid')
    expect((await stage.post(payment, 'check')).body).toMatchObject({ state: 'paid' })
    expect(await balanceOf(streamer)).toBe(25_000)
  })

  test.each(['wrongToken', 'tampered', 'wrongAmount'] as const)(
    'a notice with %s moves nothing',
    async (fault) => {
      const payment = await stage.asked()
      simulator.faults[fault] = true
      await simulator.notify(payment.id)
      expect(await balanceOf(streamer)).toBe(0)
      expect(simulator.answers).toEqual([fault === 'wrongToken' ? 401 : 200])
    },
  )

  test('what was paid must be what was asked for', async () => {
    const payment = await stage.asked()
    simulator.faults.paidOtherAmount = true
    await simulator.change(payment.id, 'paid')
    expect(await balanceOf(streamer)).toBe(0)
    expect(edge.platform.logged.join()).toContain('another amount')
  })

  test('a gateway that cannot be asked makes the notice come again, and then it counts', async () => {
    const payment = await stage.asked()
    simulator.faults.isDown = true
    await simulator.change(payment.id, 'paid')
    expect(simulator.answers.at(-1)).toBe(503)
    expect((await stage.ask()).body).toMatchObject({ code: 'gateway_unavailable' })
    simulator.faults.isDown = false
    await expect.poll(() => balanceOf(streamer), { timeout: 15_000 }).toBe(25_000)
  })

  test('an expired code that is paid late is honoured; nothing goes back to expired', async () => {
    const payment = await stage.asked()
    await simulator.change(payment.id, 'expired')
    expect(await stage.look(payment)).toMatchObject({ state: 'expired' })
    await simulator.change(payment.id, 'paid')
    expect(await stage.look(payment)).toMatchObject({ state: 'paid' })
    await simulator.change(payment.id, 'expired')
    expect(await stage.look(payment)).toMatchObject({ state: 'paid' })
    expect(await balanceOf(streamer)).toBe(25_000)
  })

  test('only a payment’s own address opens it, and it is not stored', async () => {
    const payment = await stage.asked()
    expect((await edge.visitor().get('/api/payments/bukan-milik-siapa-pun')).status).toBe(404)
    const [row] = await edge.platform.database.read({ sql: 'SELECT token_hash FROM gateway_payment' })
    expect(row).toEqual({ token_hash: await hashToken(payment.token) })
  })

  test.each([
    ['more than QRIS moves', { amountRupiah: 10_000_001 }, 'invalid_input'],
    ['a fraction', { amountRupiah: 10.5 }, 'invalid_input'],
    ['another fee', { feeRupiah: 5 }, 'donation_fee_changed'],
  ])('%s is refused', async (_what, request, code) => {
    expect((await stage.ask(request)).body).toMatchObject({ code })
  })
})

test('Midtrans may give the code as a picture only', async () => {
  const simulator = await startGatewaySimulator({
    gateway: 'midtrans',
    key: GATEWAY_KEY,
    deliver: () => Promise.resolve(200),
  })
  simulator.faults.onlyPictures = true
  const config = { name: 'midtrans', key: GATEWAY_KEY, callbackToken: '', url: simulator.url } as const
  const edge = await createTestEdge({ fetchGateway, config: { gateway: config } })
  try {
    const admin = await edge.setUp()
    await edge.member('streamer', { by: admin, rights: ['donations'] })
    const answer = await edge
      .visitor()
      .send(
        'POST',
        '/api/channels/streamer/guest-donations',
        { amountRupiah: 25_000 },
        { 'idempotency-key': 'kunci-tamu-gambar' },
      )
    const { qrText, token } = answer.body as GuestPayment
    expect(qrText).toBeNull()
    const picture = await edge.visitor().get(`/api/payments/${token}/qr.png`)
    expect([picture.status, picture.headers.get('content-type')]).toEqual([200, 'image/png'])
  } finally {
    await simulator.close()
    await edge.platform.close()
  }
})

test('without a gateway there is nothing for guests', async () => {
  const edge = await createTestEdge()
  try {
    const admin = await edge.setUp()
    await edge.member('streamer', { by: admin, rights: ['donations'] })
    expect((await edge.visitor().get('/api/channels/streamer')).body).toMatchObject({ acceptsGuests: false })
    for (const path of ['/api/channels/streamer/guest-donations', '/api/gateways/midtrans'])
      expect((await edge.visitor().send('POST', path, {})).status).toBe(404)
  } finally {
    await edge.platform.close()
  }
})
