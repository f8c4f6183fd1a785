/** How somebody comes to watch: a pass for the media of one channel, renewed while they do. */
import { Hono } from 'hono'
import * as v from 'valibot'
import { AskToWatch, ViewerPass } from '../../shared/contracts/viewers.ts'
import { AppError } from '../../shared/errors.ts'
import { newKeyId } from '../../shared/ids.ts'
import { readJson } from '../http/input.ts'
import { requireWithin } from '../http/rate-limit.ts'
import type { AudienceCaps, Platform, RateLimit } from '../ports.ts'
import { hasCap } from './caps.ts'
import type { ViewerAccess } from './rules.ts'
import { findChannelAudience } from './store.ts'
import { createViewerTokens, NATIVE_LIFETIME } from './token.ts'

export interface ViewerDeps {
  readonly platform: Pick<
    Platform,
    'audience' | 'clock' | 'config' | 'database' | 'random' | 'clientAddress' | 'rateLimiter'
  >
  readonly viewers: ViewerAccess
}

/** New viewers of one address, which a mobile network shares among thousands. */
const NEW_VIEWERS: RateLimit = { name: 'viewers', max: 600, windowMs: 60_000 }
/** Where nothing depends on when it ends, a renewal each half minute would be work for nothing. */
const OPEN_LIFETIME = 30
const FULL_RETRY_SECONDS = 8
const NO_CAPS: AudienceCaps = { channel: null, site: null }

export function viewerRoutes({ platform, viewers }: ViewerDeps): Hono {
  const { audience, clientAddress, clock, config, database, random, rateLimiter } = platform
  const tokens = createViewerTokens(config)
  const app = new Hono()

  app.post('/api/channels/:slug/viewers', async (c) => {
    const asked = await readJson(c, AskToWatch)
    const channel = await findChannelAudience(database, c.req.param('slug'))
    if (!channel) throw new AppError('not_found')
    const { channelId, visibility, caps } = channel
    await viewers.requireMayWatch(c, visibility)
    const before = asked.token === undefined ? undefined : await tokens.verify(asked.token, clock.now())
    const known = before?.channelId === channelId ? before : undefined
    const address = clientAddress(c)
    if (!known) await requireWithin(rateLimiter, NEW_VIEWERS, address)
    const viewer = {
      channelId,
      viewerId: known?.viewerId ?? newKeyId(random.bytes),
      neighbourhood: known?.neighbourhood ?? (await tokens.neighbourhoodOf(address)),
    }
    // Whoever watches already keeps the place: a pass that still counts is one.
    const placed = await audience.admit({ ...viewer, seenAt: 0, isCounted: false }, known ? NO_CAPS : caps)
    if (!placed) {
      // Whoever waits asks again and again, and many may wait at one address.
      if (!known) await rateLimiter.giveBack(NEW_VIEWERS, address, 1)
      throw new AppError('audience_full', { retryAfterSeconds: FULL_RETRY_SECONDS })
    }
    const isMember = visibility === 'members'
    // A place is given back soon after its viewer has gone, so a pass where places count is short too.
    const isShort = isMember || hasCap(caps)
    const lifetimeMs =
      config.durations.viewerToken *
      (isShort ? 1 : OPEN_LIFETIME) *
      (asked.isNative === true ? NATIVE_LIFETIME : 1)
    const token = await tokens.issue({
      ...viewer,
      isMember,
      endsAt: clock.now() + lifetimeMs,
    })
    return c.json(v.parse(ViewerPass, { token, lifetimeMs }), 201)
  })

  return app
}
