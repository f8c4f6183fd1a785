/** What a member wishes to be told by mail. */
import { Hono } from 'hono'
import { type MailState, MailWishes } from '../../shared/contracts/mail.ts'
import { AppError } from '../../shared/errors.ts'
import { integer, text } from '../db/row.ts'
import type { Auth } from '../http/auth.ts'
import { readJson } from '../http/input.ts'
import type { Platform } from '../ports.ts'
import { mailLanguage } from './rules.ts'

interface MailDeps {
  readonly platform: Pick<Platform, 'database' | 'mail'>
  readonly auth: Auth
}

export function mailRoutes({ platform: { database, mail }, auth }: MailDeps): Hono {
  const app = new Hono()

  app.get('/api/me/mail', async (c) => {
    const { memberId } = await auth.member(c)
    if (!mail) throw new AppError('not_found')
    const [row] = await database.read({
      sql: 'SELECT language, on_decision, on_donation FROM member_mail WHERE member_id = ?',
      args: [memberId],
    })
    const wishes: MailWishes = {
      language:
        row && text(row, 'language') === 'en'
          ? 'en'
          : row
            ? 'id'
            : mailLanguage(c.req.header('accept-language')),
      onDecision: row?.['on_decision'] === 1,
      onDonation: row?.['on_donation'] === 1,
    }
    return c.json(wishes)
  })

  app.put('/api/me/mail', async (c) => {
    const { memberId } = await auth.member(c)
    if (!mail) throw new AppError('not_found')
    const { language, onDecision, onDonation } = await readJson(c, MailWishes)
    await database.write([
      {
        sql: `INSERT INTO member_mail (member_id, language, on_decision, on_donation) VALUES (?, ?, ?, ?)
          ON CONFLICT (member_id) DO UPDATE SET language = excluded.language, on_decision = excluded.on_decision,
            on_donation = excluded.on_donation`,
        args: [memberId, language, Number(onDecision), Number(onDonation)],
      },
    ])
    return c.body(null, 204)
  })

  app.get('/api/admin/mail', async (c) => {
    await auth.admin(c)
    const [row] = await database.read({ sql: 'SELECT reason, is_given_up, failed_at FROM mail_failure' })
    const state: MailState = {
      isOn: mail !== undefined,
      failure: row
        ? {
            reason: text(row, 'reason'),
            isGivenUp: row['is_given_up'] === 1,
            at: integer(row, 'failed_at'),
          }
        : null,
    }
    return c.json(state)
  })

  return app
}
