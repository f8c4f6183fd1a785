/** What the gateway knows of a payment by now: asked for, booked, and a refund followed to its end. */
import { AppError } from '../../shared/errors.ts'
import { logActivity } from '../db/activity.ts'
import type { Statement } from '../ports.ts'
import type { Gateway } from './gateway.ts'
import { refunded, settle, type SettlePlatform } from './settle.ts'
import {
  beginRefund,
  checkedNow,
  findById,
  hasMovedOn,
  refundReturned,
  refundTaken,
  tellRefundFailed,
  type StoredPayment,
} from './store.ts'

export interface GatewayDeps {
  readonly platform: SettlePlatform
  readonly gateway: Gateway
}

/** Asks the gateway and books what it says. One that cannot be reached says nothing new. */
export async function ask(deps: GatewayDeps, payment: StoredPayment): Promise<StoredPayment> {
  const { platform, gateway } = deps
  const { id, reference } = payment
  if (reference === null || payment.gateway !== gateway.name) return payment
  const askedAt = platform.clock.now()
  await platform.database.write([checkedNow(id, askedAt)])
  const status = await gateway.status({ orderId: id, reference })
  if (!status) return payment
  const settled = await settle(platform, payment, status)
  // Who asked later may have been answered sooner, with what is newer than this.
  const isOvertaken = settled.checkedAt > askedAt && settled.state !== payment.state
  return isOvertaken ? ask(deps, settled) : followRefund(deps, settled)
}

/** One that was taken ends later, and may fail: then the guest chooses again, another try or a wallet. */
async function followRefund(
  { platform, gateway }: GatewayDeps,
  payment: StoredPayment,
): Promise<StoredPayment> {
  const { id, state, refundReference } = payment
  if (state !== 'refunding' || refundReference === null || !gateway.refundState) return payment
  const end = await gateway.refundState(refundReference)
  if (end === 'taken') return payment
  if (end === 'refunded') await refunded(platform, payment)
  if (end === 'failed') {
    const nowMs = platform.clock.now()
    const { amountRupiah, channel } = payment
    await writeIfSame(platform, [
      refundReturned(payment, nowMs),
      tellRefundFailed(payment, nowMs),
      logActivity({
        action: 'gateway_refund_failed',
        memberId: channel.ownerId,
        details: { channel: channel.slug, amountRupiah, reference: id },
        nowMs,
      }),
    ])
  }
  return (await findById(platform.database, id)) ?? payment
}

/** @throws AppError `request_already_decided`, `refund_refused` */
export async function refundHeld(
  deps: GatewayDeps,
  payment: StoredPayment,
  also: readonly Statement[] = [],
): Promise<StoredPayment> {
  const { platform, gateway } = deps
  const { id, reference } = payment
  const isOurs = reference !== null && payment.gateway === gateway.name
  // Looked at now: nobody asks for the refund again while this one is under way.
  const hasBegun =
    payment.state === 'held' &&
    isOurs &&
    (await writeIfSame(platform, [beginRefund(id, platform.clock.now()), ...also]))
  const begun = hasBegun ? await findById(platform.database, id) : undefined
  if (!begun) throw new AppError('request_already_decided')
  return sendRefund(deps, begun)
}

/** Does nothing for any other. @throws AppError `refund_refused` */
export async function sendLostRefund(deps: GatewayDeps, payment: StoredPayment): Promise<void> {
  if (payment.state === 'refunding' && payment.refundTakenAt === null) await sendRefund(deps, payment)
}

/** One that got lost is sent again by the same key, which counts once at the gateway. @throws AppError `refund_refused` */
async function sendRefund(deps: GatewayDeps, payment: StoredPayment): Promise<StoredPayment> {
  const { platform, gateway } = deps
  const { id, amountRupiah, reference, refundAttempt } = payment
  if (reference === null || payment.gateway !== gateway.name) return payment
  const refundKey = refundAttempt > 1 ? `refund-${id}-${refundAttempt}` : `refund-${id}`
  const answer = await gateway
    .refund({ orderId: id, reference, refundKey, amountRupiah })
    .catch((error: unknown) => {
      platform.log.warn({ payment: id, cause: String(error) }, 'nobody knows yet whether a refund was taken')
      return undefined
    })
  if (answer?.state === 'refunded') await refunded(platform, payment)
  if (answer?.state === 'taken')
    await platform.database.write([refundTaken(payment, answer.refundReference, platform.clock.now())])
  if (answer?.state === 'refused' && (await ask(deps, payment)).state === 'refunding') {
    // Not returned, and the gateway says so itself: the guest may take it otherwise.
    await writeIfSame(platform, [refundReturned(payment, null)])
    throw new AppError('refund_refused')
  }
  return (await findById(platform.database, id)) ?? payment
}

/** @returns false when the payment, or the attempt, is another by now */
async function writeIfSame(
  { database }: Pick<SettlePlatform, 'database'>,
  statements: readonly Statement[],
): Promise<boolean> {
  try {
    await database.write(statements)
    return true
  } catch (cause) {
    if (hasMovedOn(cause)) return false
    throw cause
  }
}
