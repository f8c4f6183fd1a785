/**
 * Midtrans and Xendit on this machine, for tests and the demo: the documented requests, answers, notices and tables of
 * repetition, with a switch for each fault. Orders live in memory.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Faults, SimulatedGateway, SimulatedOrder, SimulatedRefund, SimulatedState } from './api.ts'
import { simulateMidtrans } from './midtrans.ts'
import { simulateXendit } from './xendit.ts'

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

export interface GatewaySimulator {
  readonly url: string
  readonly faults: Faults
  readonly orders: readonly SimulatedOrder[]
  /** How the notices so far were answered. */
  readonly answers: readonly number[]
  /** A customer pays, a code expires, a settled payment is denied or refunded at the gateway; notices follow. */
  change(orderId: string, state: SimulatedState): Promise<void>
  /** Xendit: the newest refund of an order that was taken ends; a notice follows. */
  endRefund(orderId: string, status: 'SUCCEEDED' | 'FAILED'): Promise<void>
  /** Sends the notice of an order as it is, once. @returns the status of the answer */
  notify(orderId: string): Promise<number>
  close(): Promise<void>
}

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
  const refunds: SimulatedRefund[] = []
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
  const simulate = gateway === 'midtrans' ? simulateMidtrans : simulateXendit
  const api = simulate({ url, key, callbackToken, faults, orders, refunds })

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
    const { method = '' } = request
    const body: unknown = method === 'POST' ? JSON.parse(await read(request)) : undefined
    const idempotencyKey = String(request.headers['idempotency-key'])
    const answer = api.answer({ method, path: pathname, body, idempotencyKey })
    if (answer instanceof Uint8Array) {
      response.writeHead(200, { 'content-type': 'image/png' }).end(answer)
      return
    }
    json(response, answer.status, answer.body)
  }

  async function change(orderId: string, state: SimulatedState): Promise<void> {
    orderOf(orderId).state = state
    if (faults.noNotices === true) return
    const times = faults.duplicates === true ? 2 : 1
    const first = await Promise.all(Array.from({ length: times }, () => notify(orderId)))
    for (const status of first) void repeat(orderId, status)
  }

  async function endRefund(orderId: string, status: 'SUCCEEDED' | 'FAILED'): Promise<void> {
    const refund = refunds.findLast((each) => each.orderId === orderId && each.status === 'PENDING')
    if (!refund) throw new RangeError(`There is no refund of ${orderId} under way`)
    refund.status = status
    await change(orderId, status === 'SUCCEEDED' ? 'refunded' : orderOf(orderId).state)
  }

  async function repeat(orderId: string, firstStatus: number): Promise<void> {
    let status = firstStatus
    for (let repetition = 0; status < 200 || status >= 300; repetition++) {
      const waitMs = api.waitMs(repetition, status)
      if (waitMs === undefined) return
      await pause(waitMs * timeScale, stop.signal)
      if (stop.signal.aborted) return
      status = await notify(orderId)
    }
  }

  async function notify(orderId: string): Promise<number> {
    const { body, headers } = api.notice(orderOf(orderId))
    let status = 0
    try {
      status = await deliver(JSON.stringify(body), { 'content-type': 'application/json', ...headers })
    } catch {
      // No answer counts as a failed one.
    }
    answers.push(status)
    return status
  }

  function orderOf(orderId: string): SimulatedOrder {
    const order = orders.get(orderId)
    if (!order) throw new RangeError(`There is no order ${orderId}`)
    return order
  }

  return {
    url,
    faults,
    answers,
    get orders() {
      return [...orders.values()]
    },
    change,
    endRefund,
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
