/** What happens to payments of guests while nobody looks at their page. */
import { afterEach, beforeEach, expect, test } from 'vitest'
import { fetchGateway } from '../runtimes/gateway-fetch.ts'
import type { GatewaySimulator } from '../runtimes/node/gateway-simulator/simulator.ts'
import type { Member, TestEdge } from '../runtimes/node/test-edge.ts'
import { startGuestStage, type GuestStage } from '../runtimes/node/test-guests.ts'
import { balanceOf } from '../runtimes/node/test-money.ts'

const HOUR_MINUTES = 60

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

const minutesPass = (minutes: number) => guests.minutesPass(minutes)
const states = () => guests.states()

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

test('a late payment of which no notice arrived is found, and an old code is asked for ever more rarely', async () => {
  const [late, never] = [await guests.asked(), await guests.asked()]
  for (const { id } of [late, never]) await simulator.change(id, 'expired')
  await minutesPass(16)
  expect(await states()).toEqual(['expired', 'expired'])
  await simulator.change(late.id, 'paid')
  let questions = 0
  onAsked = () => (questions += 1)
  await minutesPass(9)
  expect(questions).toBe(0)
  await minutesPass(2)
  expect(await states()).toEqual(['paid', 'expired'])
  expect(await balanceOf(streamer)).toBe(25_000)
  questions = 0
  for (let hour = 0; hour < 72; hour++) await minutesPass(HOUR_MINUTES)
  // Two timers may ask at the same moment.
  expect(questions).toBeGreaterThan(4)
  expect(questions).toBeLessThan(20)
  questions = 0
  await minutesPass(HOUR_MINUTES)
  expect(questions).toBe(0)
})

test('a code of which the gateway never says the end expires by itself after a week', async () => {
  await guests.asked()
  await minutesPass(6 * 24 * HOUR_MINUTES)
  expect(await states()).toEqual(['pending'])
  await minutesPass(2 * 24 * HOUR_MINUTES)
  expect(await states()).toEqual(['expired'])
})

test('questions are found by an index, however many payments there have been', async () => {
  const plan = async (where: string) =>
    JSON.stringify(
      await edge.platform.database.read({
        sql: `EXPLAIN QUERY PLAN SELECT id FROM gateway_payment WHERE ${where}`,
      }),
    )
  expect(await plan(`gateway = 'midtrans' AND ask_again_at <= 5 ORDER BY ask_again_at`)).toMatch(
    /SEARCH .*gateway_payment_ask_again/,
  )
  expect(await plan(`state = 'pending' AND gateway = 'midtrans' AND checked_at < 5`)).toMatch(
    /SEARCH .*gateway_payment_pending/,
  )
  expect(await plan(`state = 'refunding' AND gateway = 'midtrans' AND checked_at < 5`)).toMatch(
    /SEARCH .*gateway_payment_refunding/,
  )
})

test('a clock that is set back by a day stops nobody from asking', async () => {
  const [byTimer, byPage] = [await guests.asked(), await guests.asked()]
  await minutesPass(1)
  edge.platform.clock.advance(-24 * HOUR_MINUTES * 60_000)
  for (const { id } of [byTimer, byPage]) await simulator.change(id, 'paid')
  expect(await guests.look(byPage)).toMatchObject({ state: 'paid' })
  await minutesPass(1)
  expect(await states()).toEqual(['paid', 'paid'])
  expect(await balanceOf(streamer)).toBe(50_000)
})
