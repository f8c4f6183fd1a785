/**
 * Server-Sent Events straight into the socket: a web stream for each client costs a promise chain for each
 * frame, and fanning out is where the edge is busiest.
 */
import type { HttpBindings } from '@hono/node-server'
import { Http2ServerResponse } from 'node:http2'
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response'
import { MAX_QUEUED_BYTES, MAX_QUEUED_FRAMES, openWebEventStream } from '../../alerts/event-stream.ts'
import type { OpenEventStream } from '../../ports.ts'

export const openNodeEventStream: OpenEventStream = (c, options) => {
  const outgoing = (c.env as Partial<HttpBindings> | undefined)?.outgoing
  // Not behind Node's HTTP server, e.g. when the app is called directly.
  if (!outgoing) return openWebEventStream(c, options)
  const { headers, onClose } = options
  // An HTTP/2 answer is one stream among others of its socket, and queues by itself.
  const queue = outgoing instanceof Http2ServerResponse ? outgoing.stream : outgoing
  /** Frames since the socket last had room. */
  let waiting = 0
  let isClosed = false

  function end(): void {
    if (isClosed) return
    isClosed = true
    onClose()
  }

  outgoing.on('drain', () => {
    waiting = 0
  })
  outgoing.once('close', end)
  // A reset line is an ended one.
  outgoing.on('error', end)
  outgoing.socket?.setNoDelay(true)
  outgoing.writeHead(200, headers)
  if (queue.destroyed) queueMicrotask(end)

  return {
    response: RESPONSE_ALREADY_SENT,
    send(frame) {
      if (isClosed) return false
      if (outgoing.write(frame)) {
        waiting = 0
        return true
      }
      waiting += 1
      // One frame may be larger than the bound: it was taken by an empty queue.
      if (waiting === 1 || (waiting <= MAX_QUEUED_FRAMES && queue.writableLength <= MAX_QUEUED_BYTES))
        return true
      end()
      queue.destroy()
      return false
    },
    close() {
      if (isClosed) return
      end()
      outgoing.end()
    },
  }
}
