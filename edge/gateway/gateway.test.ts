import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { GuestPayment } from '../../shared/contracts/guests.ts'
import { hashToken } from '../../shared/tokens.ts'
import { verifyLedger } from '../ledger/verify.ts'
import {
  startGatewaySimulator,
  type GatewaySimulator,
  type SimulatedGateway,
} from '../runtimes/node/gateway-simulator.ts'
import {
  createTestEdge,
  type Member,
  type TestAnswer,
  type TestEdge,
  type Visitor,
} from '../runtimes/node/test-edge.ts'
import { lookAfterMoney } from '../runtimes/money-watch.ts'
import { fetchGateway } from '../runtimes/gateway-fetch.ts'
import type { GatewayName } from './gateway.ts'
import { createMidtrans } from './midtrans.ts'
import { createXendit } from './xendit.ts'

const KEY = 'SB-Mid-server-TESTKEY'
const TOKEN = 'token-panggilan-balik'

test('the documented vector of a Midtrans signature', async () => {
  const config = { name: 'midtrans', key: KEY, callbackToken: '', url: 'http://127.0.0.1' } as const
  const gateway = createMidtrans(config, fetchGateway)
  const notice = (signature: string) =>
    gateway.readNotice(
      JSON.stringify({
        order_id: 'D-01JTESTORDER',
        status_code: '200',
        gross_amount: '10000.00',
        signature_key: signature,
        a_new_field: true,
      }),
      new Headers(),
    )
  const signature =
    '2ad94c7d230f3605161d4f2b3b88634a940726530042327e254ce0adc550d791f57142794652dbf7f709f7c86704633a0de07abd885d19fdfe86e6903c61ae40'
  expect(await notice(signature)).toEqual({ orderId: 'D-01JTESTORDER' })
  expect(await notice(signature.replace('2', '3'))).toBeUndefined()
  expect(await gateway.readNotice('{', new Headers())).toBeUndefined()
})

test('an empty callback token of Xendit is nobody’s', async () => {
  const config = { name: 'xendit', key: KEY, callbackToken: '', url: 'http://127.0.0.1' } as const
  const body = JSON.stringify({ event: 'payment.capture', data: { reference_id: 'x' } })
  expect(await createXendit(config, fetchGateway).readNotice(body, new Headers())).toBeUndefined()
})

