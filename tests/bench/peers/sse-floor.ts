/**
 * The floor of the alerts bench: the least that any SSE server on Node does.
 * GET /events subscribes; POST /send sends its body, which is a whole frame, to every subscriber.
 */
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { markIn, nowNs, tell, tellMemory } from '../bench-messages.ts'

const subscribers = new Set<ServerResponse>()

const server = createServer((request, response) => {
  if (request.url === '/events') {
    response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' })
    response.write('event: hello\ndata: {}\n\n')
    subscribers.add(response)
    response.once('close', () => subscribers.delete(response))
    return
  }
  let frame = ''
  request.setEncoding('utf8').on('data', (text: string) => (frame += text))
  request.once('end', () => {
    const mark = markIn(frame)
    const at = nowNs()
    for (const subscriber of subscribers) subscriber.write(frame)
    response.writeHead(204).end()
    if (mark !== undefined) setImmediate(() => tell({ type: 'committed', mark, at }))
  })
})
server.listen(0, '127.0.0.1', () => {
  tell({ type: 'ready', port: (server.address() as AddressInfo).port })
})
tellMemory()
process.once('disconnect', () => process.exit(0))
