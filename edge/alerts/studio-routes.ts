/** Alerts in the studio: the overlay link, the queue, the test and the studio's own stream. */
import { Hono, type Context } from 'hono'
import * as v from 'valibot'
import {
  AlertAction,
  AlertActionPlace,
  MAIN_SLOT,
  NameSlot,
  QueueControl,
  TestAlert,
} from '../../shared/contracts/alerts.ts'
import { Id } from '../../shared/contracts/fields.ts'
import type { OverlayInfo } from '../../shared/contracts/studio.ts'
import { AppError } from '../../shared/errors.ts'
import type { ChannelAccess, GrantedChannel } from '../channels/rules.ts'
import type { Auth, MemberIdentity } from '../http/auth.ts'
import { check, readJson } from '../http/input.ts'
import { openAlertStream, type StreamPlatform } from './connection.ts'
import { actOnAlert, controlQueue, type Operator, readQueue } from './control.ts'
import { findOverlay, replaceOverlay } from './overlay.ts'
import { listPages } from './slot.ts'
import { addSlot, listSlots, removeSlot, renameSlot, replaceSlotLink } from './slots.ts'
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

  async function enterAsOperator(c: Context): Promise<Operator> {
    const { member, channel } = await enter(c)
    return { ...channel, memberId: member.memberId }
  }

  const linkTo = async (id: string, key: string): Promise<string> =>
    `${(await site()).publicUrl}/overlay/${id}#${key}`

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
    const { id, key } = await replaceOverlay(platform, await enterAsOperator(c))
    return c.json({ url: await linkTo(id, key) }, 201)
  })

  app.get('/api/studio/:slug/slots', async (c) => {
    const { channelId } = (await enter(c)).channel
    return c.json({ slots: await listSlots(database, { channelId, nowMs: platform.clock.now() }) })
  })

  app.post('/api/studio/:slug/slots', async (c) => {
    const operator = await enterAsOperator(c)
    const { slot, id, key } = await addSlot(platform, operator, await readJson(c, NameSlot))
    return c.json({ slot, url: await linkTo(id, key) }, 201)
  })

  app.patch('/api/studio/:slug/slots/:slot', async (c) => {
    const { channelId } = await enterAsOperator(c)
    const slot = check(Id, c.req.param('slot'))
    await renameSlot(platform, { channelId, slot, ...(await readJson(c, NameSlot)) })
    return c.body(null, 204)
  })

  app.post('/api/studio/:slug/slots/:slot/link', async (c) => {
    const operator = await enterAsOperator(c)
    const { id, key } = await replaceSlotLink(platform, operator, check(Id, c.req.param('slot')))
    return c.json({ url: await linkTo(id, key) }, 201)
  })

  app.delete('/api/studio/:slug/slots/:slot', async (c) => {
    await removeSlot(platform, await enterAsOperator(c), check(Id, c.req.param('slot')))
    return c.body(null, 204)
  })

  app.get('/api/studio/:slug/alerts', async (c) => {
    const { channelId } = (await enter(c)).channel
    const before = check(v.optional(Id), c.req.query('before'))
    return c.json(await readQueue(database, { channelId, before, nowMs: platform.clock.now() }))
  })

  app.put('/api/studio/:slug/alerts/control', async (c) => {
    const operator = await enterAsOperator(c)
    const control = await readJson(c, QueueControl)
    await controlQueue(platform, operator, control)
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
    const place = await readJson(c, AlertActionPlace)
    await actOnAlert(platform, channel, { alertId, action: action.output, ...place })
    return c.body(null, 204)
  })

  return app
}
