/**
 * The floor of the edge bench: the least that `node:http` does to send bytes from memory. It checks nothing, knows
 * no age, and takes the last step of a path for the address.
 */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { FloorMessage } from '../edge-messages.ts'

const HEADERS = {
  'access-control-allow-origin': '*',
  'access-control-expose-headers': 'age, date, content-length',
  'x-content-type-options': 'nosniff',
}

process.once('message', (subjects: FloorMessage) => {
  const answers = new Map(
    subjects.map(({ target, body, headers }) => [
      lastStep(target),
      { body, headers: { ...headers, ...HEADERS, 'content-length': String(body.byteLength), age: '0' } },
    ]),
  )
  const server = createServer((request, response) => {
    const answer = answers.get(lastStep(request.url ?? ''))
    response.writeHead(answer ? 200 : 404, answer?.headers)
    response.end(answer?.body)
  })
  server.listen(0, '127.0.0.1', () => process.send?.((server.address() as AddressInfo).port))
})
process.once('disconnect', () => process.exit(0))

function lastStep(target: string): string {
  return target.slice(target.lastIndexOf('/'))
}
