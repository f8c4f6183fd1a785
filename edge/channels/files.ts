/** Uploaded pictures, by an id that never changes its content. */
import { Hono } from 'hono'
import { AppError } from '../../shared/errors.ts'
import { ULID_PATTERN } from '../../shared/ids.ts'
import { INERT_POLICY } from '../http/security-headers.ts'
import { type AssetPlatform, findFile } from '../assets/files.ts'

export function fileRoutes(platform: AssetPlatform): Hono {
  const app = new Hono()
  app.get('/files/:id', async (c) => {
    const id = c.req.param('id')
    const file = ULID_PATTERN.test(id) ? await findFile(platform, id) : undefined
    if (!file) throw new AppError('not_found')
    return c.body(file.body, 200, {
      'content-type': file.type,
      'cache-control': 'public, max-age=31536000, immutable',
      'content-security-policy': INERT_POLICY,
    })
  })
  return app
}
