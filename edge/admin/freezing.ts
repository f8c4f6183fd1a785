/** Stops an account and lets it go again. The schema does what follows from it. */
import { Hono } from 'hono'
import { Reason } from '../../shared/contracts/admin.ts'
import { AppError } from '../../shared/errors.ts'
import { logActivity } from '../db/activity.ts'
import type { Auth } from '../http/auth.ts'
import { readJson } from '../http/input.ts'
import { GUEST_ID } from '../ledger/rules.ts'
import type { Platform } from '../ports.ts'

export interface FreezingDeps {
  readonly platform: Pick<Platform, 'clock' | 'database'>
  readonly auth: Auth
}

export function freezingRoutes({ platform: { clock, database }, auth }: FreezingDeps): Hono {
  const app = new Hono()

  for (const [method, action] of [
    ['PUT', 'account_frozen'],
    ['DELETE', 'account_unfrozen'],
  ] as const)
    app.on(method, '/api/admin/members/:id/freeze', async (c) => {
      const { adminId } = await auth.admin(c)
      const { reason } = await readJson(c, Reason)
      const memberId = c.req.param('id')
      const isFreezing = action === 'account_frozen'
      const [row] = await database.read({
        sql: 'SELECT frozen_at FROM member WHERE id = ? AND id <> ?',
        args: [memberId, GUEST_ID],
      })
      if (!row) throw new AppError('not_found')
      const nowMs = clock.now()
      // Again is no error, and no second line in the log.
      if ((row['frozen_at'] !== null) !== isFreezing)
        await database.write([
          {
            sql: 'UPDATE member SET frozen_at = ? WHERE id = ?',
            args: [isFreezing ? nowMs : null, memberId],
          },
          logActivity({ action, adminId, memberId, details: { reason }, nowMs }),
        ])
      return c.body(null, 204)
    })

  return app
}
