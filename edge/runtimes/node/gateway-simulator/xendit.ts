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
} from './api.ts'

const MINUTE_MS = 60_000
const WAITS_MS = [15, 60, 180, 360, 720, 1440].map((minutes) => minutes * MINUTE_MS)

export function simulateXendit(books: Books): SimulatedApi {
  const { callbackToken, faults, orders } = books

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

  return {
    answer({ method, path, body }) {
      if (path === '/v3/payment_requests' && method === 'POST') return create(body)
      const reference = /^\/v3\/payment_requests\/([^/]+)$/.exec(path)?.[1]
      const given = reference ?? (body as { payment_request_id?: string } | undefined)?.payment_request_id
      const order = [...orders.values()].find((each) => each.reference === given)
      if (!order) return { status: 404, body: { error_code: 'DATA_NOT_FOUND' } }
      if (path !== '/refunds') return { status: 200, body: requestOf(order) }
      if (faults.losesRefunds === true) return { status: 500, body: {} }
      if (faults.refusesRefunds === true || order.state !== 'paid')
        return { status: 400, body: { error_code: 'REFUND_NOT_SUPPORTED' } }
      order.state = 'refunded'
      return { status: 200, body: { id: `rfd-${randomUUID()}`, status: 'PENDING' } }
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
