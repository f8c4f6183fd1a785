/**
 * The floor of the offload bench: the least that any HTTP server on Node does. A request waits until its bytes
 * are released, then everybody who waits gets them.
 */
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { OffloadMessage } from './messages.ts'

const released = new Map<string, Uint8Array>()
const waiting = new Map<string, ServerResponse[]>()

const server = createServer((request, response) => {
  const target = request.url ?? ''
  const body = released.get(target)
  if (body) return send(response, body)
  const others = waiting.get(target)
  if (others) others.push(response)
  else waiting.set(target, [response])
})
server.listen(0, '127.0.0.1', () => {
  const message: OffloadMessage = { type: 'ready', port: (server.address() as AddressInfo).port }
  process.send?.(message)
})

process.on('message', (message: OffloadMessage) => {
  if (message.type === 'clear') released.clear()
  if (message.type !== 'release') return
  const { target, body } = message
  released.set(target, body)
  for (const response of waiting.get(target) ?? []) send(response, body)
  waiting.delete(target)
})
process.once('disconnect', () => process.exit(0))

function send(response: ServerResponse, body: Uint8Array): void {
  response.writeHead(200, { 'content-length': body.byteLength })
  response.end(body)
}
