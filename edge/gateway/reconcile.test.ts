/** What happens to payments of guests while nobody looks at their page. */
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { GuestPayment } from '../../shared/contracts/guests.ts'
import { verifyLedger } from '../ledger/verify.ts'
import { fetchGateway } from '../runtimes/gateway-fetch.ts'
import { lookAfterMoney } from '../runtimes/money-watch.ts'
import { startGatewaySimulator, type GatewaySimulator } from '../runtimes/node/gateway-simulator.ts'
import { createTestEdge, type Member, type TestEdge, type Visitor } from '../runtimes/node/test-edge.ts'

const KEY = 'SB-Mid-server-TESTKEY'
const MINUTE_MS = 60_000

let simulator: GatewaySimulator
let edge: TestEdge
let admin: Visitor
let streamer: Member
/** What the gateway says of a payment comes so much later. */
let answer: Promise<void>
let onAsked: () => void
beforeEach(async () => {
  answer = Promise.resolve()
  onAsked = () => undefined
  simulator = await startGatewaySimulator({
    gateway: 'midtrans',
    key: KEY,
    timeScale: 1e-5,
    deliver: async (body, headers) => {
      const request = { method: 'POST', headers, body }
      return (await edge.app.request('http://localhost/api/gateways/midtrans', request)).status
    },
  })
  edge = await createTestEdge({
    async fetchGateway(url, init) {
      const said = await fetchGateway(url, init)
      onAsked()
      await answer
      return said
    },
    config: { gateway: { name: 'midtrans', key: KEY, callbackToken: '', url: simulator.url } },
  })
  admin = await edge.setUp()
  streamer = await edge.member('streamer', { by: admin, rights: ['donations'] })
  simulator.faults.noNotices = true
})
afterEach(async () => {
  const faults = await verifyLedger(edge.platform.database)
  await simulator.close()
  await edge.platform.close()
  if (faults.length > 0) throw new Error(`The ledger is not balanced: ${JSON.stringify(faults)}`)
})

let keys = 0
const ask = (key = `kunci-tamu-${(keys += 1)}-xxxx`) =>
  edge
    .visitor()
    .send(
      'POST',
      '/api/channels/streamer/guest-donations',
      { amountRupiah: 25_000, senderName: 'Bu Siti' },
      { 'idempotency-key': key },
    )
const asked = async () => (await ask()).body as GuestPayment
async function minutesPass(minutes: number): Promise<void> {
  edge.platform.clock.advance(minutes * MINUTE_MS)
  // Two edges on one database have a timer each.
  await Promise.all([lookAfterMoney({ ...edge.platform }), lookAfterMoney({ ...edge.platform })])
}
const states = async () =>
  (await edge.platform.database.read({ sql: 'SELECT state FROM gateway_payment ORDER BY rowid' })).map(
    (row) => row['state'],
  )
const balance = async (person: Visitor) =>
  ((await person.get('/api/me/wallet')).body as { balanceRupiah: number }).balanceRupiah

test('the timer settles what was paid and expires what was not, once', async () => {
  const [paid, forgotten] = [await asked(), await asked()]
  await asked()
  await simulator.change(paid.id, 'paid')
  await simulator.change(forgotten.id, 'expired')
  expect(await states()).toEqual(['pending', 'pending', 'pending'])
  await minutesPass(1)
  expect(await states()).toEqual(['paid', 'expired', 'pending'])
  await minutesPass(1)
  expect(await balance(streamer)).toBe(25_000)
})

test('while the gateway is away nothing changes, and the next minute finds it', async () => {
  const payment = await asked()
  await simulator.change(payment.id, 'paid')
  simulator.faults.isDown = true
  await minutesPass(1)
  expect(await states()).toEqual(['pending'])
  simulator.faults.isDown = false
  await minutesPass(1)
  expect(await states()).toEqual(['paid'])
})

test('the timer finishes a refund of which nobody told', async () => {
  const payment = await asked()
  await simulator.change(payment.id, 'paid')
  await minutesPass(1)
  const { body } = await streamer.get('/api/studio/streamer/donations')
  const [donation] = (body as { donations: { id: string }[] }).donations
  const path = `/api/studio/streamer/donations/${donation?.id}/refund`
  expect((await streamer.send('POST', path, { reason: 'terlalu banyak' })).status).toBe(204)
  expect(await states()).toEqual(['held'])
  // The answer is lost on its way, so nobody knows whether it was refunded.
  simulator.faults.isDown = true
  await edge.visitor().send('POST', `/api/payments/${payment.token}/refund`)
  expect(await states()).toEqual(['refunding'])
  simulator.faults.isDown = false
  await simulator.change(payment.id, 'refunded')
  await minutesPass(1)
  expect(await states()).toEqual(['refunded'])
})

test('what was never charged expires by itself', async () => {
  simulator.faults.isDown = true
  const key = 'kunci-tamu-tanpa-kode'
  expect((await ask(key)).body).toMatchObject({ code: 'gateway_unavailable' })
  await minutesPass(14)
  expect(await states()).toEqual(['pending'])
  await minutesPass(1)
  expect(await states()).toEqual(['expired'])
  simulator.faults.isDown = false
  expect((await ask(key)).body).toMatchObject({ state: 'expired' })
  expect(simulator.orders).toEqual([])
})

test('what the gateway took back first cannot be given back by the streamer, and that is no error', async () => {
  const payment = await asked()
  await simulator.change(payment.id, 'paid')
  await minutesPass(1)
  const { body } = await streamer.get('/api/studio/streamer/donations')
  const [donation] = (body as { donations: { id: string }[] }).donations
  await simulator.change(payment.id, 'denied')
  await simulator.notify(payment.id)
  expect(await states()).toEqual(['reversed'])
  const path = `/api/studio/streamer/donations/${donation?.id}/refund`
  expect((await streamer.send('POST', path, { reason: 'terlalu banyak' })).status).toBe(204)
  expect(await balance(streamer)).toBe(0)
})

test('what is claimed while the gateway takes it back is taken from whoever has claimed it', async () => {
  const [payment, other] = [await asked(), await asked()]
  for (const { id } of [payment, other]) await simulator.change(id, 'paid')
  await minutesPass(1)
  const { body } = await streamer.get('/api/studio/streamer/donations')
  for (const { id } of (body as { donations: { id: string }[] }).donations)
    await streamer.send('POST', `/api/studio/streamer/donations/${id}/refund`, { reason: 'terlalu banyak' })
  expect(await states()).toEqual(['held', 'held'])
  const ani = await edge.member('ani')

  // The claim is told that all is well, and the notice that it is not, before either acts.
  const [claimAsks, claimHears] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
  answer = claimHears.promise
  onAsked = claimAsks.resolve
  const claim = ani.send('POST', `/api/payments/${payment.token}/claim`)
  await claimAsks.promise
  const [noticeAsks, noticeHears] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
  answer = noticeHears.promise
  onAsked = noticeAsks.resolve
  await simulator.change(payment.id, 'denied')
  const told = simulator.notify(payment.id)
  await noticeAsks.promise
  claimHears.resolve()
  expect((await claim).status).toBe(200)
  noticeHears.resolve()
  expect(await told).toBe(200)
  // The other guest’s money is where it was; the ledger says so, too.
  expect(await states()).toEqual(['reversed', 'held'])
  expect(await balance(ani)).toBe(0)
})
