/** Alerts in the studio: the overlay link, the queue, the test and the studio's own stream. */
import { Hono, type Context } from 'hono'
import * as v from 'valibot'
import { AlertAction, MAIN_SLOT, QueueControl, TestAlert } from '../../shared/contracts/alerts.ts'
import { Id } from '../../shared/contracts/fields.ts'
import type { OverlayInfo } from '../../shared/contracts/studio.ts'
import { AppError } from '../../shared/errors.ts'
import type { ChannelAccess, GrantedChannel } from '../channels/rules.ts'
import type { Auth, MemberIdentity } from '../http/auth.ts'
import { check, readJson } from '../http/input.ts'
import { openAlertStream, type StreamPlatform } from './connection.ts'
import { actOnAlert, controlQueue, readQueue } from './control.ts'
import { findOverlay, replaceOverlay } from './overlay.ts'
import { listPages } from './slot.ts'
import { sendTestAlert } from './test-alert.ts'

export interface StudioAlertDeps {
  readonly platform: StreamPlatform
  readonly auth: Auth
  readonly access: ChannelAccess
  readonly site: () => Promise<{ readonly publicUrl: string }>
}

export function studioAlertRoutes({ platform, auth, access, site }: StudioAlertDeps): Hono {
  const { database, hub } = platform
  const app = new Hono()

  async function enter(c: Context): Promise<{ member: MemberIdentity; channel: GrantedChannel }> {
    const member = await auth.member(c)
    return { member, channel: await access(member.memberId, c.req.param('slug') ?? '') }
  }

  app.get('/api/studio/:slug/events', async (c) => {
    const { channel } = await enter(c)
    return openAlertStream(c, platform, { channelId: channel.channelId, audience: 'studio' })
  })

  app.get('/api/studio/:slug/overlay', async (c) => {
    const { channelId } = (await enter(c)).channel
    const [overlay, connected, pages] = await Promise.all([
      findOverlay(database, channelId),
      hub.connectedOverlays(channelId),
      listPages(database, { channelId, slot: MAIN_SLOT, nowMs: platform.clock.now() }),
    ])
    const info: OverlayInfo = {
      id: overlay?.id ?? null,
      createdAt: overlay?.createdAt ?? null,
      connected,
      pages,
    }
    return c.json(info)
  })

  app.post('/api/studio/:slug/overlay', async (c) => {
    const { member, channel } = await enter(c)
    const { publicUrl } = await site()
    const { id, key } = await replaceOverlay(platform, { ...channel, memberId: member.memberId })
    return c.json({ url: `${publicUrl}/overlay/${id}#${key}` }, 201)
  })

  app.get('/api/studio/:slug/alerts', async (c) => {
    const { channelId } = (await enter(c)).channel
    const before = check(v.optional(Id), c.req.query('before'))
    return c.json(await readQueue(database, { channelId, before, nowMs: platform.clock.now() }))
  })

  app.put('/api/studio/:slug/alerts/control', async (c) => {
    const { member, channel } = await enter(c)
    const control = await readJson(c, QueueControl)
    await controlQueue(platform, { ...channel, memberId: member.memberId }, control)
    return c.json(control)
  })

  app.post('/api/studio/:slug/alerts/test', async (c) => {
    const { member, channel } = await enter(c)
    const asked = await readJson(c, TestAlert)
    return c.json({ alertId: await sendTestAlert(platform, { ...channel, ...member }, asked) }, 201)
  })

  app.post('/api/studio/:slug/alerts/:id/:action', async (c) => {
    const { channel } = await enter(c)
    const alertId = check(Id, c.req.param('id'))
    const action = v.safeParse(AlertAction, c.req.param('action'))
    if (!action.success) throw new AppError('not_found')
    await actOnAlert(platform, channel, { alertId, action: action.output })
    return c.body(null, 204)
  })

  return app
}
