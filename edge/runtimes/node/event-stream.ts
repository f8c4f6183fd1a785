/**
 * Server-Sent Events straight into the socket: a web stream for each client costs a promise chain for each
 * frame, and fanning out is where the edge is busiest.
 */
import type { HttpBindings } from '@hono/node-server'
import { Http2ServerResponse } from 'node:http2'
import type { Writable } from 'node:stream'
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response'
import { MAX_QUEUED_BYTES, MAX_QUEUED_FRAMES, openWebEventStream } from '../../alerts/event-stream.ts'
import type { OpenEventStream } from '../../ports.ts'

export const openNodeEventStream: OpenEventStream = (c, options) => {
  const outgoing = (c.env as Partial<HttpBindings> | undefined)?.outgoing
  // Not behind Node's HTTP server, e.g. when the app is called directly.
  if (!outgoing) return openWebEventStream(c, options)
  const { headers, onClose } = options
  const isHttp2 = outgoing instanceof Http2ServerResponse
  // The end of the line ends the answer. In chunks, each frame would be three writes and twice the garbage; an HTTP/2
  // answer is one stream among others of its socket.
  if (!isHttp2) outgoing.removeHeader('transfer-encoding')
  /** Frames since the line last had room. */
  let waiting = 0
  let isClosed = false

  function end(): void {
    if (isClosed) return
    isClosed = true
    onClose()
  }

  outgoing.once('close', end)
  // A reset line is an ended one.
  outgoing.on('error', end)
  outgoing.socket?.setNoDelay(true)
  outgoing.writeHead(200, isHttp2 ? headers : { ...headers, connection: 'close' })
  outgoing.flushHeaders()
  // Behind an answer that was asked for before on the same line, there is no socket yet.
  const line: Writable = isHttp2 ? outgoing.stream : (outgoing.socket ?? outgoing)
  line.on('drain', () => {
    waiting = 0
  })
  if (line.destroyed) queueMicrotask(end)

  return {
    response: RESPONSE_ALREADY_SENT,
    send(frame) {
      if (isClosed) return false
      if (line.write(frame)) {
        waiting = 0
        return true
      }
      waiting += 1
      // One frame may be larger than the bound: it was taken by an empty queue.
      if (waiting === 1 || (waiting <= MAX_QUEUED_FRAMES && line.writableLength <= MAX_QUEUED_BYTES))
        return true
      end()
      line.destroy()
      return false
    },
    close() {
      if (isClosed) return
      end()
      outgoing.end()
    },
  }
}
