/** Money that goes back: by an admin, by a guest, by the gateway itself. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { GuestPayment } from '../../shared/contracts/guests.ts'
import { lookAfterMoney } from '../runtimes/money-watch.ts'
import type { GatewaySimulator } from '../runtimes/node/gateway-simulator/simulator.ts'
import type { Member, TestEdge, Visitor } from '../runtimes/node/test-edge.ts'
import { startGuestStage, type GuestStage } from '../runtimes/node/test-guests.ts'
import { balanceOf } from '../runtimes/node/test-money.ts'
import type { GatewayName } from './gateway.ts'

describe.each<GatewayName>(['midtrans', 'xendit'])('through %s', (name) => {
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

  test('an admin finds a payment by number, gives it back, and makes an address for who lost theirs', async () => {
    const payment = await stage.asked()
    const path = `/api/admin/guest-payments/${payment.id}`
    await simulator.change(payment.id, 'expired')
    await stage.look(payment)
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
    expect((await stage.post(first, 'check')).status).toBe(404)
    expect(await stage.look(second)).toMatchObject({ id: payment.id, state: 'paid' })
    expect(await stage.look(payment)).toMatchObject({ id: payment.id })

    const refund = () => admin.send('POST', `${path}/refund`, { reason: 'salah kirim' })
    const both = await Promise.all([refund(), refund()])
    expect(both.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, 409])
    await simulator.notify(payment.id)
    expect(await stage.look(second)).toMatchObject({ state: 'refunded' })
    expect(await balanceOf(streamer)).toBe(0)
    for (const what of ['check', 'refund', 'link'])
      expect((await streamer.send('POST', `${path}/${what}`, { reason: 'coba saja' })).status).toBe(401)
    expect((await streamer.get('/api/admin/guest-payments')).status).toBe(401)
  })

  test('a reversal after settlement takes it back, and what was spent is a debt', async () => {
    const other = await edge.member('lain', { by: admin, rights: ['donations'] })
    const payment = await stage.asked()
    await simulator.change(payment.id, 'paid')
    await streamer.send(
      'POST',
      `/api/channels/${other.username}/donations`,
      { amountRupiah: 10_000 },
      { 'idempotency-key': 'kunci-donasi-streamer' },
    )
    await simulator.change(payment.id, 'denied')
    await simulator.notify(payment.id)
    expect(await stage.look(payment)).toMatchObject({ state: 'reversed' })
    expect((await streamer.get('/api/me/wallet')).body).toMatchObject({
      balanceRupiah: 0,
      debtRupiah: 10_000,
    })
  })

  test('paid for a channel that closed: held, and returned by the gateway, once', async () => {
    const payment = await stage.asked()
    await admin.send('DELETE', `/api/admin/members/${streamer.id}/rights/donations`, { reason: 'uji coba' })
    await simulator.change(payment.id, 'paid')
    expect(await stage.look(payment)).toMatchObject({ state: 'held' })
    expect(await balanceOf(streamer)).toBe(0)
    const answers = await Promise.all([stage.post(payment, 'refund'), stage.post(payment, 'refund')])
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1)
    await simulator.notify(payment.id)
    expect(await stage.look(payment)).toMatchObject({ state: 'refunded' })
    const ani = await edge.member('ani')
    expect((await stage.post(payment, 'claim', ani)).body).toMatchObject({ code: 'request_already_decided' })
  })

  test('what the gateway cannot return goes into the wallet of whoever has the link', async () => {
    const payment = await stage.asked()
    await simulator.change(payment.id, 'paid')
    const [{ id } = { id: '' }] = await stage.donations()
    const path = `/api/studio/streamer/donations/${id}/refund`
    expect((await streamer.send('POST', path, { reason: 'terlalu banyak' })).status).toBe(204)
    expect(await stage.look(payment)).toMatchObject({ state: 'held' })
    simulator.faults.refusesRefunds = true
    expect((await stage.post(payment, 'refund')).body).toMatchObject({ code: 'refund_refused' })
    expect((await stage.post(payment, 'claim')).body).toMatchObject({ code: 'sign_in_required' })
    const ani = await edge.member('ani')
    const claims = await Promise.all([stage.post(payment, 'claim', ani), stage.post(payment, 'claim', ani)])
    expect(claims.filter(({ status }) => status === 200)).toHaveLength(1)
    expect([await balanceOf(ani), await balanceOf(streamer)]).toEqual([25_000, 0])
  })

  async function heldPayment(): Promise<GuestPayment> {
    const payment = await stage.asked()
    await admin.send('DELETE', `/api/admin/members/${streamer.id}/rights/donations`, { reason: 'selesai' })
    await simulator.change(payment.id, 'paid')
    expect(await stage.look(payment)).toMatchObject({ state: 'held' })
    return payment
  }

  test('a refund that got lost on the way is asked for again', async () => {
    const payment = await heldPayment()
    simulator.faults.losesRefunds = true
    expect((await stage.post(payment, 'refund')).body).toMatchObject({ state: 'refunding' })
    simulator.faults.losesRefunds = false
    edge.platform.clock.advance(60_000)
    await lookAfterMoney(edge.platform)
    expect(simulator.orders[0]).toMatchObject({ state: 'refunded' })
    edge.platform.clock.advance(60_000)
    await lookAfterMoney(edge.platform)
    expect(await stage.look(payment)).toMatchObject({ state: 'refunded' })
  })

  test('what the gateway gave back without a word is not claimed as well', async () => {
    const payment = await heldPayment()
    simulator.faults.noNotices = true
    await simulator.change(payment.id, 'refunded')
    const ani = await edge.member('ani')
    expect((await stage.post(payment, 'claim', ani)).body).toMatchObject({ code: 'request_already_decided' })
    expect(await balanceOf(ani)).toBe(0)
  })

  test('a part that was given back at the gateway does not take all of it from the streamer', async () => {
    const payment = await stage.asked()
    await simulator.change(payment.id, 'paid')
    simulator.faults.refundedPart = true
    await simulator.notify(payment.id)
    expect(await stage.look(payment)).toMatchObject({ state: 'paid' })
    expect(await balanceOf(streamer)).toBe(25_000)
  })
})
