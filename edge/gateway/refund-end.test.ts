/** Xendit takes a refund and tells its end later: it may fail, and then the money is the guest's to choose again. */
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Admin } from '../../shared/contracts/admin.ts'
import type { GuestPayment } from '../../shared/contracts/guests.ts'
import { lookAfterMoney } from '../runtimes/money-watch.ts'
import { startGuestStage, type GuestStage } from '../runtimes/node/test-guests.ts'
import { balanceOf } from '../runtimes/node/test-money.ts'

let stage: GuestStage
let payment: GuestPayment
beforeEach(async () => {
  stage = await startGuestStage({ gateway: 'xendit' })
  payment = await stage.asked()
  await stage.simulator.change(payment.id, 'paid')
  const [donation] = await stage.donations()
  const path = `/api/studio/streamer/donations/${donation?.id}/refund`
  await stage.streamer.send('POST', path, { reason: 'terlalu banyak' })
  stage.simulator.faults.takesRefunds = true
  stage.simulator.faults.noNotices = true
  await stage.post(payment, 'refund')
})
afterEach(() => stage.close())

const look = () => stage.look(payment)

test('while it is under way nothing changes, and the timer finds that it succeeded', async () => {
  await stage.minutesPass(1)
  expect(await stage.states()).toEqual(['refunding'])
  await stage.simulator.endRefund(payment.id, 'SUCCEEDED')
  await stage.minutesPass(1)
  expect(await stage.states()).toEqual(['refunded'])
})

test('one that fails, also weeks later, is told to the guest and the admins, and the wallet is another way', async () => {
  await stage.minutesPass(20 * 24 * 60)
  expect(await stage.states()).toEqual(['refunding'])
  await stage.simulator.endRefund(payment.id, 'FAILED')
  await stage.minutesPass(1)
  expect(await look()).toMatchObject({ state: 'held' })
  expect((await look()).refundFailedAt).not.toBeNull()
  const { body } = await stage.admin.get('/api/admin/me')
  expect((body as Admin).notices).toMatchObject([
    { kind: 'refund_failed', amountRupiah: 25_000, reference: payment.id },
  ])
  const { body: log } = await stage.admin.get('/api/admin/activity?action=gateway_refund_failed')
  expect((log as { activity: unknown[] }).activity).toHaveLength(1)
  const ani = await stage.edge.member('ani')
  expect((await stage.post(payment, 'claim', ani)).status).toBe(200)
  expect(await balanceOf(ani)).toBe(25_000)
})

test('the notice of a failure is enough, and another try is another refund', async () => {
  stage.simulator.faults.noNotices = false
  await stage.simulator.endRefund(payment.id, 'FAILED')
  expect(await stage.states()).toEqual(['held'])
  stage.simulator.faults.takesRefunds = false
  expect((await stage.post(payment, 'refund')).body).toMatchObject({
    state: 'refunding',
    refundFailedAt: null,
  })
  await stage.minutesPass(1)
  expect(await stage.states()).toEqual(['refunded'])
})

test('whoever learned late that the first try failed does not end the second', async () => {
  // This edge is told of the failure, and acts only when the next try is under way.
  const heard = Promise.withResolvers<void>()
  const mayAct = Promise.withResolvers<void>()
  const { fetchGateway } = stage.edge.platform
  const late = lookAfterMoney({
    ...stage.edge.platform,
    clock: { ...stage.edge.platform.clock, now: () => stage.edge.platform.clock.now() + 60_000 },
    async fetchGateway(url, init) {
      const answer = await fetchGateway(url, init)
      if (!url.includes('/refunds/')) return answer
      heard.resolve()
      await mayAct.promise
      return answer
    },
  })
  await stage.simulator.endRefund(payment.id, 'FAILED')
  await heard.promise
  stage.edge.platform.clock.advance(70_000)
  expect(await look()).toMatchObject({ state: 'held' })
  expect((await stage.post(payment, 'refund')).body).toMatchObject({ state: 'refunding' })
  mayAct.resolve()
  await late
  expect(await stage.states()).toEqual(['refunding'])
})
