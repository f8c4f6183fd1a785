/**
 * How much one HTTP/1.1 connection may ask for before it reads. Node begins every request that came in one chunk, and
 * keeps what it has answered until the one before was read: a few bytes each for the client, kilobytes for us. Browsers
 * and players ask for one at a time on each connection.
 */
import type { IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import type { NodeListener } from './delivery-listener.ts'

const MAX_UNANSWERED = 8

/** Cuts a connection that asks for more; HTTP/2 has a bound of its own for streams. */
export function boundPipelines(listener: NodeListener): NodeListener {
  const unanswered = new WeakMap<Socket, number>()
  return (incoming, outgoing) => {
    if (incoming.httpVersionMajor > 1) return listener(incoming, outgoing)
    const { socket } = incoming as IncomingMessage
    // The rest of the chunk is still handed over.
    if (socket.destroyed) return
    const count = (unanswered.get(socket) ?? 0) + 1
    if (count > MAX_UNANSWERED) {
      socket.destroy()
      return
    }
    unanswered.set(socket, count)
    outgoing.once('close', () => unanswered.set(socket, (unanswered.get(socket) ?? 1) - 1))
    listener(incoming, outgoing)
  }
}
