/** What everybody may know about channels and broadcasts. */
import { Hono } from 'hono'
import * as v from 'valibot'
import {
  Broadcast,
  Channel,
  ChannelCard,
  type LiveBroadcast,
  LiveState,
} from '../../shared/contracts/channels.ts'
import { AppError } from '../../shared/errors.ts'
import { formatHlsPath, type HlsRoot } from '../../shared/hls-path.ts'
import { sharedRead } from '../db/shared-read.ts'
import type { Auth } from '../http/auth.ts'
import { answerPublicJson, publicJson } from '../http/public-json.ts'
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

/** Channels, and broadcasts, that somebody asks for at the same time; each is less than a kilobyte. */
const MAX_KEPT = 1024
const NOTHING = { live: null, viewers: null } as const

export function publicChannelRoutes({ platform, auth, viewers, audienceOf }: PublicChannelDeps): Hono {
  const { clock, config, database } = platform
  const { durations } = config
  const liveStateOf = sharedRead(platform, { maxKeys: MAX_KEPT, read: readLiveState })
  const broadcastOf = sharedRead(platform, { maxKeys: MAX_KEPT, read: readBroadcast })
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
    const hidden = { memo: '', elsewhereUrl: null, live: null, viewers: null }
    return c.json(v.parse(Channel, { ...channel, ...guests(channel), ...hidden }))
  })

  // Every viewer asks for the state every few seconds, and at the end for what became of the broadcast.
  app.get('/api/channels/:slug/live', async (c) => {
    const slug = c.req.param('slug')
    const known = await liveStateOf(slug)
    if (!known) throw new AppError('not_found')
    const { visibility, toViewers, toStrangers } = known
    if (known.slug !== slug) {
      c.header('cache-control', 'no-store')
      return c.redirect(`/api/channels/${known.slug}/live`, 308)
    }
    const mayWatch = await viewers.mayWatch(c, visibility)
    return answerPublicJson(c, mayWatch ? toViewers : toStrangers, { visibility })
  })

  app.get('/api/broadcasts/:id', async (c) => {
    const known = await broadcastOf(c.req.param('id'))
    if (!known) throw new AppError('not_found')
    await viewers.requireMayWatch(c, known.visibility)
    return answerPublicJson(c, known.json, known)
  })

  return app

  async function readLiveState(slug: string) {
    const channel = await findChannel(database, slug)
    if (!channel) return undefined
    const toViewers = await publicJson(liveState(channel, await onAir(channel), { needsSignIn: false }))
    const toStrangers =
      channel.visibility === 'members'
        ? await publicJson(liveState(channel, NOTHING, { needsSignIn: true }))
        : toViewers
    return { slug: channel.slug, visibility: channel.visibility, toViewers, toStrangers }
  }

  async function readBroadcast(id: string) {
    const broadcast = await findBroadcast(database, id)
    if (!broadcast) return undefined
    const isOver = liveBroadcast(broadcast, clock.now(), durations) === null
    const shown = v.parse(Broadcast, {
      ...broadcast,
      // Nobody could say that it ended: the last renewal is what is known.
      ...(isOver && broadcast.endedAt === null && { endedAt: broadcast.leaseUntil, endReason: 'lost' }),
    })
    return { visibility: broadcast.visibility, json: await publicJson(shown) }
  }
}

function liveState(
  channel: ChannelRow,
  { live, viewers }: { readonly live: LiveBroadcast | null; readonly viewers: number | null },
  { needsSignIn }: { readonly needsSignIn: boolean },
): LiveState {
  const multivariant = (root: HlsRoot) => formatHlsPath({ root, resource: { kind: 'multivariant' } })
  return v.parse(LiveState, {
    broadcast: live,
    playlist: live ? multivariant({ scope: 'live', slug: channel.slug }) : null,
    latencyMode: channel.latencyMode,
    needsSignIn,
    needsToken: channel.visibility === 'members' || channel.isCapped,
    viewers,
    dvr: live && channel.dvrId !== null ? multivariant({ scope: 'vod', video: channel.dvrId }) : null,
  })
}
