/** What happens to payments of guests while nobody looks at their page. */
import { afterEach, beforeEach, expect, test } from 'vitest'
import { fetchGateway } from '../runtimes/gateway-fetch.ts'
import { lookAfterMoney } from '../runtimes/money-watch.ts'
import type { GatewaySimulator } from '../runtimes/node/gateway-simulator/simulator.ts'
import type { Member, TestEdge } from '../runtimes/node/test-edge.ts'
import { startGuestStage, type GuestStage } from '../runtimes/node/test-guests.ts'
import { balanceOf } from '../runtimes/node/test-money.ts'

const MINUTE_MS = 60_000

let guests: GuestStage
let simulator: GatewaySimulator
let edge: TestEdge
let streamer: Member
/** What the gateway says of a payment comes so much later. */
let answer: Promise<void>
let onAsked: () => void
beforeEach(async () => {
  answer = Promise.resolve()
  onAsked = () => undefined
  guests = await startGuestStage({
    async fetchGateway(url, init) {
      const said = await fetchGateway(url, init)
      onAsked()
      await answer
      return said
    },
  })
  ;({ edge, simulator, streamer } = guests)
  simulator.faults.noNotices = true
})
afterEach(() => guests.close())

async function minutesPass(minutes: number): Promise<void> {
  edge.platform.clock.advance(minutes * MINUTE_MS)
  // Two edges on one database have a timer each.
  await Promise.all([lookAfterMoney({ ...edge.platform }), lookAfterMoney({ ...edge.platform })])
}
const states = async () =>
  (await edge.platform.database.read({ sql: 'SELECT state FROM gateway_payment ORDER BY rowid' })).map(
    (row) => row['state'],
  )

test('the timer settles what was paid and expires what was not, once', async () => {
  const [paid, forgotten] = [await guests.asked(), await guests.asked()]
  await guests.asked()
  await simulator.change(paid.id, 'paid')
  await simulator.change(forgotten.id, 'expired')
  expect(await states()).toEqual(['pending', 'pending', 'pending'])
  await minutesPass(1)
  expect(await states()).toEqual(['paid', 'expired', 'pending'])
  await minutesPass(1)
  expect(await balanceOf(streamer)).toBe(25_000)
})

test('while the gateway is away nothing changes, and the next minute finds it', async () => {
  const payment = await guests.asked()
  await simulator.change(payment.id, 'paid')
  simulator.faults.isDown = true
  await minutesPass(1)
  expect(await states()).toEqual(['pending'])
  simulator.faults.isDown = false
  await minutesPass(1)
  expect(await states()).toEqual(['paid'])
})

test('the timer finishes a refund of which nobody told', async () => {
  const payment = await guests.asked()
  await simulator.change(payment.id, 'paid')
  await minutesPass(1)
  const [donation] = await guests.donations()
  const path = `/api/studio/streamer/donations/${donation?.id}/refund`
  expect((await streamer.send('POST', path, { reason: 'terlalu banyak' })).status).toBe(204)
  expect(await states()).toEqual(['held'])
  // The answer is lost on its way, so nobody knows whether it was refunded.
  simulator.faults.isDown = true
  await guests.post(payment, 'refund')
  expect(await states()).toEqual(['refunding'])
  simulator.faults.isDown = false
  await simulator.change(payment.id, 'refunded')
  await minutesPass(1)
  expect(await states()).toEqual(['refunded'])
})

test('what was never charged expires by itself', async () => {
  simulator.faults.isDown = true
  const key = 'kunci-tamu-tanpa-kode'
  expect((await guests.ask({}, key)).body).toMatchObject({ code: 'gateway_unavailable' })
  await minutesPass(14)
  expect(await states()).toEqual(['pending'])
  await minutesPass(1)
  expect(await states()).toEqual(['expired'])
  simulator.faults.isDown = false
  expect((await guests.ask({}, key)).body).toMatchObject({ state: 'expired' })
  expect(simulator.orders).toEqual([])
})

test('what the gateway took back first cannot be given back by the streamer, and that is no error', async () => {
  const payment = await guests.asked()
  await simulator.change(payment.id, 'paid')
  await minutesPass(1)
  const [donation] = await guests.donations()
  await simulator.change(payment.id, 'denied')
  await simulator.notify(payment.id)
  expect(await states()).toEqual(['reversed'])
  const path = `/api/studio/streamer/donations/${donation?.id}/refund`
  expect((await streamer.send('POST', path, { reason: 'terlalu banyak' })).status).toBe(204)
  expect(await balanceOf(streamer)).toBe(0)
})

test('what is claimed while the gateway takes it back is taken from whoever has claimed it', async () => {
  const [payment, other] = [await guests.asked(), await guests.asked()]
  for (const { id } of [payment, other]) await simulator.change(id, 'paid')
  await minutesPass(1)
  for (const { id } of await guests.donations())
    await streamer.send('POST', `/api/studio/streamer/donations/${id}/refund`, { reason: 'terlalu banyak' })
  expect(await states()).toEqual(['held', 'held'])
  const ani = await edge.member('ani')

  // The claim is told that all is well, and the notice that it is not, before either acts.
  const [claimAsks, claimHears] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
  answer = claimHears.promise
  onAsked = claimAsks.resolve
  const claim = guests.post(payment, 'claim', ani)
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
  expect(await balanceOf(ani)).toBe(0)
})
