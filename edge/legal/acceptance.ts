/** What a member has agreed to, and whether it has changed since. Registering agrees to the terms of that moment. */
import { Hono } from 'hono'
import { AcceptTerms, type TermsState } from '../../shared/contracts/legal.ts'
import { AppError } from '../../shared/errors.ts'
import { logActivity } from '../db/activity.ts'
import { integer, integerOrNull } from '../db/row.ts'
import { readJson } from '../http/input.ts'
import { ConstraintError } from '../ports.ts'
import type { LegalDeps } from './routes.ts'

export function acceptanceRoutes({ platform: { clock, database }, auth }: LegalDeps): Hono {
  const app = new Hono()

  async function read(memberId: string): Promise<TermsState> {
    const current = (language: string): string =>
      `(SELECT COALESCE(MAX(version), 0) FROM legal_page WHERE name = 'terms' AND language = '${language}')`
    const [row = {}] = await database.read({
      sql: `SELECT ${current('id')} AS now_id, ${current('en')} AS now_en, version_id, version_en, accepted_at
        FROM (SELECT 1) LEFT JOIN terms_acceptance ON member_id = ? ORDER BY accepted_at DESC LIMIT 1`,
      args: [memberId],
    })
    const newest = { id: integer(row, 'now_id'), en: integer(row, 'now_en') }
    const [id, en] = [integerOrNull(row, 'version_id'), integerOrNull(row, 'version_en')]
    return {
      newest,
      accepted: id === null || en === null ? null : { id, en, at: integer(row, 'accepted_at') },
      // Whoever registered before it was written down saw the text that came with the product, or an early one.
      isChanged: (id ?? 0) !== newest.id || (en ?? 0) !== newest.en,
    }
  }

  app.get('/api/me/terms', async (c) => {
    const { memberId } = await auth.member(c)
    return c.json(await read(memberId))
  })

  app.post('/api/me/terms', async (c) => {
    const { memberId } = await auth.member(c)
    const { id, en } = await readJson(c, AcceptTerms)
    const nowMs = clock.now()
    try {
      await database.write([
        {
          sql: 'INSERT INTO terms_acceptance (member_id, version_id, version_en, accepted_at) VALUES (?, ?, ?, ?)',
          args: [memberId, id, en, nowMs],
        },
        logActivity({ action: 'terms_accepted', memberId, details: { version: `${id}/${en}` }, nowMs }),
      ])
    } catch (error) {
      const rule = error instanceof ConstraintError ? error.rule : undefined
      if (rule === 'TERMS_CHANGED') throw new AppError('conflict', { cause: error })
      // Again is no error.
      if (rule !== 'terms_acceptance.member_id') throw error
    }
    return c.json(await read(memberId))
  })

  return app
}
