/**
 * Xendit Payments API v3 (docs.xendit.co, 2026-04 to 08): QRIS payment requests. Webhooks carry a fixed token and no
 * signature, so the status is always asked for.
 */
import * as v from 'valibot'
import { AppError } from '../../shared/errors.ts'
import { isSameSecret } from '../../shared/tokens.ts'
import type { Gateway, GatewayConfig, GatewayFetch, GatewayState, RefundState } from './gateway.ts'
import { askGateway, basic, wholeRupiah } from './gateway-http.ts'
import { parse } from './midtrans.ts'

const API_VERSION = '2024-11-11'

const Charged = v.object({
  payment_request_id: v.string(),
  actions: v.array(v.object({ descriptor: v.optional(v.string()), value: v.optional(v.string()) })),
})
const Status = v.object({
  reference_id: v.string(),
  status: v.string(),
  request_amount: v.union([v.string(), v.number()]),
  currency: v.string(),
  /** Of refunds that succeeded, where the gateway says so. */
  refunded_amount: v.optional(v.union([v.string(), v.number()])),
})
const Notice = v.object({
  event: v.string(),
  data: v.object({ reference_id: v.pipe(v.string(), v.maxLength(64)) }),
})
const Refund = v.object({ id: v.pipe(v.string(), v.maxLength(100)), status: v.string() })

export function createXendit(
  { key, callbackToken, url }: GatewayConfig,
  fetchGateway: GatewayFetch,
): Gateway {
  const headers = { authorization: basic(key), 'api-version': API_VERSION }
  return {
    name: 'xendit',

    async charge({ orderId, amountRupiah, expiresAt }) {
      const { status, body } = await askGateway(fetchGateway, `${url}/v3/payment_requests`, {
        method: 'POST',
        headers: { ...headers, 'idempotency-key': orderId },
        json: {
          reference_id: orderId,
          type: 'PAY',
          country: 'ID',
          currency: 'IDR',
          request_amount: amountRupiah,
          channel_code: 'QRIS',
          channel_properties: { expires_at: new Date(expiresAt).toISOString() },
        },
      })
      const charged = v.safeParse(Charged, body)
      const qrText = charged.success
        ? charged.output.actions.find(({ descriptor }) => descriptor === 'QR_STRING')?.value
        : undefined
      if (status >= 300 || !charged.success || qrText === undefined) throw new AppError('gateway_unavailable')
      return { reference: charged.output.payment_request_id, qrText }
    },

    async status({ reference }) {
      const { status, body } = await askGateway(
        fetchGateway,
        `${url}/v3/payment_requests/${encodeURIComponent(reference)}`,
        { method: 'GET', headers },
      )
      if (status === 404) return undefined
      const read = v.safeParse(Status, body)
      const amountRupiah = read.success ? wholeRupiah(read.output.request_amount) : undefined
      if (!read.success || amountRupiah === undefined) throw new AppError('gateway_unavailable')
      const { reference_id: orderId, currency } = read.output
      return { orderId, state: stateOf(read.output), amountRupiah, currency }
    },

    async readNotice(body, noticeHeaders) {
      const token = noticeHeaders.get('x-callback-token') ?? ''
      if (callbackToken === '' || !(await isSameSecret(token, callbackToken))) return undefined
      const notice = parse(Notice, body)
      return notice && { orderId: notice.data.reference_id }
    },

    async refund({ orderId, reference, refundKey, amountRupiah }) {
      const { status, body } = await askGateway(fetchGateway, `${url}/refunds`, {
        method: 'POST',
        headers: { ...headers, 'idempotency-key': refundKey },
        json: {
          payment_request_id: reference,
          reference_id: orderId,
          currency: 'IDR',
          amount: amountRupiah,
          reason: 'REQUESTED_BY_CUSTOMER',
        },
      })
      if (status >= 400) return { state: 'refused' }
      const answer = v.safeParse(Refund, body)
      if (!answer.success) throw new AppError('gateway_unavailable')
      const state = refundStateOf(answer.output.status)
      if (state === 'taken') return { state, refundReference: answer.output.id }
      return { state: state === 'failed' ? 'refused' : state }
    },

    async refundState(refundReference) {
      const { status, body } = await askGateway(
        fetchGateway,
        `${url}/refunds/${encodeURIComponent(refundReference)}`,
        { method: 'GET', headers },
      )
      const answer = v.safeParse(Refund, body)
      if (status !== 200 || !answer.success || answer.output.id !== refundReference)
        throw new AppError('gateway_unavailable')
      return refundStateOf(answer.output.status)
    },
  }
}

/** The documented ends; what is not known yet is under way. */
function refundStateOf(status: string): RefundState {
  if (status === 'SUCCEEDED') return 'refunded'
  return status === 'FAILED' || status === 'CANCELLED' ? 'failed' : 'taken'
}

function stateOf({
  status,
  refunded_amount: refunded,
  request_amount: asked,
}: v.InferOutput<typeof Status>): GatewayState {
  const refundedRupiah = wholeRupiah(refunded) ?? 0
  if (refundedRupiah > 0) return refundedRupiah === wholeRupiah(asked) ? 'reversed' : 'partly_reversed'
  switch (status) {
    case 'SUCCEEDED':
      return 'paid'
    case 'REFUNDED':
    case 'REVERSED':
      return 'reversed'
    case 'EXPIRED':
    case 'FAILED':
    case 'CANCELED':
      return 'expired'
    default:
      return 'pending'
  }
}
