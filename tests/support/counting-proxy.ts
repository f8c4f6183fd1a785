/** Stands between an edge and its origin and counts what is asked, by address. */
import { once } from 'node:events'
import { createServer, request } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface CountingProxy {
  readonly url: string
  /** Requests by path and query, as they came. */
  readonly counts: Map<string, number>
  /** When the first whole answer of 200 had come from the target, in ns of CLOCK_MONOTONIC. */
  readonly answeredAt: Map<string, number>
  close(): Promise<void>
}

/** @param target asked at each request: the target may start later than its proxy */
export async function startCountingProxy(target: string | (() => string)): Promise<CountingProxy> {
  const counts = new Map<string, number>()
  const answeredAt = new Map<string, number>()
  const server = createServer((incoming, outgoing) => {
    const address = incoming.url ?? ''
    counts.set(address, (counts.get(address) ?? 0) + 1)
    const { method, headers } = incoming
    const base = typeof target === 'string' ? target : target()
    const forwarded = request(base + address, { method, headers }, (answer) => {
      answer.once('end', () => {
        if (answer.statusCode === 200 && !answeredAt.has(address))
          answeredAt.set(address, Number(process.hrtime.bigint()))
      })
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers)
      answer.pipe(outgoing)
    })
    forwarded.on('error', () => outgoing.destroy())
    outgoing.on('close', () => forwarded.destroy())
    incoming.pipe(forwarded)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    counts,
    answeredAt,
    async close() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}
