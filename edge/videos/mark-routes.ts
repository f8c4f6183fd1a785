/** Marks a moment of what is on air. */
import { Hono } from 'hono'
import { MarkMoment } from '../../shared/contracts/videos.ts'
import { AppError } from '../../shared/errors.ts'
import { type ChannelAccess, liveBroadcast } from '../channels/rules.ts'
import type { Auth } from '../http/auth.ts'
import { readJson } from '../http/input.ts'
import { requireWithin } from '../http/rate-limit.ts'
import type { Platform, RateLimit } from '../ports.ts'
import { addMark, findOpenBroadcast } from './mark-store.ts'

export interface MarkDeps {
  readonly platform: Pick<Platform, 'clock' | 'config' | 'database' | 'rateLimiter'>
  readonly auth: Auth
  readonly access: ChannelAccess
}

const RATE: RateLimit = { name: 'marks of one channel', max: 20, windowMs: 60_000 }

export function markRoutes({ platform, auth, access }: MarkDeps): Hono {
  const { clock, config, database, rateLimiter } = platform
  const app = new Hono()

  app.post('/api/studio/:slug/marks', async (c) => {
    // The moment is the one in which it was asked for.
    const nowMs = clock.now()
    const { memberId } = await auth.member(c)
    const { channelId } = await access(memberId, c.req.param('slug'))
    const { label } = await readJson(c, MarkMoment)
    const live = liveBroadcast(await findOpenBroadcast(database, channelId), nowMs, config.durations)
    if (!live) throw new AppError('channel_off_air')
    await requireWithin(rateLimiter, RATE, channelId)
    const written = await database.write(addMark({ channelId, broadcastId: live.id, label, nowMs }))
    if ((written.at(-1) ?? []).length === 0) throw new AppError('too_many_marks')
    return c.body(null, 204)
  })

  return app
}
