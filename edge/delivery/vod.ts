/** Videos: from the cache, or by one fill that equal requests share. Never one that was deleted, or is a draft. */
import { AppError } from '../../shared/errors.ts'
import { formatHlsPath, type HlsPath, type HlsResource, parseHlsPath } from '../../shared/hls-path.ts'
import type { CachedAnswer } from '../ports.ts'
import { cutPlaylist } from '../../shared/vod/playlist-cut.ts'
import type { VideoLookup } from '../videos/rules.ts'
import type { CutRow } from '../videos/store.ts'
import { type DeliveryAnswer, keptAnswer, type Viewer } from './answer.ts'
import { Coalescer } from './coalescer.ts'
import { withGzip } from './compression.ts'
import type { DeliveryPlatform } from './deliver.ts'
import { askOrigin } from './origin-answer.ts'
import { storedVideos } from './vod-storage.ts'

const MAX_FILLS = 256
/** So that one video's viewers, who may all be elsewhere in it, leave places to the others. */
const MAX_FILLS_PER_VIDEO = 64
const MAX_WAITERS = 10_000

export type VideoPath = HlsPath & { readonly root: { readonly scope: 'vod' } }

/** @throws AppError `not_found` outside the grammar of videos */
export function readVideoPath(target: string): VideoPath {
  const queryAt = target.indexOf('?')
  const path = parseHlsPath(queryAt < 0 ? target : target.slice(0, queryAt))
  const { root } = path ?? {}
  if (!path || root?.scope !== 'vod') throw new AppError('not_found')
  return { ...path, root }
}

/** @returns for whoever was let in: rejects with AppError for what cannot be sent */
export function createVodDelivery(
  platform: DeliveryPlatform,
  lookup: VideoLookup,
): (path: VideoPath, viewer: Viewer) => Promise<DeliveryAnswer> {
  const { clock, config, segmentCache, gzip, videoBucket, waitUntil, log } = platform
  const stored = videoBucket && storedVideos(videoBucket, clock)
  const fills = new Coalescer<CachedAnswer>(
    {
      timeoutMs: config.durations.fillTimeout,
      maxFills: MAX_FILLS,
      maxFillsPerGroup: MAX_FILLS_PER_VIDEO,
      maxWaiters: MAX_WAITERS,
    },
    clock,
  )

  return async ({ resource, root }, viewer) => {
    const { originId, isStored, cut } = await lookup(root.video)
    if (cut && resource.kind === 'segment' && (resource.msn < cut.from || resource.msn >= cut.to))
      throw new AppError('not_found')
    const address = formatHlsPath({ resource, root })
    // What is kept is the playlist of one cut.
    const isCut = cut !== null && resource.kind === 'media-playlist'
    const key = isCut ? `${address}?cut=${cut.from}-${cut.to}` : address
    const kept = await segmentCache.get(key)
    const now = clock.now()
    if (kept && now < kept.expiresAt) return keptAnswer(kept, now, viewer)
    const origin = config.origins.find(({ id }) => id === originId)
    const path = { resource, root }
    const shared = fills.share({
      key,
      group: root.video,
      onTimeout: 'origin_unreachable',
      run: (signal) => fill(key, path, { isStored, originUrl: origin?.url, signal, cut: isCut ? cut : null }),
    })
    waitUntil(shared.catch(() => undefined))
    try {
      return keptAnswer(await shared, clock.now(), viewer)
    } catch (error) {
      // The words for a broadcast that is not on air do not fit a video.
      throw error instanceof AppError && error.code === 'stream_offline' ? new AppError('not_found') : error
    }
  }

  async function fill(
    key: string,
    path: HlsPath,
    from: {
      readonly isStored: boolean
      readonly originUrl: string | undefined
      readonly signal: AbortSignal
      readonly cut: CutRow | null
    },
  ): Promise<CachedAnswer> {
    const { resource } = path
    const whole =
      (from.isStored && (await fromStorage(path, from.signal))) ||
      (await fromOrigin(formatHlsPath(path), resource, from))
    const filled = from.cut ? { ...whole, body: cutBody(whole.body, from.cut) } : whole
    const isPlaylist = resource.kind === 'multivariant' || resource.kind === 'media-playlist'
    const kept = gzip && isPlaylist ? await withGzip(filled, gzip) : filled
    if (kept.expiresAt > clock.now()) await segmentCache.put(key, kept)
    return kept
  }

  /** The origin may still have what the storage does not give. */
  async function fromStorage(path: HlsPath, signal: AbortSignal): Promise<CachedAnswer | undefined> {
    try {
      return await stored?.(path, signal)
    } catch (error) {
      log.warn({ cause: String(error) }, 'a video cannot be read from the storage')
      return undefined
    }
  }

  async function fromOrigin(
    key: string,
    resource: HlsResource,
    { originUrl, signal }: { readonly originUrl: string | undefined; readonly signal: AbortSignal },
  ): Promise<CachedAnswer> {
    if (originUrl === undefined) throw new AppError('origin_unreachable')
    return askOrigin(platform, originUrl, { key, slug: '', resource, directives: {} }, signal)
  }
}

function cutBody(body: Uint8Array, cut: CutRow): Uint8Array<ArrayBuffer> {
  return new Uint8Array(new TextEncoder().encode(cutPlaylist(new TextDecoder().decode(body), cut)))
}
