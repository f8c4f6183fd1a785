/** The other end of the socket, or whom our own reverse proxies saw at theirs. */
import type { HttpBindings } from '@hono/node-server'
import type { Context } from 'hono'
import { clientAddressOf } from '../../http/client-address.ts'

export function nodeClientAddress(c: Context, trustedProxies: number): string {
  const incoming = (c.env as Partial<HttpBindings> | undefined)?.incoming
  return clientAddressOf({
    address: incoming?.socket.remoteAddress,
    forwardedFor: c.req.header('x-forwarded-for'),
    trustedProxies,
  })
}
