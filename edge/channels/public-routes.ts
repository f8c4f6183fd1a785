/** What everybody may know about channels and broadcasts. */
import { Hono } from 'hono'
import * as v from 'valibot'
import { Broadcast, Channel, ChannelCard, LiveState } from '../../shared/contracts/channels.ts'
import { AppError } from '../../shared/errors.ts'
import { formatHlsPath } from '../../shared/hls-path.ts'
import type { Auth } from '../http/auth.ts'
import type { Platform } from '../ports.ts'
import type { AudienceOf, ViewerAccess } from '../viewers/rules.ts'
import { liveBroadcast } from './rules.ts'
import { findBroadcast, findChannel, listChannels, type ChannelRow, type ListAudience } from './store.ts'

export interface PublicChannelDeps {
  readonly platform: Platform
  readonly auth: Auth
  readonly viewers: ViewerAccess
  readonly audienceOf: AudienceOf
}

const NOTHING = { live: null, viewers: null } as const

export function publicChannelRoutes({ platform, auth, viewers, audienceOf }: PublicChannelDeps): Hono {
  const { clock, config, database } = platform
  const { durations } = config
  const app = new Hono()
  const guests = ({ acceptsDonations }: ChannelRow) => ({
    acceptsGuests: acceptsDonations && config.gateway !== undefined,
  })

  const live = (channel: ChannelRow) => liveBroadcast(channel.live, clock.now(), durations)

  async function onAir(channel: ChannelRow) {
    const broadcast = live(channel)
    if (!broadcast) return NOTHING
    return { live: broadcast, viewers: (await audienceOf([channel.id]))(channel.id) }
  }

  async function cards(audience: ListAudience) {
    const channels = await listChannels(database, {
      onAirSince: clock.now() - durations.grace,
      audience,
    })
    const shown = channels.map((row) => ({ ...row, live: live(row) }))
    const viewersOf = await audienceOf(shown.flatMap((row) => (row.live ? [row.id] : [])))
    return {
      channels: shown.map((row) =>
        v.parse(ChannelCard, { ...row, viewers: row.live ? viewersOf(row.id) : null }),
      ),
    }
  }

  app.get('/api/channels', async (c) => {
    return c.json(await cards((await viewers.isInsider(c)) ? 'insiders' : 'everybody'))
  })

  app.get('/api/admin/channels', async (c) => {
    await auth.admin(c)
    return c.json(await cards('admins'))
  })

  app.get('/api/channels/:slug', async (c) => {
    const slug = c.req.param('slug')
    const channel = await findChannel(database, slug)
    if (!channel) throw new AppError('not_found')
    if (channel.slug !== slug) return c.redirect(`/api/channels/${channel.slug}`, 308)
    if (await viewers.mayWatch(c, channel.visibility))
      return c.json(v.parse(Channel, { ...channel, ...guests(channel), ...(await onAir(channel)) }))
    // Enough to know where one is asked to sign in.
    return c.json(v.parse(Channel, { ...channel, ...guests(channel), memo: '', live: null, viewers: null }))
  })

  app.get('/api/channels/:slug/live', async (c) => {
    const slug = c.req.param('slug')
    const channel = await findChannel(database, slug)
    if (!channel) throw new AppError('not_found')
    // Every viewer asks this every few seconds, so a shared cache may answer for a second.
    c.header('cache-control', channel.visibility === 'members' ? 'private, no-store' : 'public, max-age=1')
    if (channel.slug !== slug) return c.redirect(`/api/channels/${channel.slug}/live`, 308)
    const needsSignIn = !(await viewers.mayWatch(c, channel.visibility))
    const { live: broadcast, viewers: watching } = needsSignIn ? NOTHING : await onAir(channel)
    return c.json(
      v.parse(LiveState, {
        broadcast,
        playlist: broadcast
          ? formatHlsPath({ root: { scope: 'live', slug: channel.slug }, resource: { kind: 'multivariant' } })
          : null,
        latencyMode: channel.latencyMode,
        needsSignIn,
        needsToken: channel.visibility === 'members' || channel.isCapped,
        viewers: watching,
        dvr:
          broadcast && channel.dvrId !== null
            ? formatHlsPath({
                root: { scope: 'vod', video: channel.dvrId },
                resource: { kind: 'multivariant' },
              })
            : null,
      }),
    )
  })

  app.get('/api/broadcasts/:id', async (c) => {
    const broadcast = await findBroadcast(database, c.req.param('id'))
    if (!broadcast) throw new AppError('not_found')
    await viewers.requireMayWatch(c, broadcast.visibility)
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
