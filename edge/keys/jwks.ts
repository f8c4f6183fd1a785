/** The public keys by which origins verify stream keys. */
import { Hono } from 'hono'
import type { Platform } from '../ports.ts'
import { createKeySigner } from './signing.ts'

export function jwksRoutes({ config }: Pick<Platform, 'config'>): Hono {
  const { jwks } = createKeySigner(config)
  const app = new Hono()
  app.get('/.well-known/jwks.json', (c) => {
    c.header('cache-control', 'public, max-age=60')
    return c.json(jwks)
  })
  return app
}
