/** Requests for media on Node's own servers, HTTP/1.1 and HTTP/2: answered without a Request and a Response for each. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Http2ServerRequest, Http2ServerResponse } from 'node:http2'
import type { DeliveryAnswer } from '../../delivery/answer.ts'
import type { Deliver } from '../../delivery/deliver.ts'

export type NodeRequest = IncomingMessage | Http2ServerRequest
export type NodeResponse = ServerResponse | Http2ServerResponse
export type NodeListener = (incoming: NodeRequest, outgoing: NodeResponse) => void

/** @param other gets every other request, other methods and other spellings of an address */
export function deliveryListener(
  deliver: Deliver,
  other: (...request: Parameters<NodeListener>) => Promise<void>,
): NodeListener {
  return (incoming, outgoing) => {
    const { method, url: target = '' } = incoming
    if (!target.startsWith('/live/') || (method !== 'GET' && method !== 'HEAD')) {
      void other(incoming, outgoing)
      return
    }
    const answer = deliver({ target, header: (name) => joined(incoming.headers[name]) })
    if (answer instanceof Promise) void answer.then((later) => send(outgoing, later, method))
    else send(outgoing, answer, method)
  }
}

function send(outgoing: NodeResponse, { status, headers, body }: DeliveryAnswer, method: string): void {
  // Of both classes, whose signatures differ in what is not used here.
  ;(outgoing as ServerResponse).writeHead(status, headers)
  if (method === 'HEAD') outgoing.end()
  else outgoing.end(body)
}

function joined(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value.join(', ') : value
}
