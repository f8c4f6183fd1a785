/** What a member does with their own account: name, log, a copy of their data, and closing it. */
import { Hono } from 'hono'
import * as v from 'valibot'
import { ChangeUsername, CloseAccount, OwnActivity } from '../../shared/contracts/own-account.ts'
import { logActivity } from '../db/activity.ts'
import type { ConfirmPassword } from '../http/auth.ts'
import { check, readJson } from '../http/input.ts'
import { requireWithin } from '../http/rate-limit.ts'
import { ConstraintError, type RateLimit } from '../ports.ts'
import { closeAccount } from './closing.ts'
import { listOwnActivity, personalData } from './personal-data.ts'
import type { AccountDeps } from './routes.ts'
import { closingError, registrationError } from './rules.ts'

const DAY_MS = 86_400_000
/** Donors are known by it. */
const RENAMES: RateLimit = { name: 'changes of one username', max: 3, windowMs: DAY_MS }
const EXPORTS: RateLimit = { name: 'exports of one account', max: 5, windowMs: 3_600_000 }

const ActivityQuery = v.object({
  before: v.optional(v.pipe(v.string(), v.regex(/^\d{1,15}$/), v.transform(Number))),
})

interface OwnAccountDeps extends Pick<AccountDeps, 'platform' | 'auth' | 'sessions'> {
  readonly confirmPassword: ConfirmPassword
}

export function ownAccountRoutes({ platform, auth, sessions, confirmPassword }: OwnAccountDeps): Hono {
  const { clock, database, rateLimiter } = platform
  const app = new Hono()

  app.put('/api/me/username', async (c) => {
    const { memberId, username: login } = await auth.member(c)
    const { username, password } = await readJson(c, ChangeUsername)
    await confirmPassword(c, 'member', { login, password })
    await requireWithin(rateLimiter, RENAMES, memberId)
    try {
      await database.write([
        { sql: 'UPDATE member SET username = ? WHERE id = ?', args: [username, memberId] },
        logActivity({ action: 'username_changed', memberId, details: { username }, nowMs: clock.now() }),
      ])
    } catch (error) {
      throw error instanceof ConstraintError ? registrationError(error) : error
    }
    return c.body(null, 204)
  })

  app.get('/api/me/activity', async (c) => {
    const { memberId } = await auth.member(c)
    const { before } = check(ActivityQuery, c.req.query())
    const activity = await listOwnActivity(database, { memberId, before })
    return c.json({ activity: v.parse(v.array(OwnActivity), activity) })
  })

  app.get('/api/me/export', async (c) => {
    const { memberId } = await auth.member(c)
    await requireWithin(rateLimiter, EXPORTS, memberId)
    const data = await personalData(database, { memberId, nowMs: clock.now() })
    c.header('content-disposition', 'attachment; filename="panggung-account.json"')
    return c.json(data)
  })

  app.post('/api/me/closing', async (c) => {
    const { username } = await auth.member(c)
    const { password } = await readJson(c, CloseAccount)
    const { id: memberId, passwordHash: before } = await confirmPassword(c, 'member', {
      login: username,
      password,
    })
    const nowMs = clock.now()
    try {
      await database.write([
        ...closeAccount({ memberId, before, nowMs }),
        logActivity({ action: 'account_closed', memberId, nowMs }),
      ])
    } catch (error) {
      throw error instanceof ConstraintError ? closingError(error) : error
    }
    await sessions.close(c, 'member')
    return c.body(null, 204)
  })

  return app
}
