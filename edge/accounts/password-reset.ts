/**
 * How somebody who forgot their password gets in again: by a link that works once. Where mail is sent they ask for it
 * themselves; otherwise, and always, an admin makes one and hands it over. A newer one by an admin replaces his former.
 */
import { Hono } from 'hono'
import type * as v from 'valibot'
import type { MadeResetLink } from '../../shared/contracts/admin.ts'
import { ResetPassword } from '../../shared/contracts/accounts.ts'
import { AskForReset } from '../../shared/contracts/mail.ts'
import { AppError } from '../../shared/errors.ts'
import { hashToken, newToken } from '../../shared/tokens.ts'
import { logActivity } from '../db/activity.ts'
import { text } from '../db/row.ts'
import { readJson } from '../http/input.ts'
import { requireWithin } from '../http/rate-limit.ts'
import { GUEST_ID } from '../ledger/rules.ts'
import { queueMail, sendSoon } from '../mail/rules.ts'
import { ConstraintError, type RateLimit, type Statement } from '../ports.ts'
import type { AccountDeps } from './routes.ts'
import { endLinks, findCredentials } from './store.ts'

const LINK_LIFE_MS = 60 * 60_000
const MAILED_LINK_LIFE_MS = 30 * 60_000
/** By mail, of one member, at one time: who asks for somebody else takes no link away from them. */
const MAX_MAILED_LINKS = 4
/** An internet café or a mobile network shares one address. */
const ONE_ADDRESS: RateLimit = {
  name: 'reset mails asked for from one address',
  max: 30,
  windowMs: 3_600_000,
}
/** Counted for what was typed, whether there is such an account or not. */
const ONE_LOGIN: RateLimit = { name: 'reset mails for one account', max: 3, windowMs: 3_600_000 }

type PasswordResetDeps = Pick<AccountDeps, 'platform' | 'auth' | 'sessions' | 'site'>

export function passwordResetRoutes({ platform, auth, sessions, site }: PasswordResetDeps): Hono {
  const { clientAddress, clock, database, passwords, random, rateLimiter } = platform
  const app = new Hono()

  app.post('/api/admin/members/:id/password-resets', async (c) => {
    const { adminId } = await auth.admin(c)
    const memberId = c.req.param('id')
    const [member] = await database.read({
      sql: 'SELECT username FROM member WHERE id = ? AND id <> ? AND closed_at IS NULL',
      args: [memberId, GUEST_ID],
    })
    if (!member) throw new AppError('not_found')
    const code = newToken(random.bytes)
    const nowMs = clock.now()
    const expiresAt = nowMs + LINK_LIFE_MS
    await database.write([
      {
        sql: 'DELETE FROM password_reset WHERE (member_id = ? AND created_by IS NOT NULL) OR expires_at <= ?',
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

  app.post('/api/accounts/password-reset-mails', async (c) => {
    if (!platform.mail) throw new AppError('not_found')
    const request = await readJson(c, AskForReset)
    await requireWithin(rateLimiter, ONE_ADDRESS, clientAddress(c))
    await requireWithin(rateLimiter, ONE_LOGIN, request.login)
    // After the answer, which thus tells by neither its words nor its time whether there is such an account.
    platform.waitUntil(mailLink(request))
    return c.body(null, 202)
  })

  async function mailLink({ login, language }: v.InferOutput<typeof AskForReset>): Promise<void> {
    const member = await findCredentials(database, { audience: 'member', login })
    if (!member || member.id === GUEST_ID || member.passwordHash === '') return
    const code = newToken(random.bytes)
    const nowMs = clock.now()
    const link = `${(await site()).publicUrl}/reset-password#${code}`
    const { id: memberId } = member
    await database.write([
      {
        sql: `DELETE FROM password_reset WHERE expires_at <= ?2 OR code_hash IN (SELECT code_hash FROM password_reset
          WHERE member_id = ?1 AND created_by IS NULL ORDER BY created_at DESC LIMIT -1 OFFSET ${MAX_MAILED_LINKS - 1})`,
        args: [memberId, nowMs],
      },
      {
        sql: 'INSERT INTO password_reset (code_hash, member_id, created_at, expires_at) VALUES (?, ?, ?, ?)',
        args: [await hashToken(code), memberId, nowMs, nowMs + MAILED_LINK_LIFE_MS],
      },
      ...(await queueMail(platform, {
        kind: 'password_reset',
        memberId,
        language,
        about: { link },
        lifeMs: MAILED_LINK_LIFE_MS,
      })),
      logActivity({ action: 'password_reset_asked', memberId, nowMs }),
    ])
    sendSoon(platform)
  }

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
    ...endLinks(memberId),
    { sql: 'DELETE FROM session WHERE member_id = ?', args: [memberId] },
  ]
}
