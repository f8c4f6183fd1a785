/**
 * Midtrans Core API (docs.midtrans.com, 2026-04): QRIS charge, GET status, notifications with a SHA-512 signature
 * that covers neither the state nor the transaction id, so the status is always asked for.
 */
import * as v from 'valibot'
import { AppError } from '../../shared/errors.ts'
import { isSameSecret } from '../../shared/tokens.ts'
import type { Gateway, GatewayConfig, GatewayFetch, GatewayState } from './gateway.ts'
import { askGateway, basic, fetchPicture, wholeRupiah } from './gateway-http.ts'

const Charged = v.object({
  status_code: v.literal('201'),
  transaction_id: v.string(),
  qr_string: v.optional(v.string()),
  actions: v.optional(v.array(v.object({ name: v.string(), url: v.string() })), []),
})
const Status = v.object({
  order_id: v.string(),
  status_code: v.string(),
  transaction_status: v.string(),
  gross_amount: v.union([v.string(), v.number()]),
  currency: v.optional(v.string(), 'IDR'),
  fraud_status: v.optional(v.string()),
})
const Notice = v.object({
  order_id: v.pipe(v.string(), v.maxLength(64)),
  status_code: v.string(),
  gross_amount: v.string(),
  signature_key: v.string(),
})
const Refunded = v.object({ status_code: v.string() })

const MINUTE_MS = 60_000

export function createMidtrans({ key, url }: GatewayConfig, fetchGateway: GatewayFetch): Gateway {
  const headers = { authorization: basic(key) }
  return {
    name: 'midtrans',

    async charge({ orderId, amountRupiah, expiresAt, nowMs }) {
      const { body } = await askGateway(fetchGateway, `${url}/v2/charge`, {
        method: 'POST',
        headers,
        json: {
          payment_type: 'qris',
          transaction_details: { order_id: orderId, gross_amount: amountRupiah },
          qris: { acquirer: 'gopay' },
          custom_expiry: {
            expiry_duration: Math.max(1, Math.floor((expiresAt - nowMs) / MINUTE_MS)),
            unit: 'minute',
          },
        },
      })
      const charged = v.safeParse(Charged, body)
      if (!charged.success) throw new AppError('gateway_unavailable')
      const { qr_string: qrText, transaction_id: reference, actions } = charged.output
      if (qrText !== undefined) return { reference, qrText }
      const picture = actions.find(({ name }) => name.startsWith('generate-qr-code'))?.url
      // The key goes only to the gateway itself, wherever the answer points.
      if (picture === undefined || URL.parse(picture)?.origin !== new URL(url).origin)
        throw new AppError('gateway_unavailable')
      return { reference, qrPng: await fetchPicture(fetchGateway, picture, headers) }
    },

    async status({ orderId }) {
      const { status, body } = await askGateway(
        fetchGateway,
        `${url}/v2/${encodeURIComponent(orderId)}/status`,
        { method: 'GET', headers },
      )
      const read = v.safeParse(Status, body)
      if (!read.success) {
        // Unknown orders are 404, in the answer or in its body.
        const code = v.safeParse(v.object({ status_code: v.literal('404') }), body)
        if (status === 404 || code.success) return undefined
        throw new AppError('gateway_unavailable')
      }
      const amountRupiah = wholeRupiah(read.output.gross_amount)
      if (amountRupiah === undefined) throw new AppError('gateway_unavailable')
      return {
        orderId: read.output.order_id,
        state: stateOf(read.output),
        amountRupiah,
        currency: read.output.currency,
      }
    },

    async readNotice(body) {
      const notice = parse(Notice, body)
      if (!notice) return undefined
      const expected = await signature(notice.order_id + notice.status_code + notice.gross_amount + key)
      return (await isSameSecret(notice.signature_key, expected)) ? { orderId: notice.order_id } : undefined
    },

    async refund({ orderId, refundKey, amountRupiah }) {
      const { body } = await askGateway(
        fetchGateway,
        `${url}/v2/${encodeURIComponent(orderId)}/refund/online/direct`,
        {
          method: 'POST',
          headers,
          json: { refund_key: refundKey, amount: amountRupiah, reason: 'Dikembalikan' },
        },
      )
      const answer = v.safeParse(Refunded, body)
      if (!answer.success) throw new AppError('gateway_unavailable')
      if (answer.output.status_code === '200') return { state: 'refunded' }
      return { state: answer.output.status_code === '201' ? 'taken' : 'refused' }
    },
  }
}

/** Codes and states as documented; what is not known yet is not paid. */
function stateOf(status: v.InferOutput<typeof Status>): GatewayState {
  const { transaction_status: state, fraud_status: fraud, status_code: code } = status
  switch (state) {
    case 'settlement':
    case 'capture':
      return code === '200' && (fraud === undefined || fraud === 'accept') ? 'paid' : 'pending'
    case 'partial_refund':
    case 'partial_chargeback':
      return 'partly_reversed'
    case 'refund':
    case 'chargeback':
    case 'deny':
      // A denial of what was never paid changes nothing; after settlement it takes the money back.
      return 'reversed'
    case 'expire':
    case 'cancel':
      return 'expired'
    default:
      return 'pending'
  }
}

async function signature(text: string): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-512', new TextEncoder().encode(text))
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join('')
}

export function parse<S extends v.GenericSchema>(schema: S, body: string): v.InferOutput<S> | undefined {
  try {
    const result = v.safeParse(schema, JSON.parse(body))
    return result.success ? result.output : undefined
  } catch {
    return undefined // No JSON: nothing that a gateway sends.
  }
}
