/** How alerts look and sound, and the files they use. */
import { Hono, type Context } from 'hono'
import {
  ALERT_FILE_MAX_BYTES,
  ALERT_FILE_NAME_MAX_CHARS,
  AlertSettings,
} from '../../shared/contracts/alert-settings.ts'
import { Id, line } from '../../shared/contracts/fields.ts'
import { AppError } from '../../shared/errors.ts'
import { Voice } from '../../shared/speech.ts'
import type { AssetPlatform } from '../assets/files.ts'
import { requireOwner, type ChannelAccess, type GrantedChannel } from '../channels/rules.ts'
import type { Auth } from '../http/auth.ts'
import { check, readBytes, readJson } from '../http/input.ts'
import { requireReasonableSize } from '../http/picture.ts'
import type { Platform } from '../ports.ts'
import { alertFileType } from './file-type.ts'
import { fetchSpeech, sampleOf } from './speech.ts'
import { addAlertFile, readAlertSettings, removeAlertFile, writeAlertSettings } from './settings.ts'

export interface AlertSettingsDeps {
  readonly platform: Pick<Platform, 'config' | 'fetchOrigin' | 'random'> & AssetPlatform
  readonly auth: Auth
  readonly access: ChannelAccess
}

export function alertSettingsRoutes({ platform, auth, access }: AlertSettingsDeps): Hono {
  const { database } = platform
  const app = new Hono()

  async function enter(c: Context): Promise<GrantedChannel & { readonly memberId: string }> {
    const { memberId } = await auth.member(c)
    return { ...(await access(memberId, c.req.param('slug') ?? '')), memberId }
  }

  async function enterAsOwner(c: Context) {
    const entered = await enter(c)
    requireOwner(entered)
    return entered
  }

  app.get('/api/studio/:slug/alert-settings', async (c) =>
    c.json(await readAlertSettings(database, (await enter(c)).channelId)),
  )

  app.put('/api/studio/:slug/alert-settings', async (c) => {
    const owner = await enterAsOwner(c)
    await writeAlertSettings(platform, owner, await readJson(c, AlertSettings))
    return c.json(await readAlertSettings(database, owner.channelId))
  })

  app.get('/api/studio/:slug/alert-speech/:voice', async (c) => {
    await enterAsOwner(c)
    return fetchSpeech(platform, sampleOf(check(Voice, c.req.param('voice'))))
  })

  app.post('/api/studio/:slug/alert-files', async (c) => {
    const owner = await enterAsOwner(c)
    const name = check(line(ALERT_FILE_NAME_MAX_CHARS, 1), c.req.query('name'))
    const body = await readBytes(c, ALERT_FILE_MAX_BYTES)
    // Browsers name sounds in several ways, so only the content is asked.
    const type = alertFileType(body)
    if (type === undefined) throw new AppError('unsupported_media_type')
    if (type.startsWith('image/')) requireReasonableSize(body)
    return c.json(await addAlertFile(platform, owner, { name, type, body }), 201)
  })

  app.delete('/api/studio/:slug/alert-files/:id', async (c) => {
    const owner = await enterAsOwner(c)
    await removeAlertFile(platform, owner, check(Id, c.req.param('id')))
    return c.body(null, 204)
  })

  return app
}
