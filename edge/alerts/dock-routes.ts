/** The dock inside OBS: the studio's queue by a link of its own, without anybody's session. */
import { Hono, type Context } from 'hono'
import * as v from 'valibot'
import {
  AlertAction,
  AlertActionPlace,
  type DockView,
  MAIN_SLOT,
  OverlaySignIn,
  QueueControl,
  TestAlert,
} from '../../shared/contracts/alerts.ts'
import { Id } from '../../shared/contracts/fields.ts'
import type { ReceivedDonation } from '../../shared/contracts/studio.ts'
import { AppError } from '../../shared/errors.ts'
import { requireOwner, type ChannelAccess } from '../channels/rules.ts'
import { text } from '../db/row.ts'
import type { Auth } from '../http/auth.ts'
import { check, readJson } from '../http/input.ts'
import { openAlertStream, type StreamPlatform } from './connection.ts'
import { actOnAlert, controlQueue, readQueue } from './control.ts'
import { DOCK, findOverlay, overlayOf, replaceOverlay, signInOverlay } from './overlay.ts'
import { listPages } from './slot.ts'
import { sendTestAlert } from './test-alert.ts'

export interface DockDeps {
  readonly platform: StreamPlatform
  readonly auth: Auth
  readonly access: ChannelAccess
  readonly site: () => Promise<{ readonly publicUrl: string; readonly timeZone: string }>
  /** Newest first. */
  readonly donationsOf: (channelId: string) => Promise<readonly ReceivedDonation[]>
}

export function dockRoutes({ platform, auth, access, site, donationsOf }: DockDeps): Hono {
  const { clock, database, hub } = platform
  const app = new Hono()

  /** Whoever holds the link acts for the owner: the log has no other name to give. */
  async function enter(c: Context) {
    const { overlayId, channelId, slot } = await overlayOf(c, platform, DOCK)
    const [row] = await database.read({
      sql: `SELECT slug, title, owner_id FROM channel WHERE id = ?`,
      args: [channelId],
    })
    if (!row) throw new AppError('not_found')
    const memberId = text(row, 'owner_id')
    return { overlayId, slot, channelId, slug: text(row, 'slug'), title: text(row, 'title'), memberId }
  }

  app.post('/api/dock/:id/session', async (c) => {
    const { key } = await readJson(c, OverlaySignIn)
    await signInOverlay(c, platform, { overlayId: c.req.param('id'), key, place: DOCK })
    return c.body(null, 204)
  })

  app.get('/api/dock/:id/events', async (c) => {
    const { overlayId, slot, channelId } = await enter(c)
    return openAlertStream(c, platform, { channelId, audience: 'studio', overlay: { id: overlayId, slot } })
  })

  app.get('/api/dock/:id', async (c) => {
    const { channelId, title } = await enter(c)
    const [{ timeZone }, connected, pages, donations] = await Promise.all([
      site(),
      hub.connectedOverlays(channelId),
      listPages(database, { channelId, slot: MAIN_SLOT, nowMs: clock.now() }),
      donationsOf(channelId),
    ])
    const view: DockView = { title, timeZone, connected, pages, donations: [...donations] }
    return c.json(view)
  })

  app.get('/api/dock/:id/alerts', async (c) => {
    const { channelId } = await enter(c)
    const before = check(v.optional(Id), c.req.query('before'))
    return c.json(await readQueue(database, { channelId, before, nowMs: clock.now() }))
  })

  app.put('/api/dock/:id/alerts/control', async (c) => {
    const channel = await enter(c)
    const control = await readJson(c, QueueControl)
    await controlQueue(platform, channel, control)
    return c.json(control)
  })

  app.post('/api/dock/:id/alerts/test', async (c) => {
    const channel = await enter(c)
    const asked = await readJson(c, TestAlert)
    const alertId = await sendTestAlert(platform, { ...channel, username: channel.title.slice(0, 40) }, asked)
    return c.json({ alertId }, 201)
  })

  app.post('/api/dock/:id/alerts/:alert/:action', async (c) => {
    const channel = await enter(c)
    const alertId = check(Id, c.req.param('alert'))
    const action = v.safeParse(AlertAction, c.req.param('action'))
    if (!action.success) throw new AppError('not_found')
    const place = await readJson(c, AlertActionPlace)
    await actOnAlert(platform, channel, { alertId, action: action.output, ...place })
    return c.body(null, 204)
  })

  // An operator whose right was withdrawn would keep the link, so it is the owner's to make.
  app.get('/api/studio/:slug/dock', async (c) => {
    const { memberId } = await auth.member(c)
    const channel = await access(memberId, c.req.param('slug'))
    requireOwner(channel)
    const link = await findOverlay(database, channel.channelId, DOCK.slot)
    return c.json({ createdAt: link?.createdAt ?? null })
  })

  app.post('/api/studio/:slug/dock', async (c) => {
    const { memberId } = await auth.member(c)
    const channel = await access(memberId, c.req.param('slug'))
    requireOwner(channel)
    const { id, key } = await replaceOverlay(platform, { ...channel, memberId, slot: DOCK.slot })
    return c.json({ url: `${(await site()).publicUrl}/dock/${id}#${key}` }, 201)
  })

  return app
}
