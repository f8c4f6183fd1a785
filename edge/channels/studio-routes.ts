/** A channel in the hands of its owner and operators. */
import { Hono, type Context } from 'hono'
import * as v from 'valibot'
import { storeFile } from '../assets/files.ts'
import { ChannelSettings } from '../../shared/contracts/channels.ts'
import {
  AddOperator,
  BANNER_MAX_BYTES,
  LINK_PICTURE,
  LinkPictureSource,
  StudioBroadcast,
  StudioChannel,
} from '../../shared/contracts/studio.ts'
import type { BroadcastHealth, BroadcastLimits } from '../../shared/contracts/internal.ts'
import { AppError } from '../../shared/errors.ts'
import { ulid } from '../../shared/ids.ts'
import { logActivity } from '../db/activity.ts'
import type { Auth, MemberIdentity } from '../http/auth.ts'
import { check, readBytes, readJson } from '../http/input.ts'
import { ConstraintError, type Platform, type Statement } from '../ports.ts'
import { jpegSize, pictureType, requireReasonableSize } from '../http/picture.ts'
import type { AudienceOf } from '../viewers/rules.ts'
import { liveBroadcast, requireOwner, type ChannelAccess, type GrantedChannel } from './rules.ts'
import { findChannel } from './store.ts'
import {
  addOperator,
  findMemberId,
  listBroadcasts,
  moveHome,
  readStudioExtras,
  removeOperator,
  setBanner,
  setLinkPicture,
  updateChannel,
} from './studio-store.ts'

export interface StudioDeps {
  readonly platform: Platform
  readonly auth: Auth
  readonly access: ChannelAccess
  readonly site: () => Promise<{ readonly publicUrl: string; readonly rtmpUrl: string }>
  readonly limitsOf: (channelIds: readonly string[]) => Promise<ReadonlyMap<string, BroadcastLimits>>
  readonly audienceOf: AudienceOf
  readonly restreams: { names(channelId: string): Promise<ReadonlyMap<string, string>> }
}

/** Enough for a team, few enough to show on one page. */
const MAX_OPERATORS = 50

