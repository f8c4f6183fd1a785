/** The installation: what it is called and allows, the first visit, and changes by an admin. */
import { Hono } from 'hono'
import * as v from 'valibot'
import { ChangeSite, SetupRequest, SiteSettings } from '../../shared/contracts/site.ts'
import { AppError } from '../../shared/errors.ts'
import { ulid } from '../../shared/ids.ts'
import { isSameSecret } from '../../shared/tokens.ts'
import { logActivity } from '../db/activity.ts'
import type { Auth, Sessions } from '../http/auth.ts'
import { readJson } from '../http/input.ts'
import { ConstraintError, type Platform } from '../ports.ts'
import { presetSettings, type ReadSite } from './rules.ts'
import { channelExists, insertAdmin, insertSetting, putSettings, SET_UP_AT } from './store.ts'

export interface SiteDeps {
  readonly platform: Platform
  readonly auth: Auth
  readonly sessions: Sessions
  readonly site: ReadSite
}

export function siteRoutes({ platform, auth, sessions, site }: SiteDeps): Hono {
  const { clock, config, database, passwords, random } = platform
  const app = new Hono()

  app.get('/api/site', async (c) => {
    c.header('cache-control', 'no-cache')
    return c.json(await site())
  })

  app.post('/api/setup', async (c) => {
    const request = await readJson(c, SetupRequest)
    if ((await site()).isSetUp) throw new AppError('setup_done')
    if (!(await isSameSecret(typedCode(request.code), typedCode(config.setupCode))))
      throw new AppError('setup_code_wrong')
    const nowMs = clock.now()
    const { username, password } = request.admin
    const adminId = ulid(nowMs, random.bytes)
    const passwordHash = await passwords.hash(password)
    const session = await sessions.open(c, { audience: 'admin', id: adminId })
    try {
      await database.write([
        insertSetting(SET_UP_AT, nowMs),
        ...putSettings({ ...request.site, ...presetSettings(request.site.preset) }),
        insertAdmin({ id: adminId, username, passwordHash, nowMs }),
        session.statement,
        logActivity({ action: 'site_set_up', adminId, details: { preset: request.site.preset }, nowMs }),
      ])
    } catch (error) {
      if (
        error instanceof ConstraintError &&
        (error.rule === 'setting.name' || error.rule === 'admin.username')
      )
        throw new AppError('setup_done', { cause: error })
      throw error
    }
    session.setCookie()
    return c.body(null, 204)
  })

  app.get('/api/admin/site', async (c) => {
    await auth.admin(c)
    return c.json(v.parse(SiteSettings, await site()))
  })

  app.patch('/api/admin/site', async (c) => {
    const { adminId } = await auth.admin(c)
    const changes = await readJson(c, ChangeSite)
    const { homeChannel } = changes
    if (typeof homeChannel === 'string' && !(await channelExists(database, homeChannel)))
      throw new AppError('invalid_input', { fields: { homeChannel: 'not_allowed' } })
    await database.write([
      ...putSettings(changes),
      logActivity({ action: 'site_changed', adminId, details: changes, nowMs: clock.now() }),
    ])
    return c.json(await site())
  })

  return app
}

/** It is read from one screen and typed into another: capitals, hyphens and spaces do not count. */
function typedCode(code: string): string {
  return code.toLowerCase().replaceAll(/[\s-]/g, '')
}
