/** Payments of guests as steps: what they, the gateway, streamers and admins do with them. */
import { donationFee } from '../../shared/contracts/donations.ts'
import { FEE_PERMILLE } from './money-world.ts'
import { adminOf, keyed, keyOf, newest, REASON, type Act } from './money-step.ts'

const GUEST_NAME = 'Bu Siti'

export const askAsGuest: Act = async (world, step, { username }) => {
  const { amountRupiah } = step
  const request = {
    amountRupiah,
    senderName: GUEST_NAME,
    feeRupiah: donationFee(amountRupiah, FEE_PERMILLE),
  }
  const key = keyOf(world, step)
  const path = `/api/channels/${username}/guest-donations`
  const answer = await world.send(adminOf(world, step), path, request, { key })
  await keyed(world, { kind: 'payment', owner: '', key }, answer, world.made.payments)
}

/** What a streamer gives back to a guest waits for them. */
export const refundGuest: Act = async (world, { which }, streamer) => {
  const path = `/api/studio/${streamer.username}/donations`
  const { status, body } = await streamer.get(path)
  if (status !== 200) return
  const { donations } = body as { donations: { id: string; senderName: string | null }[] }
  const ofGuests = donations.filter(({ senderName }) => senderName === GUEST_NAME)
  const donation = ofGuests[which % Math.max(1, ofGuests.length)]
  if (donation) await world.send(streamer, `${path}/${donation.id}/refund`, REASON)
}

/** Only what a gateway does: nobody pays twice, and what is denied was paid. */
export function atGateway(state: 'paid' | 'expired' | 'denied'): Act {
  return async ({ made, simulator }, step) => {
    const payment = newest(made.payments, step)
    const order = simulator.orders.find(({ orderId }) => orderId === payment?.id)
    const isPossible =
      state === 'denied'
        ? order?.state === 'paid'
        : order?.state === 'pending' || (state === 'paid' && order?.state === 'expired')
    if (order && isPossible) await simulator.change(order.orderId, state)
  }
}

export function onPayment(what: 'check' | 'refund' | 'claim'): Act {
  return async (world, step, person) => {
    const payment = newest(world.made.payments, step)
    if (!payment) return
    const { status } = await world.send(person, `/api/payments/${payment.token}/${what}`)
    if (what === 'claim' && status === 200) world.answered.decide(`claim of ${payment.id}`, person.id)
  }
}

export const takeBackForGuest: Act = async (world, step) => {
  const payment = newest(world.made.payments, step)
  if (payment)
    await world.send(adminOf(world, step), `/api/admin/guest-payments/${payment.id}/refund`, REASON)
}

export const tellAgain: Act = async ({ made, simulator }, step) => {
  const payment = newest(made.payments, step)
  if (payment) await simulator.notify(payment.id)
}
