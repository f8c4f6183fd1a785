/** A request whose answer is seen as it came: fetch would decompress it and add headers of its own. */
import { request } from 'node:http'
import { buffer } from 'node:stream/consumers'
import type { IncomingHttpHeaders } from 'node:http'
import { once } from 'node:events'
import type { RequestHeaders } from './live-reader.ts'

export interface RawAnswer {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly body: Buffer
}

export interface RawRequest {
  /** Set with the first byte of the answer. */
  readonly hasBegun: () => boolean
  readonly answer: Promise<RawAnswer>
}

export function rawRequest(url: string, headers: RequestHeaders = {}, method = 'GET'): RawRequest {
  let bytesRead = () => 0
  const sent = request(url, { method, headers, agent: false })
  sent.on('socket', (socket) => (bytesRead = () => socket.bytesRead))
  const answer = (async () => {
    sent.end()
    const [response] = await once(sent, 'response')
    return { status: response.statusCode, headers: response.headers, body: await buffer(response) }
  })()
  return { hasBegun: () => bytesRead() > 0, answer }
}
