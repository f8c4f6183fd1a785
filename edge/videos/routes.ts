/** Videos as everybody sees them, and as their channel's people look after them. */
import { type Context, Hono } from 'hono'
import * as v from 'valibot'
import type { Visibility } from '../../shared/contracts/channels.ts'
import { FindOwnVideos, VideoLibrary } from '../../shared/contracts/video-library.ts'
import {
  ChangeVideo,
  FindVideoAlerts,
  FindVideos,
  RetentionRule,
  Video,
  VideoAlerts,
  VideoCard,
} from '../../shared/contracts/videos.ts'
import { AskToWatch, ViewerPass } from '../../shared/contracts/viewers.ts'
import { AppError } from '../../shared/errors.ts'
import { newKeyId } from '../../shared/ids.ts'
import { requireOwner, type ChannelAccess } from '../channels/rules.ts'
import { logActivity } from '../db/activity.ts'
import { sharedRead } from '../db/shared-read.ts'
import type { Auth } from '../http/auth.ts'
import { check, readJson } from '../http/input.ts'
import { answerPublicJson, publicJson, type PublicJson } from '../http/public-json.ts'
import { ConstraintError, type Platform, type RateLimit } from '../ports.ts'
import { createViewerTokens, NATIVE_LIFETIME, type ViewerAccess } from '../viewers/rules.ts'
import { listAlertTexts } from './alert-texts.ts'
import { listOfChannel, sumOfChannel } from './library-store.ts'
import { putRule, readRule } from './retention.ts'
import { listStorageProblems } from './storage-problems.ts'
import {
  deleteVideo,
  findVideo,
  findVideoPage,
  listTopics,
  listVideos,
  updateVideo,
  type VideoRow,
} from './store.ts'
import { type EnterVideo, studioPage, studioVideo } from './studio-entry.ts'
import { viewCounter, type ViewCounterPlatform } from './view-counter.ts'

export interface VideoDeps {
  readonly platform: Pick<
    Platform,
    'clientAddress' | 'config' | 'forwardDelivery' | 'random' | 'rateLimiter'
  > &
    ViewCounterPlatform
  readonly auth: Auth
  readonly access: ChannelAccess
  readonly viewers: ViewerAccess
  readonly enterVideo: EnterVideo
}

/** Whoever looks again within this time is the same viewer. */
const ONE_VIEW: RateLimit = { name: 'views of one video from one address', max: 1, windowMs: 30 * 60_000 }
const LIST_MAX_AGE_SECONDS = 5
/** A list is up to 15 kB, a video up to 3. */
const MAX_LISTS = 128
const MAX_VIDEOS = 512
/** Of fifty alerts, up to 20 kB. */
const MAX_TEXTS = 128
const TEXTS_MAX_AGE_SECONDS = 30

