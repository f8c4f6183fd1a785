/** A member's wallet, and the credit that an admin gives. */
import { Hono } from 'hono'
import * as v from 'valibot'
import { Credit } from '../../shared/contracts/admin.ts'
import type { Auth } from '../http/auth.ts'
import { check, readJson } from '../http/input.ts'
import type { Platform } from '../ports.ts'
import { readIdempotencyKey } from './rules.ts'
import { giveCredit, readWallet } from './store.ts'

export interface LedgerDeps {
  readonly platform: Pick<Platform, 'database' | 'clock' | 'random'>
  readonly auth: Auth
}

const Page = v.object({
  before: v.optional(v.pipe(v.string(), v.regex(/^\d{1,15}$/), v.transform(Number))),
})

export function ledgerRoutes({ platform, auth }: LedgerDeps): Hono {
  const app = new Hono()

  app.get('/api/me/wallet', async (c) => {
    const { memberId } = await auth.member(c)
    const { before } = check(Page, c.req.query())
    return c.json(await readWallet(platform.database, { memberId, before }))
  })

  app.post('/api/admin/members/:id/credits', async (c) => {
    const { adminId } = await auth.admin(c)
    const idempotencyKey = readIdempotencyKey(c.req.header('idempotency-key'))
    const credit = await readJson(c, Credit)
    return c.json(
      await giveCredit(platform, { adminId, memberId: c.req.param('id'), idempotencyKey, credit }),
      201,
    )
  })

  return app
}
