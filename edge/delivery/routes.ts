/**
 *   GET, HEAD, OPTIONS /live/*   the HLS grammar of shared/hls-path, from the cache or by one shared fill
 *   /vod/*                       no videos yet: 404
 */
import { type Context, Hono, type HonoRequest } from 'hono'
import { AppError, problem } from '../../shared/errors.ts'
import type { HlsResource } from '../../shared/hls-path.ts'
import type { CachedAnswer, Platform } from '../ports.ts'
import { acceptsGzip, withGzip } from './compression.ts'
import { Coalescer } from './coalescer.ts'
import { broadcastsIn, createKnownBroadcasts } from './known-broadcasts.ts'
import { LiveEdge } from './live-edge.ts'
import { askOrigin, type OriginAnswer } from './origin-answer.ts'
import { createOriginChoice, type Origin } from './origin-choice.ts'
import { type DeliveryRequest, readDeliveryRequest, targetOf, withDirectives } from './request.ts'

export type DeliveryPlatform = Pick<
  Platform,
  | 'config'
  | 'clock'
  | 'database'
  | 'segmentCache'
  | 'forwardDelivery'
  | 'fetchOrigin'
  | 'gzip'
  | 'waitUntil'
  | 'log'
  | 'stopping'
>

/**
 * Playlists and media each have these places, so that whoever asks for much media keeps nobody from the playlist.
 * Above the distinct future addresses that `LiveEdge` lets through, times the ways to ask for a delta.
 */
const MAX_FILLS_PER_BROADCAST = 128
const MAX_FILLS = 1024

const CORS = {
  'access-control-allow-origin': '*',
  'access-control-expose-headers': 'age, date, content-length',
} as const

export function deliveryRoutes(platform: DeliveryPlatform): Hono {
  const deliver = platform.forwardDelivery
    ? forwarding(platform.forwardDelivery, platform.log)
    : createDelivery(platform)
  const app = new Hono()
  // One handler a method and no middleware: Hono then answers a hit without a single promise.
  app.get('/live/*', deliver)
  app.options('/live/*', () => new Response(null, { status: 204, headers: PREFLIGHT }))
  app.on(['POST', 'PUT', 'PATCH', 'DELETE'], '/live/*', () =>
    problemAnswer(new AppError('method_not_allowed')),
  )
  app.all('/vod/*', () => problemAnswer(new AppError('not_found')))
  return app
}

const PREFLIGHT = {
  ...CORS,
  'access-control-allow-methods': 'GET, HEAD',
  'access-control-allow-headers': '*',
  'access-control-max-age': '86400',
} as const

type Deliver = (c: Context) => Response | Promise<Response>

function forwarding(forward: NonNullable<Platform['forwardDelivery']>, log: Platform['log']): Deliver {
  return async (c) => {
    try {
      return await forward(c, readDeliveryRequest(targetOf(c.req.url)).key)
    } catch (error) {
      return failed(error, log)
    }
  }
}

function failed(error: unknown, log: Platform['log']): Response {
  if (error instanceof AppError) return problemAnswer(error)
  log.error({ cause: String(error) }, 'delivery failed')
  return problemAnswer(new AppError('internal', { cause: error }))
}

