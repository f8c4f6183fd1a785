/** Videos: from the cache, or by one fill that equal requests share. Never one that was deleted, or is a draft. */
import { AppError } from '../../shared/errors.ts'
import { formatHlsPath, type HlsPath, type HlsResource, parseHlsPath } from '../../shared/hls-path.ts'
import type { CachedAnswer } from '../ports.ts'
import { cutPlaylist } from '../../shared/vod/playlist-cut.ts'
import { cutPreviewCues, previewCues, writePreviewCues } from '../../shared/vod/preview-cues.ts'
import { type SubtitleRendition, withSubtitles } from '../../shared/vod/subtitles.ts'
import type { CutRow } from '../videos/access.ts'
import { drawnPicturePath, type VideoLookup } from '../videos/rules.ts'
import { type DeliveryAnswer, keptAnswer, type Viewer } from './answer.ts'
import { Coalescer } from './coalescer.ts'
import { withGzip } from './compression.ts'
import type { DeliveryPlatform } from './deliver.ts'
import { askOrigin } from './origin-answer.ts'
import { captionAnswer, isOfCaptions } from './vod-captions.ts'
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

/**
 * @returns for whoever was let in: rejects with AppError for what cannot be sent. `seesAll`: also what was cut off
 */
export type DeliverVideo = (path: VideoPath, viewer: Viewer, seesAll: boolean) => Promise<DeliveryAnswer>

/** One address of one video as one kind of viewer sees it. */
interface Asked {
  readonly path: VideoPath
  readonly isStored: boolean
  readonly originUrl: string | undefined
  readonly cut: CutRow | null
  readonly captions: readonly SubtitleRendition[]
}

export function createVodDelivery(platform: DeliveryPlatform, lookup: VideoLookup): DeliverVideo {
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

  return async (path, viewer, seesAll) => {
    const { originId, isStored, cut, captions } = await lookup(path.root.video)
    const originUrl = config.origins.find(({ id }) => id === originId)?.url
    const asked = { path, isStored, originUrl, cut: seesAll ? null : cut, captions }
    if (isCutOff(asked)) throw new AppError('not_found')
    try {
      return keptAnswer(await keptOrFilled(asked), clock.now(), viewer)
    } catch (error) {
      // The words for a broadcast that is not on air do not fit a video.
      throw error instanceof AppError && error.code === 'stream_offline' ? new AppError('not_found') : error
    }
  }

  async function keptOrFilled(asked: Asked): Promise<CachedAnswer> {
    const { path } = asked
    const key = keyOf(asked)
    const kept = await segmentCache.get(key)
    if (kept && clock.now() < kept.expiresAt) return kept
    const shared = fills.share({
      key,
      group: path.root.video,
      onTimeout: 'origin_unreachable',
      run: (signal) => fill(key, asked, signal),
    })
    waitUntil(shared.catch(() => undefined))
    return shared
  }

  async function fill(key: string, asked: Asked, signal: AbortSignal): Promise<CachedAnswer> {
    const filled = await made(asked, signal)
    const kept = gzip && isPlaylist(asked.path.resource) ? await withGzip(filled, gzip) : filled
    if (kept.expiresAt > clock.now()) await segmentCache.put(key, kept)
    return kept
  }

  async function made(asked: Asked, signal: AbortSignal): Promise<CachedAnswer> {
    const { path, cut } = asked
    const { kind } = path.resource
    if (isOfCaptions(path)) return captionsFor(asked)
    if (kind === 'multivariant')
      return withText(await whole(asked, signal), (text) =>
        withSubtitles(text, path.root.video, asked.captions),
      )
    if (!cut) return whole(asked, signal)
    if (kind === 'still') return fromOrigin(drawnPicturePath(path.root.video, cut), asked, signal)
    if (kind === 'media-playlist')
      return withText(await whole(asked, signal), (text) => cutPlaylist(text, cut))
    if (kind === 'previews')
      return withText(await whole(asked, signal), (text) =>
        writePreviewCues(cutPreviewCues(previewCues(text), cut).cues),
      )
    return kind === 'preview-sheet' ? cutSheet(asked, cut, signal) : whole(asked, signal)
  }

  async function captionsFor(asked: Asked): Promise<CachedAnswer> {
    const { path, cut } = asked
    const answer = await captionAnswer(path, {
      database: platform.database,
      nowMs: () => clock.now(),
      ask: (resource) => keptOrFilled({ ...asked, path: { root: path.root, resource } }),
      cut,
    })
    if (!answer) throw new AppError('not_found')
    return answer
  }

  /** No picture of what was cut off leaves with the others. */
  async function cutSheet(asked: Asked, cut: CutRow, signal: AbortSignal): Promise<CachedAnswer> {
    const { path } = asked
    const cues = { ...asked, path: { root: path.root, resource: { kind: 'previews' } as const } }
    const vtt = new TextDecoder().decode((await whole(cues, signal)).body)
    const { from, to } = cutPreviewCues(previewCues(vtt), cut)
    if (from === to) throw new AppError('not_found')
    return fromOrigin(`/previews/${path.root.video}?from=${from}&to=${to}`, asked, signal)
  }

  async function whole(asked: Asked, signal: AbortSignal): Promise<CachedAnswer> {
    return (
      (asked.isStored && (await fromStorage(asked.path, signal))) ||
      (await fromOrigin(formatHlsPath(asked.path), asked, signal))
    )
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
    address: string,
    { path: { resource }, originUrl }: Asked,
    signal: AbortSignal,
  ): Promise<CachedAnswer> {
    if (originUrl === undefined) throw new AppError('origin_unreachable')
    return askOrigin(platform, originUrl, { key: address, slug: '', resource, directives: {} }, signal)
  }
}

function isPlaylist({ kind }: HlsResource): boolean {
  return kind === 'multivariant' || kind === 'media-playlist'
}

function isCutOff({ path: { resource }, cut }: Asked): boolean {
  return cut !== null && resource.kind === 'segment' && (resource.msn < cut.from || resource.msn >= cut.to)
}

/** What is kept is the one of this cut, and with these captions. */
function keyOf({ path, cut, captions }: Asked): string {
  const address = formatHlsPath(path)
  if (path.resource.kind === 'multivariant' && captions.length > 0)
    return `${address}?captions=${captions.map(({ id }) => id).join('-')}`
  return cut && CHANGE_WITH_CUT.has(path.resource.kind) ? `${address}?cut=${cut.from}-${cut.to}` : address
}

const CHANGE_WITH_CUT: ReadonlySet<HlsResource['kind']> = new Set([
  'still',
  'media-playlist',
  'previews',
  'preview-sheet',
  'captions',
  'caption-segment',
])

function withText(answer: CachedAnswer, change: (text: string) => string): CachedAnswer {
  const text = change(new TextDecoder().decode(answer.body))
  return { ...answer, body: new Uint8Array(new TextEncoder().encode(text)) }
}
