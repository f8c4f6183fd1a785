/**
 * How somebody who forgot their password gets in again without e-mail: an admin makes a link and hands it
 * over. It works once and for an hour; a newer link of the same member replaces it.
 */
import { Hono } from 'hono'
import type { MadeResetLink } from '../../shared/contracts/admin.ts'
import { ResetPassword } from '../../shared/contracts/accounts.ts'
import { ULID_PATTERN } from '../../shared/ids.ts'
import { AppError } from '../../shared/errors.ts'
import { hashToken, newToken } from '../../shared/tokens.ts'
import { logActivity } from '../db/activity.ts'
import { text } from '../db/row.ts'
import { readJson } from '../http/input.ts'
import { ConstraintError, type Statement } from '../ports.ts'
import type { AccountDeps } from './routes.ts'

const LINK_LIFE_MS = 60 * 60_000

type PasswordResetDeps = Pick<AccountDeps, 'platform' | 'auth' | 'sessions' | 'site'>

export function passwordResetRoutes({ platform, auth, sessions, site }: PasswordResetDeps): Hono {
  const { clock, database, passwords, random } = platform
  const app = new Hono()

  app.post('/api/admin/members/:id/password-resets', async (c) => {
    const { adminId } = await auth.admin(c)
    const memberId = c.req.param('id')
    const [member] = ULID_PATTERN.test(memberId)
      ? await database.read({ sql: 'SELECT username FROM member WHERE id = ?', args: [memberId] })
      : []
    if (!member) throw new AppError('not_found')
    const code = newToken(random.bytes)
    const nowMs = clock.now()
    const expiresAt = nowMs + LINK_LIFE_MS
    await database.write([
      {
        sql: 'DELETE FROM password_reset WHERE member_id = ? OR expires_at <= ?',
        args: [memberId, nowMs],
      },
      {
        sql: `INSERT INTO password_reset (code_hash, member_id, created_by, created_at, expires_at)
          VALUES (?, ?, ?, ?, ?)`,
        args: [await hashToken(code), memberId, adminId, nowMs, expiresAt],
      },
      logActivity({
        action: 'password_reset_link_made',
        adminId,
        details: { member: text(member, 'username'), expiresAt },
        nowMs,
      }),
    ])
    // After the `#`, so that no log, proxy or referrer ever holds it.
    const made: MadeResetLink = { url: `${(await site()).publicUrl}/reset-password#${code}`, expiresAt }
    return c.json(made, 201)
  })

  app.post('/api/accounts/password-resets', async (c) => {
    const { code, password } = await readJson(c, ResetPassword)
    const codeHash = await hashToken(code)
    const nowMs = clock.now()
    // Before the expensive hash; that a link is used once is decided by the write.
    const [link] = await database.read({
      sql: 'SELECT member_id FROM password_reset WHERE code_hash = ? AND expires_at > ?',
      args: [codeHash, nowMs],
    })
    if (!link) throw new AppError('reset_link_wrong')
    const memberId = text(link, 'member_id')
    const session = await sessions.open(c, { audience: 'member', id: memberId })
    const passwordHash = await passwords.hash(password)
    try {
      await database.write([
        ...useLink({ codeHash, memberId, passwordHash, nowMs: clock.now() }),
        session.statement,
        logActivity({ action: 'password_reset', memberId, nowMs }),
      ])
    } catch (error) {
      if (error instanceof ConstraintError && error.rule === 'member.password_hash')
        throw new AppError('reset_link_wrong', { cause: error })
      throw error
    }
    session.setCookie()
    return c.body(null, 204)
  })

  return app
}

/**
 * Sets the password, ends every session of the member, and spends the link. An UPDATE that matches no row
 * aborts nothing, so a link that is gone by now leaves NULL for the password, and its NOT NULL refuses the
 * whole batch.
 */
function useLink(use: {
  codeHash: string
  memberId: string
  passwordHash: string
  nowMs: number
}): Statement[] {
  const { codeHash, memberId, passwordHash, nowMs } = use
  return [
    {
      sql: `UPDATE member SET password_hash = CASE WHEN EXISTS (
          SELECT 1 FROM password_reset WHERE code_hash = ?1 AND member_id = ?2 AND expires_at > ?3) THEN ?4 END
        WHERE id = ?2`,
      args: [codeHash, memberId, nowMs, passwordHash],
    },
    { sql: 'DELETE FROM password_reset WHERE member_id = ?', args: [memberId] },
    { sql: 'DELETE FROM session WHERE member_id = ?', args: [memberId] },
  ]
}