function createDelivery(platform: DeliveryPlatform): Deliver {
  const { clock, config, segmentCache, gzip, waitUntil, log, stopping } = platform
  const liveEdge = new LiveEdge()
  const originFor = createOriginChoice(platform)
  const broadcasts = createKnownBroadcasts(platform, namedByOrigin)
  const unreachable = new Set<string>()
  const limits = {
    timeoutMs: config.durations.fillTimeout,
    maxFills: MAX_FILLS,
    maxFillsPerGroup: MAX_FILLS_PER_BROADCAST,
  }
  const playlistFills = new Coalescer<CachedAnswer>(limits, clock)
  const mediaFills = new Coalescer<CachedAnswer>(limits, clock)

  return ({ req: viewer }) => {
    const target = targetOf(viewer.url)
    // Keys have one spelling, so an address that is a key needs no parsing; any other spelling is a miss here.
    const kept = segmentCache.get(target)
    if (kept instanceof Promise)
      return kept.then((later) => answerOf(later, viewer) ?? deliverParsed(target, viewer))
    return answerOf(kept, viewer) ?? deliverParsed(target, viewer)
  }

  function answerOf(kept: CachedAnswer | undefined, viewer: HonoRequest): Response | undefined {
    const now = clock.now()
    return kept && now < kept.expiresAt ? answer(kept, now, viewer) : undefined
  }

  async function deliverParsed(target: string, viewer: HonoRequest): Promise<Response> {
    try {
      const asked = readDeliveryRequest(target)
      return (
        (await keptUnlessSame(asked.key, target, viewer)) ??
        // After the cache, which may hold what the origin has let go.
        (await deliverSettled(settled(await ofKnownBroadcast(asked)), asked.key, viewer))
      )
    } catch (error) {
      return failed(error, log)
    }
  }

  async function deliverSettled(
    request: DeliveryRequest,
    askedKey: string,
    viewer: HonoRequest,
  ): Promise<Response> {
    const kept = await keptUnlessSame(request.key, askedKey, viewer)
    return kept ?? answer(await fillOf(request), clock.now(), viewer)
  }

  /** @param missed a key that was not in the cache a moment ago */
  async function keptUnlessSame(
    key: string,
    missed: string,
    viewer: HonoRequest,
  ): Promise<Response | undefined> {
    return key === missed ? undefined : answerOf(await segmentCache.get(key), viewer)
  }

  async function ofKnownBroadcast(request: DeliveryRequest): Promise<DeliveryRequest> {
    const { slug, resource } = request
    if ('broadcast' in resource && !(await broadcasts.has(slug, resource.broadcast)))
      throw new AppError(isPlaylist(resource) ? 'stream_offline' : 'not_found')
    return request
  }

  async function namedByOrigin(slug: string): Promise<readonly string[]> {
    const request = readDeliveryRequest(`/live/${slug}/index.m3u8`)
    const kept = await segmentCache.get(request.key)
    try {
      const playlist = kept && clock.now() < kept.expiresAt ? kept : await fillOf(request)
      return broadcastsIn(new TextDecoder().decode(playlist.body))
    } catch (error) {
      if (error instanceof AppError && error.code === 'stream_offline') return []
      throw error
    }
  }

  function settled(request: DeliveryRequest): DeliveryRequest {
    const rendition = renditionOf(request.resource)
    if (rendition === undefined) return request
    refuseInvented(rendition, request.resource)
    const directives = liveEdge.settle(rendition, request.directives, clock.now())
    if (!directives) throw new AppError('too_far_ahead')
    return directives === request.directives ? request : withDirectives(request, directives)
  }

  /** Names of media that cannot be there yet, or any more, would take the fills of those who ask for what is. */
  function refuseInvented(rendition: string, resource: HlsResource): void {
    if (!('broadcast' in resource) || resource.kind === 'media-playlist') return
    const refusal = liveEdge.refusalOf(rendition, resource, clock.now())
    if (refusal) throw new AppError(refusal)
  }

  function fillOf(request: DeliveryRequest): Promise<CachedAnswer> {
    const { key, slug, resource, directives } = request
    // The origin holds an answer about the future until it is there.
    const isHeld = directives.msn !== undefined || resource.kind === 'part'
    const shared = (isPlaylist(resource) ? playlistFills : mediaFills).share({
      key,
      group: 'broadcast' in resource ? resource.broadcast : slug,
      onTimeout: isHeld ? 'held_too_long' : 'origin_unreachable',
      run: (signal) => fill(request, signal),
    })
    waitUntil(shared.catch(() => undefined))
    return shared
  }

  async function fill(request: DeliveryRequest, signal: AbortSignal): Promise<CachedAnswer> {
    const origin = await originFor(request.slug)
    const filled = await watched(origin, signal, askOrigin(platform, origin.url, request, signal))
    const rendition = renditionOf(request.resource)
    if (rendition !== undefined && request.resource.kind === 'media-playlist' && filled.status === 200)
      liveEdge.observe(
        rendition,
        new TextDecoder().decode(filled.body),
        filled.targetDurationSeconds,
        filled.storedAt,
      )
    if (request.resource.kind === 'multivariant' && filled.status === 200)
      broadcasts.add(request.slug, broadcastsIn(new TextDecoder().decode(filled.body)))
    // Once for everybody who waits and everybody who comes later.
    const kept = gzip && isPlaylist(request.resource) ? await withGzip(filled, gzip) : filled
    if (kept.expiresAt > clock.now()) await segmentCache.put(request.key, kept)
    return kept
  }

  /** One line when an origin goes and one when it is back, however many viewers wait. */
  async function watched(
    origin: Origin,
    signal: AbortSignal,
    asking: Promise<OriginAnswer>,
  ): Promise<OriginAnswer> {
    try {
      const filled = await asking
      if (unreachable.delete(origin.id)) log.info({ origin: origin.id }, 'origin is reachable again')
      return filled
    } catch (error) {
      const isUnreachable = error instanceof AppError && error.code === 'origin_unreachable'
      // Our own deadline says nothing: a held request may rightly outlast it.
      if (isUnreachable && !signal.aborted && stopping?.aborted !== true && !unreachable.has(origin.id)) {
        unreachable.add(origin.id)
        log.warn({ origin: origin.id, cause: String(error.cause) }, 'origin is not reachable')
      }
      throw error
    }
  }
}

function isPlaylist({ kind }: HlsResource): boolean {
  return kind === 'multivariant' || kind === 'media-playlist'
}

function renditionOf(resource: HlsResource): string | undefined {
  return 'broadcast' in resource ? `${resource.broadcast}/${resource.rendition}` : undefined
}

/** Headers as a plain object and the kept bytes themselves: what a Node server sends without copying. */
function answer(kept: CachedAnswer, nowMs: number, viewer: HonoRequest): Response {
  // Media has one form only, so that nobody needs to look at what its viewer accepts.
  const gzipped = kept.gzip && acceptsGzip(viewer.header('accept-encoding')) ? kept.gzip : undefined
  const body = gzipped ?? kept.body
  return new Response(body, {
    status: kept.status,
    headers: {
      'content-type': kept.contentType,
      'content-length': String(body.byteLength),
      ...(kept.gzip && { vary: 'Accept-Encoding' }),
      ...(gzipped && { 'content-encoding': 'gzip' }),
      'cache-control': kept.cacheControl,
      age: String(kept.ageAtStore + Math.max(0, Math.floor((nowMs - kept.storedAt) / 1000))),
      'access-control-allow-origin': CORS['access-control-allow-origin'],
      'access-control-expose-headers': CORS['access-control-expose-headers'],
      'x-content-type-options': 'nosniff',
    },
  })
}

/** Here and not in the shared handler, because players on other sites must be able to read the reason. */
function problemAnswer({ code, retryAfterSeconds }: AppError): Response {
  const body = problem(code)
  return new Response(JSON.stringify(body), {
    status: body.status,
    headers: {
      ...CORS,
      'content-type': 'application/problem+json',
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      ...(retryAfterSeconds !== undefined && { 'retry-after': String(retryAfterSeconds) }),
      ...(code === 'method_not_allowed' && { allow: 'GET, HEAD, OPTIONS' }),
    },
  })
}
