/**
 * Changing one's e-mail address: with the password, and where mail is sent also with a link that was sent to the
 * new address, while the old one is told.
 */
import { Hono } from 'hono'
import * as v from 'valibot'
import { ChangeEmail, ConfirmEmail, EmailChange } from '../../shared/contracts/mail.ts'
import { AppError } from '../../shared/errors.ts'
import { hashToken, newToken } from '../../shared/tokens.ts'
import { logActivity } from '../db/activity.ts'
import { text } from '../db/row.ts'
import type { ConfirmPassword } from '../http/auth.ts'
import { readJson } from '../http/input.ts'
import { requireWithin } from '../http/rate-limit.ts'
import { queueMail, sendSoon } from '../mail/rules.ts'
import { ConstraintError, type RateLimit, type Statement } from '../ports.ts'
import type { AccountDeps } from './routes.ts'
import { registrationError } from './rules.ts'

const LINK_LIFE_MS = 24 * 3_600_000
/** Each may send two mails, one of them to an address that is not theirs. */
const CHANGES: RateLimit = { name: 'changes of one e-mail address', max: 5, windowMs: 24 * 3_600_000 }

interface EmailChangeDeps extends Pick<AccountDeps, 'platform' | 'auth' | 'site'> {
  readonly confirmPassword: ConfirmPassword
}

export function emailChangeRoutes({ platform, auth, site, confirmPassword }: EmailChangeDeps): Hono {
  const { clock, database, random, rateLimiter } = platform
  const app = new Hono()

  app.put('/api/me/email', async (c) => {
    const { memberId, username } = await auth.member(c)
    const { email, password, language } = await readJson(c, ChangeEmail)
    await confirmPassword(c, 'member', { login: username, password })
    await requireWithin(rateLimiter, CHANGES, memberId)
    const nowMs = clock.now()
    if (!platform.mail) {
      await write([...putEmail(memberId, email), logActivity({ action: 'email_changed', memberId, nowMs })])
      return c.json(v.parse(EmailChange, { state: 'changed' }))
    }
    const [taken] = await database.read({
      sql: 'SELECT 1 AS found FROM member WHERE email = ?',
      args: [email],
    })
    if (taken) throw new AppError('email_taken')
    const code = newToken(random.bytes)
    // After the `#`, so that no log, proxy or referrer ever holds it.
    const link = `${(await site()).publicUrl}/confirm-email#${code}`
    const mail = { memberId, language, lifeMs: LINK_LIFE_MS }
    await write([
      {
        sql: `INSERT INTO email_change (member_id, code_hash, email, expires_at) VALUES (?, ?, ?, ?)
          ON CONFLICT (member_id) DO UPDATE SET code_hash = excluded.code_hash, email = excluded.email,
            expires_at = excluded.expires_at`,
        args: [memberId, await hashToken(code), email, nowMs + LINK_LIFE_MS],
      },
      ...(await queueMail(platform, { ...mail, kind: 'email_change', about: { to: email, link } })),
      ...(await queueMail(platform, { ...mail, kind: 'email_changing', about: { email } })),
    ])
    sendSoon(platform)
    return c.json(v.parse(EmailChange, { state: 'confirm' }))
  })

  // Whoever opens it need not be signed in there: the link is the proof.
  app.post('/api/accounts/email-changes', async (c) => {
    const { code } = await readJson(c, ConfirmEmail)
    const nowMs = clock.now()
    const codeHash = await hashToken(code)
    const [change] = await database.read({
      sql: 'SELECT member_id, email FROM email_change WHERE code_hash = ? AND expires_at > ?',
      args: [codeHash, nowMs],
    })
    if (!change) throw new AppError('email_link_wrong')
    const memberId = text(change, 'member_id')
    await write([
      stillValid({ memberId, codeHash, nowMs }),
      ...putEmail(memberId, text(change, 'email')),
      logActivity({ action: 'email_changed', memberId, nowMs }),
    ])
    return c.body(null, 204)
  })

  async function write(batch: readonly Statement[]): Promise<void> {
    try {
      await database.write(batch)
    } catch (error) {
      if (!(error instanceof ConstraintError)) throw error
      throw error.rule === 'member.registered_at'
        ? new AppError('email_link_wrong', { cause: error })
        : registrationError(error)
    }
  }

  return app
}

/** NULL is left by a link that was ended in this moment, and its NOT NULL refuses the whole batch. */
function stillValid({
  memberId,
  codeHash,
  nowMs,
}: Record<'memberId' | 'codeHash', string> & { nowMs: number }) {
  return {
    sql: `UPDATE member SET registered_at = CASE WHEN EXISTS (SELECT 1 FROM email_change
        WHERE member_id = ?1 AND code_hash = ?2 AND expires_at > ?3) THEN registered_at END WHERE id = ?1`,
    args: [memberId, codeHash, nowMs],
  }
}

/** Links that were sent to the old address open nothing any more. */
function putEmail(memberId: string, email: string): Statement[] {
  return [
    { sql: 'UPDATE member SET email = ? WHERE id = ?', args: [email, memberId] },
    { sql: 'DELETE FROM email_change WHERE member_id = ?', args: [memberId] },
    { sql: 'DELETE FROM password_reset WHERE member_id = ? AND created_by IS NULL', args: [memberId] },
  ]
}