describe.each<SimulatedGateway>(['midtrans', 'xendit'])('guests through %s', (name) => {
  let edge: TestEdge
  let admin: Visitor
  let streamer: Member
  let simulator: GatewaySimulator

  beforeEach(async () => {
    simulator = await startGatewaySimulator({
      gateway: name,
      key: KEY,
      callbackToken: TOKEN,
      timeScale: 1e-5,
      deliver: async (body, headers) => {
        const answer = await edge.app.request(`http://localhost/api/gateways/${name}`, {
          method: 'POST',
          headers,
          body,
        })
        return answer.status
      },
    })
    edge = await createTestEdge({
      fetchGateway,
      config: {
        gateway: { name: name satisfies GatewayName, key: KEY, callbackToken: TOKEN, url: simulator.url },
      },
    })
    admin = await edge.setUp()
    streamer = await edge.member('streamer', { by: admin, rights: ['donations'] })
  })
  afterEach(async () => {
    const faults = await verifyLedger(edge.platform.database)
    await simulator.close()
    await edge.platform.close()
    if (faults.length > 0) throw new Error(`The ledger is not balanced: ${JSON.stringify(faults)}`)
  })

  let keys = 0
  function ask(
    request: Record<string, unknown> = {},
    key = `kunci-tamu-${name}-${(keys += 1)}`,
  ): Promise<TestAnswer> {
    return edge
      .visitor()
      .send(
        'POST',
        '/api/channels/streamer/guest-donations',
        { amountRupiah: 25_000, senderName: 'Bu Siti', message: 'sehat selalu', ...request },
        { 'idempotency-key': key },
      )
  }
  const asked = async (request?: Record<string, unknown>) => (await ask(request)).body as GuestPayment
  const look = async ({ token }: GuestPayment) =>
    (await edge.visitor().get(`/api/payments/${token}`)).body as GuestPayment
  const post = ({ token }: GuestPayment, what: string, by: Visitor = edge.visitor()) =>
    by.send('POST', `/api/payments/${token}/${what}`)
  const balance = async (person: Visitor) =>
    ((await person.get('/api/me/wallet')).body as { balanceRupiah: number }).balanceRupiah
  const donations = async () =>
    (
      (await streamer.get('/api/studio/streamer/donations')).body as {
        donations: { senderName: string | null }[]
      }
    ).donations

  test('a paid code is a donation, once, however often it is told', async () => {
    const payment = await asked()
    expect(payment).toMatchObject({ state: 'pending', amountRupiah: 25_000 })
    expect(payment.qrText).toContain(simulator.url)
    simulator.faults.duplicates = true
    await simulator.change(payment.id, 'paid')
    await Promise.all([1, 2, 3].map(() => simulator.notify(payment.id)))
    expect(new Set(simulator.answers)).toEqual(new Set([200]))
    expect(await look(payment)).toMatchObject({ state: 'paid' })
    expect(await balance(streamer)).toBe(25_000)
    expect(await donations()).toMatchObject([
      { senderName: 'Bu Siti', message: 'sehat selalu', isAlert: true },
    ])
    const [row] = await edge.platform.database.read({ sql: 'SELECT COUNT(*) AS n FROM gateway_notice' })
    expect(row).toEqual({ n: 5 })
  })

  test('a guest without a name is anonymous, and no member list shows the row of guests', async () => {
    const payment = await asked({ senderName: '' })
    await simulator.change(payment.id, 'paid')
    expect(await donations()).toMatchObject([{ senderName: null }])
    const { members } = (await admin.get('/api/admin/members')).body as { members: { username: string }[] }
    expect(members.map(({ username }) => username)).toEqual(['streamer'])
    const signedIn = await edge
      .visitor()
      .send('POST', '/api/accounts/sign-in', { login: '~tamu', password: ' ' })
    expect(signedIn.status).toBe(401)
  })

  test('the same key is the same payment; with another request it is refused', async () => {
    const key = `kunci-tamu-sama-${name}`
    const [first, second] = [await ask({}, key), await ask({}, key)]
    expect(second.text).toBe(first.text)
    expect((await ask({ amountRupiah: 26_000 }, key)).body).toMatchObject({ code: 'idempotency_key_reused' })
    expect(simulator.orders).toHaveLength(1)
  })

  test('without any notice the page itself finds out', async () => {
    const payment = await asked()
    simulator.faults.noNotices = true
    await simulator.change(payment.id, 'paid')
    expect((await post(payment, 'check')).body).toMatchObject({ state: 'paid' })
    expect(await balance(streamer)).toBe(25_000)
  })

  test.each(['wrongToken', 'tampered', 'wrongAmount'] as const)(
    'a notice with %s moves nothing',
    async (fault) => {
      const payment = await asked()
      simulator.faults[fault] = true
      await simulator.notify(payment.id)
      expect(await balance(streamer)).toBe(0)
      expect(simulator.answers).toEqual([fault === 'wrongToken' ? 401 : 200])
    },
  )

  test('what was paid must be what was asked for', async () => {
    const payment = await asked()
    simulator.faults.paidOtherAmount = true
    await simulator.change(payment.id, 'paid')
    expect(await balance(streamer)).toBe(0)
    expect(edge.platform.logged.join()).toContain('another amount')
  })

  test('a gateway that cannot be asked makes the notice come again, and then it counts', async () => {
    const payment = await asked()
    simulator.faults.isDown = true
    await simulator.change(payment.id, 'paid')
    expect(simulator.answers.at(-1)).toBe(503)
    expect((await ask()).body).toMatchObject({ code: 'gateway_unavailable' })
    simulator.faults.isDown = false
    await expect.poll(() => balance(streamer), { timeout: 15_000 }).toBe(25_000)
  })

  test('an admin finds a payment by number, gives it back, and makes an address for who lost theirs', async () => {
    const payment = await asked()
    const path = `/api/admin/guest-payments/${payment.id}`
    await simulator.change(payment.id, 'expired')
    await look(payment)
    edge.platform.clock.advance(3_600_000)
    await simulator.change(payment.id, 'paid')
    const list = async (query: string) =>
      (await admin.get(`/api/admin/guest-payments?query=${query}`)).body as {
        payments: { id: string; reference: string; isLate: boolean; state: string }[]
      }
    const { payments } = await list(payment.id)
    expect(payments).toMatchObject([{ id: payment.id, isLate: true, state: 'paid', senderName: 'Bu Siti' }])
    expect((await list(payments[0]?.reference ?? '')).payments).toHaveLength(1)
    expect((await list('bukan-nomor')).payments).toEqual([])

    const makeLink = async () => {
      const { url } = (await admin.send('POST', `${path}/link`)).body as { url: string }
      return { ...payment, token: url.split('/pay/')[1] ?? '' }
    }
    const [first, second] = [await makeLink(), await makeLink()]
    expect((await post(first, 'check')).status).toBe(404)
    expect(await look(second)).toMatchObject({ id: payment.id, state: 'paid' })
    expect(await look(payment)).toMatchObject({ id: payment.id })

    const refund = () => admin.send('POST', `${path}/refund`, { reason: 'salah kirim' })
    const both = await Promise.all([refund(), refund()])
    expect(both.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, 409])
    await simulator.notify(payment.id)
    expect(await look(second)).toMatchObject({ state: 'refunded' })
    expect(await balance(streamer)).toBe(0)
    for (const what of ['check', 'refund', 'link'])
      expect((await streamer.send('POST', `${path}/${what}`, { reason: 'coba saja' })).status).toBe(401)
    expect((await streamer.get('/api/admin/guest-payments')).status).toBe(401)
  })

  test('an expired code that is paid late is honoured; nothing goes back to expired', async () => {
    const payment = await asked()
    await simulator.change(payment.id, 'expired')
    expect(await look(payment)).toMatchObject({ state: 'expired' })
    await simulator.change(payment.id, 'paid')
    expect(await look(payment)).toMatchObject({ state: 'paid' })
    await simulator.change(payment.id, 'expired')
    expect(await look(payment)).toMatchObject({ state: 'paid' })
    expect(await balance(streamer)).toBe(25_000)
  })

  test('a reversal after settlement takes it back, and what was spent is a debt', async () => {
    const other = await edge.member('lain', { by: admin, rights: ['donations'] })
    const payment = await asked()
    await simulator.change(payment.id, 'paid')
    await streamer.send(
      'POST',
      `/api/channels/${other.username}/donations`,
      { amountRupiah: 10_000 },
      { 'idempotency-key': 'kunci-donasi-streamer' },
    )
    await simulator.change(payment.id, 'denied')
    await simulator.notify(payment.id)
    expect(await look(payment)).toMatchObject({ state: 'reversed' })
    expect((await streamer.get('/api/me/wallet')).body).toMatchObject({
      balanceRupiah: 0,
      debtRupiah: 10_000,
    })
  })

  test('paid for a channel that closed: held, and returned by the gateway, once', async () => {
    const payment = await asked()
    await admin.send('DELETE', `/api/admin/members/${streamer.id}/rights/donations`, { reason: 'uji coba' })
    await simulator.change(payment.id, 'paid')
    expect(await look(payment)).toMatchObject({ state: 'held' })
    expect(await balance(streamer)).toBe(0)
    const answers = await Promise.all([post(payment, 'refund'), post(payment, 'refund')])
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1)
    await simulator.notify(payment.id)
    expect(await look(payment)).toMatchObject({ state: 'refunded' })
    const ani = await edge.member('ani')
    expect((await post(payment, 'claim', ani)).body).toMatchObject({ code: 'request_already_decided' })
  })

  test('what the gateway cannot return goes into the wallet of whoever has the link', async () => {
    const payment = await asked()
    await simulator.change(payment.id, 'paid')
    const [{ id } = { id: '' }] = (await donations()) as unknown as { id: string }[]
    const path = `/api/studio/streamer/donations/${id}/refund`
    expect((await streamer.send('POST', path, { reason: 'terlalu banyak' })).status).toBe(204)
    expect(await look(payment)).toMatchObject({ state: 'held' })
    simulator.faults.refusesRefunds = true
    expect((await post(payment, 'refund')).body).toMatchObject({ code: 'refund_refused' })
    expect((await post(payment, 'claim')).body).toMatchObject({ code: 'sign_in_required' })
    const ani = await edge.member('ani')
    const claims = await Promise.all([post(payment, 'claim', ani), post(payment, 'claim', ani)])
    expect(claims.filter(({ status }) => status === 200)).toHaveLength(1)
    expect([await balance(ani), await balance(streamer)]).toEqual([25_000, 0])
  })

  async function heldPayment(): Promise<GuestPayment> {
    const payment = await asked()
    await admin.send('DELETE', `/api/admin/members/${streamer.id}/rights/donations`, { reason: 'selesai' })
    await simulator.change(payment.id, 'paid')
    expect(await look(payment)).toMatchObject({ state: 'held' })
    return payment
  }

  test('a refund that got lost on the way is asked for again', async () => {
    const payment = await heldPayment()
    simulator.faults.losesRefunds = true
    expect((await post(payment, 'refund')).body).toMatchObject({ state: 'refunding' })
    simulator.faults.losesRefunds = false
    edge.platform.clock.advance(60_000)
    await lookAfterMoney(edge.platform)
    expect(simulator.orders[0]).toMatchObject({ state: 'refunded' })
    edge.platform.clock.advance(60_000)
    await lookAfterMoney(edge.platform)
    expect(await look(payment)).toMatchObject({ state: 'refunded' })
  })

  test('what the gateway gave back without a word is not claimed as well', async () => {
    const payment = await heldPayment()
    simulator.faults.noNotices = true
    await simulator.change(payment.id, 'refunded')
    const ani = await edge.member('ani')
    expect((await post(payment, 'claim', ani)).body).toMatchObject({ code: 'request_already_decided' })
    expect(await balance(ani)).toBe(0)
  })

  test('a part that was given back at the gateway does not take all of it from the streamer', async () => {
    const payment = await asked()
    await simulator.change(payment.id, 'paid')
    simulator.faults.refundedPart = true
    await simulator.notify(payment.id)
    expect(await look(payment)).toMatchObject({ state: 'paid' })
    expect(await balance(streamer)).toBe(25_000)
  })

  test('only a payment’s own address opens it, and it is not stored', async () => {
    const payment = await asked()
    expect((await edge.visitor().get('/api/payments/bukan-milik-siapa-pun')).status).toBe(404)
    const [row] = await edge.platform.database.read({ sql: 'SELECT token_hash FROM gateway_payment' })
    expect(row).toEqual({ token_hash: await hashToken(payment.token) })
  })

  test.each([
    ['more than QRIS moves', { amountRupiah: 10_000_001 }, 'invalid_input'],
    ['a fraction', { amountRupiah: 10.5 }, 'invalid_input'],
    ['another fee', { feeRupiah: 5 }, 'donation_fee_changed'],
  ])('%s is refused', async (_what, request, code) => {
    expect((await ask(request)).body).toMatchObject({ code })
  })
})

test('Midtrans may give the code as a picture only', async () => {
  const simulator = await startGatewaySimulator({
    gateway: 'midtrans',
    key: KEY,
    deliver: () => Promise.resolve(200),
  })
  simulator.faults.onlyPictures = true
  const config = { name: 'midtrans', key: KEY, callbackToken: '', url: simulator.url } as const
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
