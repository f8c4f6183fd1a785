/** Where a member or an admin is signed in, and how they sign other devices out. */
import type { Context } from 'hono'
import { Hono } from 'hono'
import type { DeviceSession } from '../../shared/contracts/own-account.ts'
import { deviceName } from '../../shared/device-name.ts'
import { AppError } from '../../shared/errors.ts'
import { logActivity } from '../db/activity.ts'
import { integer, text } from '../db/row.ts'
import type { Audience } from '../http/auth.ts'
import type { AccountDeps } from './routes.ts'

/** Of the token's hash: tells sessions of one person apart, and opens none. */
const SESSION_ID_CHARS = 20
const MAX_SESSIONS = 100

export function deviceRoutes({
  platform: { clock, database },
  auth,
  sessions,
}: Pick<AccountDeps, 'platform' | 'auth' | 'sessions'>): Hono {
  const app = new Hono()
  const who: Readonly<Record<Audience, (c: Context) => Promise<{ memberId: string } | { adminId: string }>>> =
    {
      member: async (c) => ({ memberId: (await auth.member(c)).memberId }),
      admin: async (c) => ({ adminId: (await auth.admin(c)).adminId }),
    }

  for (const [audience, path] of [
    ['member', '/api/me/sessions'],
    ['admin', '/api/admin/me/sessions'],
  ] as const) {
    const own = async (c: Context) => {
      const person = await who[audience](c)
      return { person, id: 'memberId' in person ? person.memberId : person.adminId }
    }

    app.get(path, async (c) => {
      const { id } = await own(c)
      const current = await sessions.hashOf(c, audience)
      const rows = await database.read({
        sql: `SELECT token_hash, user_agent, created_at FROM session WHERE ${audience}_id = ? AND expires_at > ?
          ORDER BY created_at DESC LIMIT ${MAX_SESSIONS}`,
        args: [id, clock.now()],
      })
      const list = rows.map((row): DeviceSession => {
        const hash = text(row, 'token_hash')
        return {
          id: hash.slice(0, SESSION_ID_CHARS),
          device: deviceName(text(row, 'user_agent')),
          signedInAt: integer(row, 'created_at'),
          isThis: hash === current,
        }
      })
      return c.json({ sessions: list })
    })

    app.delete(`${path}/:id`, async (c) => {
      const { id } = await own(c)
      const [ended = []] = await database.write([
        {
          sql: `DELETE FROM session WHERE ${audience}_id = ? AND substr(token_hash, 1, ${SESSION_ID_CHARS}) = ? RETURNING 1`,
          args: [id, c.req.param('id') ?? ''],
        },
      ])
      if (ended.length === 0) throw new AppError('not_found')
      return c.body(null, 204)
    })

    app.delete(path, async (c) => {
      const { person, id } = await own(c)
      const current = await sessions.hashOf(c, audience)
      await database.write([
        {
          sql: `DELETE FROM session WHERE ${audience}_id = ? AND token_hash <> ?`,
          args: [id, current ?? ''],
        },
        logActivity({ action: 'devices_signed_out', ...person, nowMs: clock.now() }),
      ])
      return c.body(null, 204)
    })
  }

  return app
}
