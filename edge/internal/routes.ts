/** What origins report and ask. Each carries a secret of the installation. */
import { Hono, type Context } from 'hono'
import { bearerAuthorised } from './bearer.ts'
import {
  BroadcastOpened,
  BroadcastReport,
  BroadcastSettings,
  KnownVideos,
  OriginStatus,
  ResolvedKey,
  ResolveKey,
  VIDEO_REPORT_MAX_BYTES,
  VideoReport,
} from '../../shared/contracts/internal.ts'
import { UploadReport } from '../../shared/contracts/uploads.ts'
import { AppError } from '../../shared/errors.ts'
import { ulid, ULID_PATTERN } from '../../shared/ids.ts'
import { hashToken } from '../../shared/tokens.ts'
import * as v from 'valibot'
import { logActivity } from '../db/activity.ts'
import { check, readJson } from '../http/input.ts'
import { ConstraintError, type Platform, type Statement } from '../ports.ts'
import { closeBroadcast, tellLive } from './ending.ts'
import { decideOpen } from './rules.ts'
import type { UploadReporting } from '../uploads/rules.ts'
import type { VideoReporting } from '../videos/rules.ts'
import { broadcastSettings, settingsVersions, type SettingsSources } from './settings.ts'
import {
  findBroadcast,
  findOnAir,
  findPublisher,
  findShortKey,
  insertBroadcast,
  isKnown,
  keyUsed,
  listOnAir,
  listRevoked,
  listToEnd,
  renewBroadcast,
  resumeBroadcast,
  type BroadcastRow,
  type Condition,
  type Publisher,
} from './store.ts'

const FromOrigin = v.object({ origin: v.string(), after: v.optional(v.string(), '') })

type Report<Event> = Extract<BroadcastReport, { event: Event }>

export interface InternalDeps {
  readonly platform: Platform
  readonly settings: SettingsSources
  /** Holds while the installation has room for one more broadcast. */
  readonly room: (since: { readonly onAirSince: number }) => Condition
  readonly videos: VideoReporting
  readonly reportUpload: UploadReporting
}