export function videoRoutes({ platform, auth, access, viewers, enterVideo }: VideoDeps): Hono {
  const { clientAddress, clock, config, database, random, rateLimiter } = platform
  const tokens = createViewerTokens(config)
  const views = viewCounter(platform)
  // Everybody who opens the home page asks for the list, and at the end of a broadcast its viewers for the video.
  const listOf = sharedRead(platform, { maxKeys: MAX_LISTS, read: readList })
  const videoOf = sharedRead(platform, { maxKeys: MAX_VIDEOS, read: readVideo })
  const textsOf = sharedRead(platform, { maxKeys: MAX_TEXTS, read: readTexts })
  const app = new Hono()

  app.get('/api/videos', async (c) => {
    const find = check(FindVideos, c.req.query())
    const list = await listOf(JSON.stringify(find))
    if (!list) throw new AppError('not_found')
    return answerPublicJson(c, list, { visibility: 'public', maxAgeSeconds: LIST_MAX_AGE_SECONDS })
  })

  app.get('/api/videos/:id', async (c) => {
    const known = await videoOf(c.req.param('id'))
    if (!known) throw new AppError('not_found')
    await viewers.requireMayWatch(c, known.audience)
    return answerPublicJson(c, known.json, { visibility: known.audience })
  })

  app.post('/api/videos/:id/viewers', async (c) => {
    const { isNative } = await readJson(c, AskToWatch)
    const { channelId, audience } = await watchable(c, c.req.param('id'))
    return c.json(await passFor(c, { channelId, isMember: audience === 'members', isNative }), 201)
  })

  app.get('/api/videos/:id/alerts', async (c) => {
    const { ids } = check(FindVideoAlerts, c.req.query())
    const known = await textsOf([c.req.param('id'), ...ids].join(' '))
    if (!known) throw new AppError('not_found')
    await viewers.requireMayWatch(c, known.audience)
    // Not for long: what a donor takes back is gone then.
    return answerPublicJson(c, known.json, {
      visibility: known.audience,
      maxAgeSeconds: TEXTS_MAX_AGE_SECONDS,
    })
  })

  app.post('/api/studio/:slug/videos/:id/viewers', async (c) => {
    const { isNative } = await readJson(c, AskToWatch)
    const { channelId } = (await enterVideo(c)).channel
    return c.json(await passFor(c, { channelId, isMember: true, isStaff: true, isNative }), 201)
  })

  app.get('/api/studio/:slug/videos/:id', async (c) => {
    const { id } = (await enterVideo(c)).video
    return c.json(await studioPage(database, id))
  })

  app.post('/api/videos/:id/views', async (c) => {
    const { id } = await watchable(c, c.req.param('id'))
    // Addresses are kept by nobody: what stands for one says nothing without the key of this installation.
    const viewer = await tokens.neighbourhoodOf(clientAddress(c))
    if ((await rateLimiter.take(ONE_VIEW, `${id} ${viewer}`)) === 0) views.count(id)
    return c.body(null, 204)
  })

  app.get('/api/studio/:slug/videos', async (c) => {
    const { channelId } = (await enter(c)).channel
    const find = check(FindOwnVideos, c.req.query())
    const isFirst = find.before === undefined
    const [videos, sums] = await Promise.all([
      listOfChannel(database, { channelId, find }),
      isFirst ? sumOfChannel(database, { channelId, find }) : { whole: null, found: null },
    ])
    return c.json(v.parse(VideoLibrary, { videos: videos.map(studioVideo), ...sums }))
  })

  app.patch('/api/studio/:slug/videos/:id', async (c) => {
    const { memberId, channel, video } = await enterVideo(c)
    const { id } = video
    const changes = await readJson(c, ChangeVideo)
    const statements = updateVideo(id, changes)
    const { description, ...told } = changes
    const details = {
      channel: channel.slug,
      video: id,
      ...told,
      ...(description !== undefined && { description: true }),
    }
    if (statements.length > 0)
      await database
        .write([
          ...statements,
          logActivity({ action: 'video_changed', memberId, details, nowMs: clock.now() }),
        ])
        .catch(refuseTakenDown)
    return c.json(await studioPage(database, id))
  })

  app.delete('/api/studio/:slug/videos/:id', async (c) => {
    const { memberId, channel, video } = await enterVideo(c)
    requireOwner(channel)
    const { id, title } = video
    const nowMs = clock.now()
    const [deleted = []] = await database.write([
      deleteVideo(id, nowMs),
      logActivity({
        action: 'video_deleted',
        memberId,
        details: { channel: channel.slug, video: id, title },
        nowMs,
        onlyIf: {
          sql: `EXISTS (SELECT 1 FROM video WHERE id = ? AND state = 'deleted' AND deleted_at = ?)`,
          args: [id, nowMs],
        },
      }),
    ])
    if (deleted.length === 0 && (await findVideo(database, id))) throw new AppError('video_in_progress')
    return c.body(null, 204)
  })

  app.get('/api/studio/:slug/retention', async (c) => {
    const { channel } = await enter(c)
    return c.json(v.parse(RetentionRule, await readRule(database, channel.channelId)))
  })

  app.put('/api/studio/:slug/retention', async (c) => {
    const { member, channel } = await enter(c)
    requireOwner(channel)
    const rule = await readJson(c, RetentionRule)
    const details = { channel: channel.slug, ...rule }
    await database.write([
      putRule(rule, channel.channelId),
      logActivity({ action: 'video_rule', memberId: member.memberId, details, nowMs: clock.now() }),
    ])
    return c.json(rule)
  })

  app.get('/api/admin/storage', async (c) => {
    await auth.admin(c)
    return c.json(await listStorageProblems(database))
  })

  app.get('/api/admin/retention', async (c) => {
    await auth.admin(c)
    return c.json(v.parse(RetentionRule, await readRule(database)))
  })

  app.put('/api/admin/retention', async (c) => {
    const { adminId } = await auth.admin(c)
    const rule = await readJson(c, RetentionRule)
    await database.write([
      putRule(rule),
      logActivity({ action: 'video_rule', adminId, details: rule, nowMs: clock.now() }),
    ])
    return c.json(rule)
  })

  return app

  /** @param found the JSON of a `FindVideos` */
  async function readList(found: string): Promise<PublicJson> {
    const find = v.parse(FindVideos, JSON.parse(found))
    const [videos, topics] = await Promise.all([
      listVideos(database, find),
      listTopics(database, find.channel),
    ])
    return publicJson({ videos: videos.map((row) => v.parse(VideoCard, row)), topics })
  }

  async function readVideo(id: string): Promise<{ audience: Visibility; json: PublicJson } | undefined> {
    const video = await findVideoPage(database, id)
    if (!video?.isPublished) return undefined
    return { audience: video.audience, json: await publicJson(v.parse(Video, video)) }
  }

  async function readTexts(asked: string): Promise<{ audience: Visibility; json: PublicJson } | undefined> {
    const [id = '', ...ids] = asked.split(' ')
    const video = await findVideo(database, id)
    if (!video?.isPublished) return undefined
    const alerts = await listAlertTexts(database, { channelId: video.channelId, ids })
    return { audience: video.audience, json: await publicJson(v.parse(VideoAlerts, { alerts })) }
  }

  async function enter(c: Context) {
    const member = await auth.member(c)
    return { member, channel: await access(member.memberId, c.req.param('slug') ?? '') }
  }

  /** @throws AppError `not_found`, `sign_in_required` */
  async function watchable(c: Context, id: string): Promise<VideoRow> {
    const video = await findVideo(database, id)
    if (!video?.isPublished) throw new AppError('not_found')
    await viewers.requireMayWatch(c, video.audience)
    return video
  }

  async function passFor(c: Context, { isNative = false, ...viewer }: PassFor): Promise<ViewerPass> {
    const lifetimeMs = config.durations.viewerToken * (isNative ? NATIVE_LIFETIME : 1)
    const token = await tokens.issue({
      ...viewer,
      viewerId: newKeyId(random.bytes),
      neighbourhood: await tokens.neighbourhoodOf(clientAddress(c)),
      endsAt: clock.now() + lifetimeMs,
    })
    return v.parse(ViewerPass, { token, lifetimeMs })
  }
}

function refuseTakenDown(cause: unknown): never {
  if (cause instanceof ConstraintError && cause.rule === 'taken_down_is_unpublished')
    throw new AppError('video_taken_down', { cause })
  throw cause
}

interface PassFor {
  readonly channelId: string
  readonly isMember: boolean
  readonly isStaff?: boolean
  /** The browser's own player, which cannot renew. */
  readonly isNative: boolean | undefined
}
