/** Terms, privacy and refunds: read by everybody, written by admins, every version kept. */
import { Hono } from 'hono'
import * as v from 'valibot'
import {
  ChangeLegalPage,
  LegalLanguage,
  type LegalPage,
  LEGAL_TEXT_MAX_CHARS,
  LegalPageName,
} from '../../shared/contracts/legal.ts'
import { AppError } from '../../shared/errors.ts'
import { logActivity } from '../db/activity.ts'
import { integer, text } from '../db/row.ts'
import type { Auth } from '../http/auth.ts'
import { check, readJson } from '../http/input.ts'
import { ConstraintError, type Platform } from '../ports.ts'
import { DEFAULT_TEXTS_EN } from './default-en.ts'
import { DEFAULT_TEXTS_ID } from './default-id.ts'

export interface LegalDeps {
  readonly platform: Pick<Platform, 'clock' | 'database'>
  readonly auth: Auth
}

const DEFAULTS = { id: DEFAULT_TEXTS_ID, en: DEFAULT_TEXTS_EN }
const Query = v.object({
  language: v.optional(LegalLanguage, 'id'),
  version: v.optional(v.pipe(v.string(), v.regex(/^\d{1,6}$/), v.transform(Number))),
})
/** A character is at most four bytes, and JSON writes a line break as two. */
const MAX_BYTES = 4 * LEGAL_TEXT_MAX_CHARS + 1_024

export function legalRoutes({ platform: { clock, database }, auth }: LegalDeps): Hono {
  const app = new Hono()

  /** @param version the newest unless it is given @throws AppError `not_found` */
  async function read(name: LegalPageName, language: LegalLanguage, version?: number): Promise<LegalPage> {
    const [row] = await database.read({
      sql: `SELECT * FROM legal_page WHERE name = ?1 AND language = ?2 AND (?3 IS NULL OR version = ?3)
        ORDER BY version DESC LIMIT 1`,
      args: [name, language, version ?? null],
    })
    if (row)
      return {
        name,
        language,
        text: text(row, 'body'),
        version: integer(row, 'version'),
        updatedAt: integer(row, 'updated_at'),
      }
    if ((version ?? 0) > 0) throw new AppError('not_found')
    return { name, language, text: DEFAULTS[language][name], version: 0, updatedAt: null }
  }

  app.get('/api/legal/:name', async (c) => {
    const name = nameOf(c.req.param('name'))
    const { language, version } = check(Query, c.req.query())
    return c.json(await read(name, language, version))
  })

  app.put('/api/admin/legal/:name', async (c) => {
    const { adminId } = await auth.admin(c)
    const name = nameOf(c.req.param('name'))
    const { language, text: body, version } = await readJson(c, ChangeLegalPage, MAX_BYTES)
    const nowMs = clock.now()
    try {
      await database.write([
        {
          sql: `INSERT INTO legal_page (name, language, version, body, updated_by, updated_at)
            VALUES (?, ?, ?, ?, ?, ?)`,
          args: [name, language, version + 1, body, adminId, nowMs],
        },
        logActivity({
          action: 'legal_page_changed',
          adminId,
          details: { name: `${name} (${language})`, version: version + 1 },
          nowMs,
        }),
      ])
    } catch (error) {
      if (error instanceof ConstraintError && ['LEGAL_PAGE_CHANGED', 'legal_page.name'].includes(error.rule))
        throw new AppError('conflict', { cause: error })
      throw error
    }
    return c.json(await read(name, language))
  })

  return app
}

function nameOf(value: string): LegalPageName {
  if (!v.is(LegalPageName, value)) throw new AppError('not_found')
  return value
}
