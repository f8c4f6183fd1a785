/** From an address to an answer: from the cache, or by one fill that equal requests share. Whoever speaks HTTP asks here. */
import { AppError } from '../../shared/errors.ts'
import type { HlsResource } from '../../shared/hls-path.ts'
import type { CachedAnswer, Platform } from '../ports.ts'
import { createViewerGate, type ViewerGate, type ViewerGatePlatform } from '../viewers/rules.ts'
import { type DeliveryAnswer, failedAnswer, keptAnswer, privately, type Viewer } from './answer.ts'
import { withGzip } from './compression.ts'
import { Coalescer } from './coalescer.ts'
import { broadcastsIn, createKnownBroadcasts } from './known-broadcasts.ts'
import { LiveEdge } from './live-edge.ts'
import { askOrigin, type OriginAnswer } from './origin-answer.ts'
import { createOriginChoice, type Origin } from './origin-choice.ts'
import { type DeliveryRequest, readDeliveryRequest, withDirectives, withoutToken } from './request.ts'

export type DeliveryPlatform = Pick<
  Platform,
  | 'config'
  | 'clock'
  | 'database'
  | 'segmentCache'
  | 'fetchOrigin'
  | 'videoBucket'
  | 'gzip'
  | 'waitUntil'
  | 'log'
  | 'stopping'
>

/** Never throws or rejects: what goes wrong is an answer too. A promise only when the cache does not have it. */
export type Deliver = (viewer: Viewer) => DeliveryAnswer | Promise<DeliveryAnswer>

/**
 * Playlists and media each have these places, so that whoever asks for much media keeps nobody from the playlist.
 * Above the distinct future addresses that `LiveEdge` lets through, times the ways to ask for a delta.
 */
const MAX_FILLS_PER_BROADCAST = 128
const MAX_FILLS = 1024
/** More than one process holds connections. */
const MAX_WAITERS = 50_000

/** Whoever asks is checked before the cache is. */
export function createDelivery(platform: DeliveryPlatform & ViewerGatePlatform): Deliver {
  return guarded(createViewerGate(platform), createUncheckedDelivery(platform), platform.log)
}

/** A hit for a viewer who was let in before stays without a promise. */
function guarded(gate: Pick<ViewerGate, 'admit'>, deliver: UncheckedDeliver, log: Platform['log']): Deliver {
  return (viewer) => {
    const key = withoutToken(viewer.target)
    try {
      const isPrivate = gate.admit(viewer.target, key)
      if (isPrivate instanceof Promise) return admitLater(isPrivate, viewer, key)
      return isPrivate ? answerPrivately(viewer, key) : deliver(viewer, key)
    } catch (error) {
      return failedAnswer(error, log)
    }
  }

  async function admitLater(admitting: Promise<boolean>, viewer: Viewer, key: string) {
    try {
      return (await admitting) ? await answerPrivately(viewer, key) : await deliver(viewer, key)
    } catch (error) {
      return failedAnswer(error, log)
    }
  }

  function answerPrivately(viewer: Viewer, key: string): DeliveryAnswer | Promise<DeliveryAnswer> {
    const answer = deliver(viewer, key)
    return answer instanceof Promise ? answer.then(privately) : privately(answer)
  }
}

/** @param key the viewer's target without a token */
export type UncheckedDeliver = (viewer: Viewer, key?: string) => DeliveryAnswer | Promise<DeliveryAnswer>

/** For whoever gets only what was checked: an object behind a Worker. */
export function createUncheckedDelivery(platform: DeliveryPlatform): UncheckedDeliver {
  const { clock, config, segmentCache, gzip, waitUntil, log, stopping } = platform
  const liveEdge = new LiveEdge()
  const originFor = createOriginChoice(platform)
  const broadcasts = createKnownBroadcasts(platform, namedByOrigin)
  const unreachable = new Set<string>()
  const limits = {
    timeoutMs: config.durations.fillTimeout,
    maxFills: MAX_FILLS,
    maxFillsPerGroup: MAX_FILLS_PER_BROADCAST,
    maxWaiters: MAX_WAITERS,
  }
  const playlistFills = new Coalescer<CachedAnswer>(limits, clock)
  const mediaFills = new Coalescer<CachedAnswer>(limits, clock)

  return (viewer, key = withoutToken(viewer.target)) => {
    // Keys have one spelling, so an address that is a key needs no parsing; any other spelling is a miss here.
    const kept = segmentCache.get(key)
    if (kept instanceof Promise)
      return kept.then((later) => answerOf(later, viewer) ?? deliverParsed(key, viewer))
    return answerOf(kept, viewer) ?? deliverParsed(key, viewer)
  }

  function answerOf(kept: CachedAnswer | undefined, viewer: Viewer): DeliveryAnswer | undefined {
    const now = clock.now()
    return kept && now < kept.expiresAt ? keptAnswer(kept, now, viewer) : undefined
  }

  async function deliverParsed(missed: string, viewer: Viewer): Promise<DeliveryAnswer> {
    try {
      const asked = readDeliveryRequest(viewer.target)
      return (
        (await keptUnlessSame(asked.key, missed, viewer)) ??
        // After the cache, which may hold what the origin has let go.
        (await deliverSettled(settled(await ofKnownBroadcast(asked)), asked.key, viewer))
      )
    } catch (error) {
      return failedAnswer(error, log)
    }
  }

  async function deliverSettled(
    request: DeliveryRequest,
    askedKey: string,
    viewer: Viewer,
  ): Promise<DeliveryAnswer> {
    const kept = await keptUnlessSame(request.key, askedKey, viewer)
    return kept ?? keptAnswer(await fillOf(request), clock.now(), viewer)
  }

  /** @param missed a key that was not in the cache a moment ago */
  async function keptUnlessSame(
    key: string,
    missed: string,
    viewer: Viewer,
  ): Promise<DeliveryAnswer | undefined> {
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