export function internalRoutes({ platform, settings, room, videos, reportUpload }: InternalDeps): Hono {
  const { clock, config, database, hub, random } = platform
  const { broadcastLease, grace, kickHold } = config.durations
  const app = new Hono()

  app.use('/internal/*', async (c, next) => {
    if (!(await bearerAuthorised(c, config.internalSecrets))) throw new AppError('forbidden')
    await next()
    c.header('cache-control', 'no-store')
  })

  app.put('/internal/broadcasts/:id', async (c) => {
    const id = c.req.param('id')
    if (!ULID_PATTERN.test(id)) throw new AppError('not_found')
    const report = await readJson(c, BroadcastReport)
    if (!config.origins.some((origin) => origin.id === report.originId)) throw new AppError('forbidden')
    switch (report.event) {
      case 'open':
        return c.json(await open(id, report))
      case 'renew':
        await renew(id, report)
        return c.body(null, 204)
      case 'end':
        await end(id, report)
        return c.body(null, 204)
    }
  })

  app.get('/internal/broadcasts/:id/settings', async (c) => {
    const broadcast = await findBroadcast(database, c.req.param('id'))
    if (!broadcast || broadcast.state === 'ended') throw new AppError('not_found')
    const { id: broadcastId, channelId } = broadcast
    const current = await broadcastSettings(settings, { broadcastId, channelId })
    return c.json(v.parse(BroadcastSettings, current))
  })

  app.put('/internal/videos/:id', async (c) => {
    const id = c.req.param('id')
    if (!ULID_PATTERN.test(id)) throw new AppError('not_found')
    const report = await readJson(c, VideoReport, VIDEO_REPORT_MAX_BYTES)
    if (!config.origins.some((origin) => origin.id === report.originId)) throw new AppError('forbidden')
    await videos.report(id, report)
    return c.body(null, 204)
  })

  app.put('/internal/uploads/:id', async (c) => {
    const report = await readJson(c, UploadReport)
    if (!config.origins.some((origin) => origin.id === report.originId)) throw new AppError('forbidden')
    await reportUpload(c.req.param('id'), report)
    return c.body(null, 204)
  })

  app.get('/internal/videos', async (c) => {
    const { origin, after } = check(FromOrigin, c.req.query())
    return c.json(v.parse(KnownVideos, { ids: await videos.known(origin, after) }))
  })

  app.post('/internal/keys/resolve', async (c) => {
    const { key } = await readJson(c, ResolveKey)
    const found = await findShortKey(database, { hash: await hashToken(key), nowMs: clock.now() })
    if (!found) throw new AppError('not_found')
    return c.json(v.parse(ResolvedKey, found))
  })

  app.get('/internal/status', async (c: Context) => {
    const nowMs = clock.now()
    const originId = c.req.query('origin') ?? ''
    const [toEnd, revokedJtis, versions, removeVideos] = await Promise.all([
      listToEnd(database, { originId, nowMs }),
      listRevoked(database, nowMs),
      listOnAir(database, originId).then((onAir) => settingsVersions(settings, onAir)),
      videos.toRemove(originId),
    ])
    videos.look()
    return c.json(v.parse(OriginStatus, { end: toEnd, revokedJtis, settings: versions, removeVideos }))
  })

  return app

  function newId(nowMs: number): string {
    return ulid(nowMs, random.bytes)
  }

  async function open(
    id: string,
    { channelId, jti, originId, startedAt, namedSlug }: Report<'open'>,
  ): Promise<BroadcastOpened> {
    const nowMs = clock.now()
    const [publisher, stored, onAir] = await Promise.all([
      findPublisher(database, { channelId, jti, namedSlug }),
      findBroadcast(database, id),
      findOnAir(database, channelId),
    ])
    const decision = decideOpen({
      broadcastId: id,
      channelId,
      jti,
      publisher,
      stored,
      onAir,
      nowMs,
      graceMs: grace,
      kickHoldMs: kickHold,
    })
    if (decision.outcome === 'refuse' || !publisher)
      throw new AppError(decision.outcome === 'refuse' ? decision.code : 'broadcast_refused', {
        about: publisher ? { channel: publisher.slug } : { channelId },
      })
    const leaseUntil = nowMs + broadcastLease
    const { slug, latencyMode, isRecorded } = publisher
    const answer = { slug, latencyMode, isRecorded }
    if (decision.outcome === 'repeat') return v.parse(BroadcastOpened, answer)
    if (decision.outcome === 'resume') {
      await database.write([
        resumeBroadcast(decision.broadcast.id, { originId, leaseUntil }),
        keyUsed(jti, nowMs),
        tellLive(decision.broadcast, 'live', nowMs),
      ])
      hub.wake()
      return v.parse(BroadcastOpened, { ...answer, resumes: decision.broadcast.id })
    }
    const statements: Statement[] = decision.lost
      ? closeBroadcast(decision.lost, {
          reason: 'lost',
          nowMs,
          kickHoldMs: kickHold,
          newId: () => newId(nowMs),
        })
      : []
    const hasRoom = room({ onAirSince: nowMs - grace })
    try {
      const results = await database.write([
        ...statements,
        insertBroadcast({ id, channelId, jti, originId, startedAt, leaseUntil, onlyIf: hasRoom }),
        keyUsed(jti, nowMs),
        wentOnAir(id, { channelId, publisher, jti, nowMs }),
        tellLive({ id, channelId }, 'live', nowMs),
      ])
      const isInserted = (results[statements.length]?.length ?? 0) > 0
      if (!isInserted && (await findBroadcast(database, id))?.jti !== jti)
        throw new AppError('too_many_broadcasts')
    } catch (error) {
      // Somebody else's open came in between; for the same id the answer is the same.
      if (!(error instanceof ConstraintError)) throw error
      if (error.rule !== 'broadcast.channel_id' && error.rule !== 'broadcast.id') throw error
      if ((await findBroadcast(database, id))?.jti !== jti)
        throw new AppError('already_live', { cause: error })
      return v.parse(BroadcastOpened, answer)
    }
    hub.wake()
    return v.parse(BroadcastOpened, answer)
  }

  async function renew(id: string, { state, health, originId }: Report<'renew'>): Promise<void> {
    const broadcast = await known(id, originId)
    // The origin learns from 410 that this broadcast is over and stops it.
    if (broadcast.state === 'ended') throw new AppError('gone')
    const nowMs = clock.now()
    const hasChanged = broadcast.state !== state
    await database.write([
      renewBroadcast(id, { state, health, leaseUntil: nowMs + broadcastLease }),
      ...(hasChanged ? [tellLive(broadcast, state, nowMs)] : []),
    ])
    if (hasChanged) hub.wake()
  }

  async function end(id: string, { reason, originId }: Report<'end'>): Promise<void> {
    const broadcast = await known(id, originId)
    if (broadcast.state === 'ended') return
    const nowMs = clock.now()
    await database.write(
      closeBroadcast(broadcast, { reason, nowMs, kickHoldMs: kickHold, newId: () => newId(nowMs) }),
    )
    hub.wake()
  }

  async function known(id: string, originId: string): Promise<BroadcastRow> {
    const broadcast = await findBroadcast(database, id)
    if (!broadcast) throw new AppError('not_found')
    if (broadcast.originId !== originId) throw new AppError('conflict')
    return broadcast
  }
}

function wentOnAir(
  broadcast: string,
  {
    channelId,
    publisher,
    jti,
    nowMs,
  }: { channelId: string; publisher: Publisher; jti: string; nowMs: number },
): Statement {
  const { slug: channel, keyName: key, memberId } = publisher
  return logActivity({
    action: 'went_on_air',
    memberId,
    details: { broadcast, channel, channelId, key, jti },
    nowMs,
    onlyIf: isKnown(broadcast),
  })
}
