/** Midtrans's Core API for QRIS: the documented requests, answers, notices and repetitions. */
import { createHash, randomUUID } from 'node:crypto'
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
const WAITS_MS = [2, 10, 30, 90, 210].map((minutes) => minutes * MINUTE_MS)
/** How often a notice is repeated depends on the answer. */
const REPETITIONS: Readonly<Record<number, number>> = {
  500: 1,
  503: 4,
  400: 2,
  404: 2,
  301: 0,
  302: 0,
  303: 0,
}

const STATUS_CODES = { pending: '201', paid: '200', expired: '202', denied: '202', refunded: '200' } as const

export function simulateMidtrans(books: Books): SimulatedApi {
  const { faults, key, orders, url } = books

  function charge(body: unknown): ApiAnswer {
    const { transaction_details: details } = body as {
      transaction_details: { order_id: string; gross_amount: number }
    }
    if (orders.has(details.order_id))
      return { status: 406, body: { status_code: '406', status_message: 'Duplicate order id' } }
    const order = addOrder(books, {
      orderId: details.order_id,
      reference: randomUUID(),
      amountRupiah: details.gross_amount,
    })
    return {
      status: 201,
      body: {
        status_code: '201',
        transaction_id: order.reference,
        order_id: order.orderId,
        gross_amount: `${order.amountRupiah}.00`,
        currency: 'IDR',
        payment_type: 'qris',
        transaction_status: 'pending',
        ...(faults.onlyPictures !== true && { qr_string: codeOf(books, order) }),
        actions: [
          { name: 'generate-qr-code', method: 'GET', url: `${url}/v2/qris/${order.reference}/qr-code` },
        ],
      },
    }
  }

  function statusOf(order: SimulatedOrder) {
    return {
      status_code: STATUS_CODES[order.state],
      transaction_status: {
        pending: 'pending',
        paid: faults.refundedPart === true ? 'partial_refund' : 'settlement',
        expired: 'expire',
        denied: 'deny',
        refunded: 'refund',
      }[order.state],
      order_id: order.orderId,
      transaction_id: order.reference,
      gross_amount: `${paidAmount(books, order)}.00`,
      currency: 'IDR',
      payment_type: 'qris',
      fraud_status: 'accept',
    }
  }

  return {
    answer({ path, body }) {
      if (path === '/v2/charge') return charge(body)
      if (/^\/v2\/qris\/[^/]+\/qr-code$/.test(path)) return TINY_PNG
      const [, orderId = '', action] = /^\/v2\/([^/]+)\/(status|refund\/online\/direct)$/.exec(path) ?? []
      const order = orders.get(orderId)
      if (!order) return { status: 404, body: { status_code: '404', status_message: 'Not found' } }
      if (action === 'status') return { status: 200, body: statusOf(order) }
      if (faults.losesRefunds === true) return { status: 500, body: {} }
      if (faults.refusesRefunds === true || order.state !== 'paid')
        return { status: 200, body: { status_code: '412', status_message: 'Refund not allowed' } }
      order.state = 'refunded'
      return { status: 200, body: { status_code: '200', transaction_status: 'refund' } }
    },

    notice(order) {
      const status = statusOf(order)
      const amount = faults.wrongAmount === true ? `${order.amountRupiah + 1}.00` : status.gross_amount
      const signed = status.order_id + status.status_code + amount + (faults.wrongToken === true ? 'x' : key)
      return {
        headers: { 'user-agent': 'Veritrans' },
        body: {
          ...status,
          ...(faults.tampered === true && { transaction_status: 'settlement' }),
          gross_amount: amount,
          signature_key: createHash('sha512').update(signed).digest('hex'),
          transaction_type: 'off-us',
          merchant_id: 'G000000000',
          acquirer: 'gopay',
        },
      }
    },

    waitMs: (repetition, lastStatus) =>
      repetition < (REPETITIONS[lastStatus] ?? WAITS_MS.length) ? WAITS_MS[repetition] : undefined,
  }
}

/** A picture is a picture: what it shows is the gateway's business. */
const TINY_PNG = Uint8Array.from(
  Buffer.from(
    'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNgAAAAAgABSK+kcQAAAABJRU5ErkJggg==',
    'base64',
  ),
)