export function studioChannelRoutes(deps: StudioDeps): Hono {
  const { platform, auth, access, site, limitsOf, audienceOf, restreams } = deps
  const { clock, config, database, random } = platform
  const app = new Hono()

  async function enter(c: Context): Promise<{ member: MemberIdentity; channel: GrantedChannel }> {
    const member = await auth.member(c)
    return { member, channel: await access(member.memberId, c.req.param('slug') ?? '') }
  }

  async function enterAsOwner(c: Context) {
    const entered = await enter(c)
    requireOwner(entered.channel)
    return entered
  }

  async function studioChannel({ slug, channelId, ownerId, role }: GrantedChannel): Promise<StudioChannel> {
    const [channel, { onAir, lastEnding, ...extras }, { publicUrl, rtmpUrl }, limits, targetNames] =
      await Promise.all([
        findChannel(database, slug),
        readStudioExtras(database, { channelId, ownerId }),
        site(),
        limitsOf([channelId]),
        restreams.names(channelId),
      ])
    if (!channel) throw new AppError('conflict')
    const live = liveBroadcast(onAir, clock.now(), config.durations)
    const viewers = live ? (await audienceOf([channelId]))(channelId) : 0
    return v.parse(StudioChannel, {
      ...channel,
      ...extras,
      role,
      rtmpServer: rtmpUrl,
      watchUrl: `${publicUrl}/c/${channel.slug}`,
      donateUrl: `${publicUrl}/c/${channel.slug}/donate`,
      lastEnding: lastEnding && {
        ...lastEnding,
        heldUntil: lastEnding.reason === 'kicked' ? lastEnding.endedAt + config.durations.kickHold : null,
      },
      limits: limits.get(channelId),
      live: live && { ...onAir, ...live, viewers, restreams: restreamStates(targetNames, onAir?.health) },
    })
  }

  /** The origin serves a broadcast under the slug of its start: viewers would lose it at a new address. */
  async function requireOffAir({ slug }: GrantedChannel): Promise<void> {
    const channel = await findChannel(database, slug)
    if (liveBroadcast(channel?.live, clock.now(), config.durations)) throw new AppError('channel_on_air')
  }

  async function change(
    { member, channel }: Awaited<ReturnType<typeof enter>>,
    line: Pick<Parameters<typeof logActivity>[0], 'action' | 'details'>,
    statements: readonly Statement[],
  ): Promise<void> {
    const details = { channel: channel.slug, ...line.details }
    const nowMs = clock.now()
    await database.write([
      ...statements,
      logActivity({ action: line.action, details, memberId: member.memberId, nowMs }),
    ])
  }

  app.get('/api/studio/:slug', async (c) => c.json(await studioChannel((await enter(c)).channel)))

  app.patch('/api/studio/:slug', async (c) => {
    const entered = await enterAsOwner(c)
    const { channel } = entered
    const changes = await readJson(c, ChannelSettings)
    if (changes.slug !== undefined && changes.slug !== channel.slug) await requireOffAir(channel)
    const statements = updateChannel(channel.channelId, changes)
    if (changes.slug !== undefined) statements.push(moveHome(channel.slug, changes.slug))
    const { memo, ...details } = changes
    try {
      if (statements.length > 0)
        await change(
          entered,
          { action: 'channel_changed', details: { ...details, ...(memo !== undefined && { memo: true }) } },
          statements,
        )
    } catch (error) {
      if (error instanceof ConstraintError && (error.rule === 'channel.slug' || error.rule === 'SLUG_TAKEN'))
        throw new AppError('slug_taken', { cause: error })
      throw error
    }
    return c.json(await studioChannel({ ...channel, slug: changes.slug ?? channel.slug }))
  })

  app.put('/api/studio/:slug/banner', async (c) => {
    const entered = await enterAsOwner(c)
    const body = await readBytes(c, BANNER_MAX_BYTES)
    const type = pictureType(body)
    if (type === undefined || type !== c.req.header('content-type')?.split(';')[0]?.trim())
      throw new AppError('unsupported_media_type')
    requireReasonableSize(body)
    const id = ulid(clock.now(), random.bytes)
    const stored = await storeFile(platform, { id, type, body })
    await change(entered, { action: 'banner_changed', details: { type, sizeBytes: body.byteLength } }, [
      stored,
      setBanner(entered.channel.channelId, id),
    ])
    return c.json(await studioChannel(entered.channel))
  })

  app.delete('/api/studio/:slug/banner', async (c) => {
    const entered = await enterAsOwner(c)
    await change(entered, { action: 'banner_changed' }, [setBanner(entered.channel.channelId, null)])
    return c.json(await studioChannel(entered.channel))
  })

  app.put('/api/studio/:slug/link-picture', async (c) => {
    const { channel } = await enterAsOwner(c)
    const drawnFrom = check(LinkPictureSource, c.req.query())
    const body = await readBytes(c, LINK_PICTURE.maxBytes)
    const size = jpegSize(body)
    if (size?.width !== LINK_PICTURE.width || size.height !== LINK_PICTURE.height)
      throw new AppError('unsupported_media_type')
    const now = await findChannel(database, channel.slug)
    // Drawn from what has been changed since: whoever changed it draws again.
    if (now?.title !== drawnFrom.title || (now.bannerUrl ?? '') !== drawnFrom.bannerUrl)
      throw new AppError('conflict')
    const id = ulid(clock.now(), random.bytes)
    const stored = await storeFile(platform, { id, type: 'image/jpeg', body })
    // Not in the log: it says nothing that the change of title or banner does not say.
    await database.write([stored, ...setLinkPicture(channel.channelId, { ...drawnFrom, assetId: id })])
    return c.body(null, 204)
  })

  app.post('/api/studio/:slug/operators', async (c) => {
    const entered = await enterAsOwner(c)
    const { channelId, ownerId } = entered.channel
    const { username } = await readJson(c, AddOperator)
    const memberId = await findMemberId(database, username)
    const before = await readStudioExtras(database, entered.channel)
    if (memberId === undefined || memberId === ownerId || before.operators.length >= MAX_OPERATORS)
      throw new AppError('invalid_input', { fields: { username: 'not_allowed' } })
    await change(entered, { action: 'operator_added', details: { username } }, [
      addOperator(channelId, memberId, clock.now()),
    ])
    return c.json(await studioChannel(entered.channel))
  })

  app.delete('/api/studio/:slug/operators/:username', async (c) => {
    const entered = await enterAsOwner(c)
    const username = c.req.param('username')
    const memberId = await findMemberId(database, username)
    if (memberId === undefined) throw new AppError('not_found')
    await change(
      entered,
      { action: 'operator_removed', details: { username } },
      removeOperator(entered.channel.channelId, memberId),
    )
    return c.json(await studioChannel(entered.channel))
  })

  app.get('/api/studio/:slug/broadcasts', async (c) => {
    const { channel } = await enter(c)
    const nowMs = clock.now()
    const broadcasts = (await listBroadcasts(database, channel.channelId)).map((row) => {
      const isOver = liveBroadcast(row, nowMs, config.durations) === null
      const isUnreported = isOver && row.endedAt === null
      return v.parse(StudioBroadcast, {
        ...row,
        ...(isUnreported && { endedAt: row.leaseUntil, endReason: 'lost' }),
      })
    })
    return c.json({ broadcasts })
  })

  return app
}

/** Every target that is on, with what the origin last said of it. */
function restreamStates(names: ReadonlyMap<string, string>, health: BroadcastHealth | null | undefined) {
  const states = new Map(health?.restreams?.map(({ id, state }) => [id, state]))
  return [...names].map(([id, name]) => ({ name, state: states.get(id) ?? null }))
}
