/** A member's picture, chosen by that member alone; an admin may take it away. */
import { Hono } from 'hono'
import { Reason } from '../../shared/contracts/admin.ts'
import { AVATAR } from '../../shared/contracts/own-account.ts'
import { AppError } from '../../shared/errors.ts'
import { ulid } from '../../shared/ids.ts'
import { storeFile } from '../assets/files.ts'
import { logActivity } from '../db/activity.ts'
import { readBytes, readJson } from '../http/input.ts'
import { jpegSize } from '../http/picture.ts'
import { requireWithin } from '../http/rate-limit.ts'
import type { RateLimit, Statement } from '../ports.ts'
import type { AccountDeps } from './routes.ts'

/** Each is a file, and a line in the log. */
const CHANGES: RateLimit = { name: 'changes of one avatar', max: 20, windowMs: 3_600_000 }

export function avatarRoutes({ platform, auth }: Pick<AccountDeps, 'platform' | 'auth'>): Hono {
  const { clock, database, random, rateLimiter } = platform
  const app = new Hono()

  app.put('/api/me/avatar', async (c) => {
    const { memberId } = await auth.member(c)
    const body = await readBytes(c, AVATAR.maxBytes)
    const size = jpegSize(body)
    if (size?.width !== AVATAR.sizePx || size.height !== AVATAR.sizePx)
      throw new AppError('unsupported_media_type')
    await requireWithin(rateLimiter, CHANGES, memberId)
    const id = ulid(clock.now(), random.bytes)
    const stored = await storeFile(platform, { id, type: 'image/jpeg', body })
    const details = { sizeBytes: body.byteLength }
    await database.write([
      stored,
      ...setAvatar(memberId, id),
      logActivity({ action: 'avatar_changed', memberId, details, nowMs: clock.now() }),
    ])
    return c.body(null, 204)
  })

  app.delete('/api/me/avatar', async (c) => {
    const { memberId } = await auth.member(c)
    await requireWithin(rateLimiter, CHANGES, memberId)
    await database.write([
      { sql: 'UPDATE member SET avatar_asset_id = NULL WHERE id = ?', args: [memberId] },
      logActivity({ action: 'avatar_removed', memberId, nowMs: clock.now() }),
    ])
    return c.body(null, 204)
  })

  app.delete('/api/admin/members/:id/avatar', async (c) => {
    const { adminId } = await auth.admin(c)
    const { reason } = await readJson(c, Reason)
    const memberId = c.req.param('id')
    const [row] = await database.read({
      sql: 'SELECT avatar_asset_id FROM member WHERE id = ?',
      args: [memberId],
    })
    if (!row) throw new AppError('not_found')
    // Before the change, in its batch: again is no error, and no second line in the log.
    const onlyIf = {
      sql: 'EXISTS (SELECT 1 FROM member WHERE id = ? AND avatar_asset_id IS NOT NULL)',
      args: [memberId],
    }
    await database.write([
      logActivity({
        action: 'avatar_removed',
        adminId,
        memberId,
        details: { reason },
        nowMs: clock.now(),
        onlyIf,
      }),
      { sql: 'UPDATE member SET avatar_asset_id = NULL WHERE id = ?', args: [memberId] },
    ])
    return c.body(null, 204)
  })

  return app
}

/** A trigger deletes the one before. An account that was closed meanwhile gets none, and the file is not kept. */
export function setAvatar(memberId: string, assetId: string): Statement[] {
  return [
    {
      sql: 'UPDATE member SET avatar_asset_id = ?2 WHERE id = ?1 AND closed_at IS NULL',
      args: [memberId, assetId],
    },
    {
      sql: `DELETE FROM asset WHERE id = ?2
        AND NOT EXISTS (SELECT 1 FROM member WHERE id = ?1 AND avatar_asset_id = ?2)`,
      args: [memberId, assetId],
    },
  ]
}
