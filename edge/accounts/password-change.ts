/** Changing one's own password, for members and for admins alike. */
import { Hono, type Context } from 'hono'
import { ChangePassword } from '../../shared/contracts/accounts.ts'
import { AppError } from '../../shared/errors.ts'
import { logActivity } from '../db/activity.ts'
import type { Audience, ConfirmPassword } from '../http/auth.ts'
import { readJson } from '../http/input.ts'
import { ConstraintError, type Statement } from '../ports.ts'
import type { AccountDeps } from './routes.ts'
import { endLinks } from './store.ts'

interface PasswordChangeDeps extends Pick<AccountDeps, 'platform' | 'auth' | 'sessions'> {
  readonly confirmPassword: ConfirmPassword
}

export function passwordChangeRoutes({
  platform,
  auth,
  sessions,
  confirmPassword,
}: PasswordChangeDeps): Hono {
  const { clock, database, passwords } = platform
  const app = new Hono()

  app.put('/api/me/password', async (c) => {
    const { username } = await auth.member(c)
    await change(c, 'member', username)
    return c.body(null, 204)
  })

  app.put('/api/admin/me/password', async (c) => {
    const { username } = await auth.admin(c)
    await change(c, 'admin', username)
    return c.body(null, 204)
  })

  async function change(c: Context, audience: Audience, login: string): Promise<void> {
    const { currentPassword, newPassword } = await readJson(c, ChangePassword)
    const { id, passwordHash: before } = await confirmPassword(c, audience, {
      login,
      password: currentPassword,
    })
    const after = await passwords.hash(newPassword)
    const session = await sessions.open(c, { audience, id })
    try {
      await database.write([
        ...replacePassword({ audience, id, before, after }),
        session.statement,
        logActivity({
          action: 'password_changed',
          ...(audience === 'member' ? { memberId: id } : { adminId: id }),
          nowMs: clock.now(),
        }),
      ])
    } catch (error) {
      if (error instanceof ConstraintError && error.rule === `${audience}.password_hash`)
        throw new AppError('current_password_wrong', { cause: error })
      throw error
    }
    session.setCookie()
  }

  return app
}

/**
 * Ends every session and every link that was sent. Between the check and this write somebody else may have set
 * another password: then NULL is left for it, and its NOT NULL refuses the whole batch.
 */
function replacePassword(change: {
  audience: Audience
  id: string
  before: string
  after: string
}): Statement[] {
  const { audience, id, before, after } = change
  return [
    {
      sql: `UPDATE ${audience} SET password_hash = CASE WHEN password_hash = ?2 THEN ?3 END WHERE id = ?1`,
      args: [id, before, after],
    },
    { sql: `DELETE FROM session WHERE ${audience}_id = ?`, args: [id] },
    ...(audience === 'member' ? endLinks(id) : []),
  ]
}
