/**
 * Midtrans and Xendit on this machine, for tests and the demo: the documented requests, answers, notices and tables of
 * repetition, with a switch for each fault. Orders live in memory.
 */
import { createHash, randomUUID } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

export type SimulatedGateway = 'midtrans' | 'xendit'
export type SimulatedState = 'pending' | 'paid' | 'expired' | 'denied' | 'refunded'

export interface SimulatorOptions {
  readonly gateway: SimulatedGateway
  readonly key: string
  readonly callbackToken?: string
  /** Hands over a notice, as an HTTP POST would. @returns the status of the answer */
  readonly deliver: (body: string, headers: Record<string, string>) => Promise<number>
  readonly port?: number
  /** The documented waits between repetitions, times this. */
  readonly timeScale?: number
}

/** Each is off. */
export interface Faults {
  /** Notices are not sent at all. */
  noNotices?: boolean
  /** Each notice is sent twice, at the same time. */
  duplicates?: boolean
  /** The notice says another amount than was paid. */
  wrongAmount?: boolean
  wrongToken?: boolean
  /** The notice says `settlement` while the payment is pending. */
  tampered?: boolean
  /** The API answers 500. */
  isDown?: boolean
  /** The status says that another amount was paid. */
  paidOtherAmount?: boolean
  refusesRefunds?: boolean
  /** Refunds are lost on the way. */
  losesRefunds?: boolean
  /** The status of what was paid says that a Rupiah of it was refunded. */
  refundedPart?: boolean
  /** Midtrans: pictures only, no text of the code. */
  onlyPictures?: boolean
}

export interface SimulatedOrder {
  readonly orderId: string
  readonly reference: string
  readonly amountRupiah: number
  state: SimulatedState
}

export interface GatewaySimulator {
  readonly url: string
  readonly faults: Faults
  readonly orders: readonly SimulatedOrder[]
  /** How the notices so far were answered. */
  readonly answers: readonly number[]
  /** A customer pays, a code expires, a settled payment is denied or refunded at the gateway; notices follow. */
  change(orderId: string, state: SimulatedState): Promise<void>
  /** Sends the notice of an order as it is, once. @returns the status of the answer */
  notify(orderId: string): Promise<number>
  close(): Promise<void>
}

const MINUTE_MS = 60_000
/** Midtrans waits after the n-th failed notice; how often depends on the answer. */
const MIDTRANS_WAITS_MS = [2, 10, 30, 90, 210].map((minutes) => minutes * MINUTE_MS)
const MIDTRANS_RETRIES: Readonly<Record<number, number>> = {
  500: 1,
  503: 4,
  400: 2,
  404: 2,
  301: 0,
  302: 0,
  303: 0,
}
const XENDIT_WAITS_MS = [15, 60, 180, 360, 720, 1440].map((minutes) => minutes * MINUTE_MS)

/** Posts notices to an edge. Midtrans waits 15 s for the answer. */
export function postTo(notifyUrl: () => string): SimulatorOptions['deliver'] {
  return async (body, headers) => {
    const answer = await fetch(notifyUrl(), {
      method: 'POST',
      headers,
      body,
      signal: AbortSignal.timeout(15_000),
    })
    await answer.body?.cancel()
    return answer.status
  }
}

