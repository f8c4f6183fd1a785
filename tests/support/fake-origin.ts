/** An origin under the test's control: says what it is told to, when it is told to, and counts what it is asked. */
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface OriginReply {
  readonly status?: number
  readonly body?: string | Uint8Array
  readonly headers?: Readonly<Record<string, string>>
}

export interface OriginRequest {
  readonly method: string
  /** Path and query as they came. */
  readonly target: string
  readonly headers: IncomingMessage['headers']
  /** Text; empty for what has none. */
  readonly body: string
}

export type OriginRule = (request: OriginRequest) => OriginReply | Promise<OriginReply>

export class FakeOrigin {
  readonly requests: OriginRequest[] = []
  readonly #rules = new Map<string, OriginRule>()
  readonly #server = createServer((request, response) => void this.#answer(request, response))

  static async start(port = 0): Promise<FakeOrigin> {
    const origin = new FakeOrigin()
    origin.#server.listen(port, '127.0.0.1')
    await once(origin.#server, 'listening')
    return origin
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  /** From now on requests for this path and query get this answer. */
  on(target: string, rule: OriginRule | OriginReply): void {
    this.#rules.set(target, typeof rule === 'function' ? rule : () => rule)
  }

  requestsFor(target: string): OriginRequest[] {
    return this.requests.filter((request) => request.target === target)
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections()
    this.#server.close()
    await once(this.#server, 'close')
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let body = ''
    for await (const text of request.setEncoding('utf8')) body += String(text)
    const { method = '', url: target = '' } = request
    const seen = { method, target, headers: request.headers, body }
    this.requests.push(seen)
    const reply = (await this.#rules.get(seen.target)?.(seen)) ?? { status: 404 }
    response.writeHead(reply.status ?? 200, reply.headers ?? {})
    response.end(reply.body ?? '')
  }
}

/** A door that tests hold shut until they have seen what they wanted to see. */
export function gate(): { readonly opened: Promise<void>; open(): void } {
  const { promise, resolve } = Promise.withResolvers<void>()
  return { opened: promise, open: resolve }
}
