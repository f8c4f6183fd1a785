/** What everybody may know about channels and broadcasts. */
import { Hono } from 'hono'
import * as v from 'valibot'
import { Broadcast, Channel, ChannelCard, LiveState } from '../../shared/contracts/channels.ts'
import { AppError } from '../../shared/errors.ts'
import { formatHlsPath } from '../../shared/hls-path.ts'
import type { Platform } from '../ports.ts'
import { liveBroadcast } from './rules.ts'
import { findBroadcast, findChannel, listChannels, type ChannelRow } from './store.ts'

export function publicChannelRoutes({ platform }: { readonly platform: Platform }): Hono {
  const { clock, config, database } = platform
  const { durations } = config
  const app = new Hono()

  const live = (channel: ChannelRow) => liveBroadcast(channel.live, clock.now(), durations)

  app.get('/api/channels', async (c) => {
    const channels = await listChannels(database, clock.now() - durations.grace)
    return c.json({ channels: channels.map((row) => v.parse(ChannelCard, { ...row, live: live(row) })) })
  })

  app.get('/api/channels/:slug', async (c) => {
    const slug = c.req.param('slug')
    const channel = await findChannel(database, slug)
    if (!channel) throw new AppError('not_found')
    if (channel.slug !== slug) return c.redirect(`/api/channels/${channel.slug}`, 308)
    return c.json(v.parse(Channel, { ...channel, live: live(channel) }))
  })

  app.get('/api/channels/:slug/live', async (c) => {
    const slug = c.req.param('slug')
    const channel = await findChannel(database, slug)
    if (!channel) throw new AppError('not_found')
    // Every viewer asks this every few seconds, so a shared cache may answer for a second.
    c.header('cache-control', 'public, max-age=1')
    if (channel.slug !== slug) return c.redirect(`/api/channels/${channel.slug}/live`, 308)
    const broadcast = live(channel)
    return c.json(
      v.parse(LiveState, {
        broadcast,
        playlist: broadcast
          ? formatHlsPath({ root: { scope: 'live', slug: channel.slug }, resource: { kind: 'multivariant' } })
          : null,
        latencyMode: channel.latencyMode,
      }),
    )
  })

  app.get('/api/broadcasts/:id', async (c) => {
    const broadcast = await findBroadcast(database, c.req.param('id'))
    if (!broadcast) throw new AppError('not_found')
    const isOver = liveBroadcast(broadcast, clock.now(), durations) === null
    return c.json(
      v.parse(Broadcast, {
        ...broadcast,
        // Nobody could say that it ended: the last renewal is what is known.
        ...(isOver && broadcast.endedAt === null && { endedAt: broadcast.leaseUntil, endReason: 'lost' }),
      }),
    )
  })

  return app
}