export async function startGatewaySimulator(options: SimulatorOptions): Promise<GatewaySimulator> {
  const { gateway, key, callbackToken = '', deliver, port = 0, timeScale = 1 } = options
  const orders = new Map<string, SimulatedOrder>()
  const faults: Faults = {}
  const answers: number[] = []
  const stop = new AbortController()
  const server = createServer((request, response) => {
    handle(request, response).catch((error: unknown) => {
      response.writeHead(500).end(String(error))
    })
  })
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname, searchParams } = new URL(request.url ?? '/', url)
    if (pathname === '/') return html(response, page([...orders.values()], gateway))
    const order = orders.get(searchParams.get('order') ?? '')
    if (pathname === '/act' && order) {
      await change(order.orderId, (searchParams.get('state') ?? 'paid') as SimulatedState)
      response.writeHead(303, { location: '/' }).end()
      return
    }
    const isSigned = request.headers.authorization === `Basic ${Buffer.from(`${key}:`).toString('base64')}`
    if (!isSigned) return json(response, 401, { status_code: '401', status_message: 'Unauthorized' })
    if (faults.isDown === true) return json(response, 500, { status_code: '500' })
    const body: unknown = request.method === 'POST' ? JSON.parse(await read(request)) : undefined
    const answer =
      gateway === 'midtrans' ? midtrans(pathname, body) : xendit(request.method ?? '', pathname, body)
    if (answer instanceof Uint8Array) {
      response.writeHead(200, { 'content-type': 'image/png' }).end(answer)
      return
    }
    json(response, answer.status, answer.body)
  }

  function midtrans(path: string, body: unknown): { status: number; body: unknown } | Uint8Array {
    if (path === '/v2/charge') {
      const { transaction_details: details } = body as {
        transaction_details: { order_id: string; gross_amount: number }
      }
      if (orders.has(details.order_id))
        return { status: 406, body: { status_code: '406', status_message: 'Duplicate order id' } }
      const order = addOrder(details.order_id, details.gross_amount)
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
          ...(faults.onlyPictures !== true && { qr_string: codeOf(order) }),
          actions: [
            { name: 'generate-qr-code', method: 'GET', url: `${url}/v2/qris/${order.reference}/qr-code` },
          ],
        },
      }
    }
    const picture = /^\/v2\/qris\/([^/]+)\/qr-code$/.exec(path)?.[1]
    if (picture !== undefined) return TINY_PNG
    const [, orderId = '', action] = /^\/v2\/([^/]+)\/(status|refund\/online\/direct)$/.exec(path) ?? []
    const order = orders.get(orderId)
    if (!order) return { status: 404, body: { status_code: '404', status_message: 'Not found' } }
    if (action === 'status') return { status: 200, body: midtransStatus(order) }
    if (faults.losesRefunds === true) return { status: 500, body: {} }
    if (faults.refusesRefunds === true || order.state !== 'paid')
      return { status: 200, body: { status_code: '412', status_message: 'Refund not allowed' } }
    order.state = 'refunded'
    return { status: 200, body: { status_code: '200', transaction_status: 'refund' } }
  }

  function midtransStatus(order: SimulatedOrder) {
    const paid = faults.paidOtherAmount === true ? order.amountRupiah - 1 : order.amountRupiah
    return {
      status_code: { pending: '201', paid: '200', expired: '202', denied: '202', refunded: '200' }[
        order.state
      ],
      transaction_status: {
        pending: 'pending',
        paid: faults.refundedPart === true ? 'partial_refund' : 'settlement',
        expired: 'expire',
        denied: 'deny',
        refunded: 'refund',
      }[order.state],
      order_id: order.orderId,
      transaction_id: order.reference,
      gross_amount: `${paid}.00`,
      currency: 'IDR',
      payment_type: 'qris',
      fraud_status: 'accept',
    }
  }

  function xendit(method: string, path: string, body: unknown): { status: number; body: unknown } {
    if (path === '/v3/payment_requests' && method === 'POST') {
      const { reference_id: orderId, request_amount: amount } = body as {
        reference_id: string
        request_amount: number
      }
      const order = orders.get(orderId) ?? addOrder(orderId, amount)
      return {
        status: 201,
        body: {
          ...xenditRequest(order),
          actions: [{ type: 'PRESENT_TO_CUSTOMER', descriptor: 'QR_STRING', value: codeOf(order) }],
        },
      }
    }
    const reference = /^\/v3\/payment_requests\/([^/]+)$/.exec(path)?.[1]
    const given = reference ?? (body as { payment_request_id?: string } | undefined)?.payment_request_id
    const order = [...orders.values()].find((each) => each.reference === given)
    if (!order) return { status: 404, body: { error_code: 'DATA_NOT_FOUND' } }
    if (path !== '/refunds') return { status: 200, body: xenditRequest(order) }
    if (faults.losesRefunds === true) return { status: 500, body: {} }
    if (faults.refusesRefunds === true || order.state !== 'paid')
      return { status: 400, body: { error_code: 'REFUND_NOT_SUPPORTED' } }
    order.state = 'refunded'
    return { status: 200, body: { id: `rfd-${randomUUID()}`, status: 'PENDING' } }
  }

  function xenditRequest(order: SimulatedOrder) {
    const paid = faults.paidOtherAmount === true ? order.amountRupiah - 1 : order.amountRupiah
    return {
      payment_request_id: order.reference,
      reference_id: order.orderId,
      currency: 'IDR',
      // As the documented example has it.
      request_amount: String(paid),
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

  function addOrder(orderId: string, amountRupiah: number): SimulatedOrder {
    const reference = gateway === 'midtrans' ? randomUUID() : `pr-${randomUUID()}`
    const order: SimulatedOrder = { orderId, reference, amountRupiah, state: 'pending' }
    orders.set(orderId, order)
    return order
  }

  function codeOf(order: SimulatedOrder): string {
    return `${url}/act?order=${order.orderId}&state=paid`
  }

  async function change(orderId: string, state: SimulatedState): Promise<void> {
    const order = orders.get(orderId)
    if (!order) throw new RangeError(`There is no order ${orderId}`)
    order.state = state
    if (faults.noNotices === true) return
    const times = faults.duplicates === true ? 2 : 1
    const first = await Promise.all(Array.from({ length: times }, () => notify(orderId)))
    for (const status of first) void repeat(orderId, status)
  }

  /** As the tables say. */
  async function repeat(orderId: string, firstStatus: number): Promise<void> {
    let status = firstStatus
    const waits = gateway === 'midtrans' ? MIDTRANS_WAITS_MS : XENDIT_WAITS_MS
    for (const [index, waitMs] of waits.entries()) {
      const isOver = status >= 200 && status < 300
      if (isOver || (gateway === 'midtrans' && index >= (MIDTRANS_RETRIES[status] ?? 5))) return
      await pause(waitMs * timeScale, stop.signal)
      if (stop.signal.aborted) return
      status = await notify(orderId)
    }
  }

  async function notify(orderId: string): Promise<number> {
    const order = orders.get(orderId)
    if (!order) throw new RangeError(`There is no order ${orderId}`)
    const { body, headers } = gateway === 'midtrans' ? midtransNotice(order) : xenditNotice(order)
    let status = 0
    try {
      status = await deliver(JSON.stringify(body), { 'content-type': 'application/json', ...headers })
    } catch {
      // No answer counts as a failed one.
    }
    answers.push(status)
    return status
  }

  function midtransNotice(order: SimulatedOrder) {
    const status = midtransStatus(order)
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
  }

  function xenditNotice(order: SimulatedOrder) {
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
          ...xenditRequest(order),
          payment_id: `py-${order.orderId}`,
          ...(faults.wrongAmount === true && { request_amount: String(order.amountRupiah + 1) }),
          ...(isPaid && { status: 'SUCCEEDED' }),
        },
      },
    }
  }

  return {
    url,
    faults,
    answers,
    get orders() {
      return [...orders.values()]
    },
    change,
    notify,
    async close() {
      stop.abort()
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms)
    timer.unref()
    signal.addEventListener('abort', () => {
      clearTimeout(timer)
      resolve()
    })
  })
}

async function read(request: IncomingMessage): Promise<string> {
  let text = ''
  for await (const chunk of request) text += String(chunk)
  return text
}

function json(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
}

function html(response: ServerResponse, text: string): void {
  response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(text)
}

/** For the demo: the customer's side of the gateway. */
function page(orders: readonly SimulatedOrder[], gateway: SimulatedGateway): string {
  const actions: readonly SimulatedState[] = ['paid', 'expired', 'denied', 'refunded']
  const rows = orders
    .toReversed()
    .map(
      ({ orderId, amountRupiah, state }) =>
        `<li><code>${orderId}</code> Rp${amountRupiah} <b>${state}</b> ${actions
          .map((action) => `<a href="/act?order=${orderId}&state=${action}">${action}</a>`)
          .join(' ')}</li>`,
    )
  return `<!doctype html><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>${gateway} (simulator)</title><h1>${gateway} (simulator)</h1><ul>${rows.join('')}</ul>`
}

/** A picture is a picture: what it shows is the gateway's business. */
const TINY_PNG = Uint8Array.from(
  Buffer.from(
    'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNgAAAAAgABSK+kcQAAAABJRU5ErkJggg==',
    'base64',
  ),
)
