/** Xendit's Payments API for QRIS: the documented requests, answers, notices and repetitions. */
import { randomUUID } from 'node:crypto'
import {
  addOrder,
  codeOf,
  paidAmount,
  type ApiAnswer,
  type Books,
  type SimulatedApi,
  type SimulatedOrder,
  type SimulatedRefund,
} from './api.ts'

const NOT_FOUND: ApiAnswer = { status: 404, body: { error_code: 'DATA_NOT_FOUND' } }
const refundAnswer = ({ id, status }: SimulatedRefund): ApiAnswer => ({ status: 200, body: { id, status } })

const MINUTE_MS = 60_000
const WAITS_MS = [15, 60, 180, 360, 720, 1440].map((minutes) => minutes * MINUTE_MS)

export function simulateXendit(books: Books): SimulatedApi {
  const { callbackToken, faults, orders, refunds } = books

  function create(body: unknown): ApiAnswer {
    const { reference_id: orderId, request_amount: amountRupiah } = body as {
      reference_id: string
      request_amount: number
    }
    const order =
      orders.get(orderId) ?? addOrder(books, { orderId, reference: `pr-${randomUUID()}`, amountRupiah })
    return {
      status: 201,
      body: {
        ...requestOf(order),
        actions: [{ type: 'PRESENT_TO_CUSTOMER', descriptor: 'QR_STRING', value: codeOf(books, order) }],
      },
    }
  }

  function requestOf(order: SimulatedOrder) {
    return {
      payment_request_id: order.reference,
      reference_id: order.orderId,
      currency: 'IDR',
      // As the documented example has it.
      request_amount: String(paidAmount(books, order)),
      channel_code: 'QRIS',
      ...(faults.refundedPart === true && { refunded_amount: 1 }),
      status: {
        pending: 'REQUIRES_ACTION',
        paid: 'SUCCEEDED',
        expired: 'EXPIRED',
        denied: 'REVERSED',
        refunded: 'REFUNDED',
      }[order.state],
    }
  }

  function orderOf(reference: string | undefined): SimulatedOrder | undefined {
    return [...orders.values()].find((each) => each.reference === reference)
  }

  /** The same key is answered with the same refund. */
  function refund(body: unknown, idempotencyKey: string): ApiAnswer {
    const known = refunds.find((each) => each.idempotencyKey === idempotencyKey)
    if (known) return refundAnswer(known)
    const order = orderOf((body as { payment_request_id?: string }).payment_request_id)
    if (!order) return NOT_FOUND
    if (faults.losesRefunds === true) return { status: 500, body: {} }
    const isUnderWay = refunds.some((each) => each.orderId === order.orderId && each.status !== 'FAILED')
    if (faults.refusesRefunds === true || order.state !== 'paid' || isUnderWay)
      return { status: 400, body: { error_code: 'REFUND_NOT_SUPPORTED' } }
    const { orderId } = order
    const added: SimulatedRefund = { id: `rfd-${randomUUID()}`, idempotencyKey, orderId, status: 'PENDING' }
    refunds.push(added)
    const answer = refundAnswer(added)
    if (faults.takesRefunds === true) return answer
    added.status = 'SUCCEEDED'
    order.state = 'refunded'
    return answer
  }

  return {
    answer({ method, path, body, idempotencyKey }) {
      if (path === '/v3/payment_requests' && method === 'POST') return create(body)
      if (path === '/refunds') return refund(body, idempotencyKey)
      const known = refunds.find(({ id }) => path === `/refunds/${id}`)
      if (known) return refundAnswer(known)
      const order = orderOf(/^\/v3\/payment_requests\/([^/]+)$/.exec(path)?.[1])
      return order ? { status: 200, body: requestOf(order) } : NOT_FOUND
    },

    notice(order) {
      const isPaid = order.state === 'paid' || faults.tampered === true
      return {
        headers: { 'x-callback-token': faults.wrongToken === true ? 'salah' : callbackToken },
        body: {
          event: isPaid
            ? 'payment.capture'
            : order.state === 'refunded'
              ? 'refund.succeeded'
              : 'payment.failure',
          business_id: 'b-1',
          created: new Date().toISOString(),
          data: {
            ...requestOf(order),
            payment_id: `py-${order.orderId}`,
            ...(faults.wrongAmount === true && { request_amount: String(order.amountRupiah + 1) }),
            ...(isPaid && { status: 'SUCCEEDED' }),
          },
        },
      }
    },

    waitMs: (repetition) => WAITS_MS[repetition],
  }
}
