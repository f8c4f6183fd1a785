/** Answers requests of the HLS grammar (shared/hls-path) from the streams in memory. */
import { cacheControl, cachePolicy } from '../../shared/cache-policy.ts'
import type { ErrorCode } from '../../shared/errors.ts'
import { type HlsFile, type HlsPath, type HlsResource, parseDirectives } from '../../shared/hls-path.ts'
import type { LiveRendition } from '../streams/live-rendition.ts'
import type { LiveStream } from '../streams/live-stream.ts'

export interface LiveAnswer {
  readonly status: 200
  readonly headers: Readonly<Record<string, string>>
  /** Written one after another: a segment is its parts, copied by nobody. */
  readonly body: readonly Uint8Array[]
}

export interface LiveSource {
  bySlug(slug: string): LiveStream | undefined
  byId(broadcastId: string): LiveStream | undefined
}

/** JPEG of what is on air now; `undefined` when none can be made. */
export type StillOf = (stream: LiveStream) => Promise<Uint8Array | undefined>

export interface LiveRequest {
  readonly path: HlsPath
  readonly query: URLSearchParams
  /** Aborted when the client goes away. */
  readonly signal: AbortSignal
  readonly maxHoldMs: number
  /** Absent: no stills are made here. */
  readonly stillOf?: StillOf
}

/** A playlist further ahead of the last whole segment is not coming soon (RFC 8216bis, 6.2.5.2). */
const MAX_SEGMENTS_AHEAD = 2
/** The Advance Part Limit, in s of parts and never fewer parts than that. */
const ADVANCE_PART_LIMIT = 3
const CONTENT_TYPES = {
  playlist: 'application/vnd.apple.mpegurl',
  media: 'video/mp4',
  still: 'image/jpeg',
} as const

export async function answerLive(source: LiveSource, request: LiveRequest): Promise<LiveAnswer | ErrorCode> {
  const { root, resource } = request.path
  if (root.scope !== 'live') return 'not_found'
  if (resource.kind === 'multivariant') return answerMultivariant(source.bySlug(root.slug), request)
  if (resource.kind === 'still') return answerStill(source.bySlug(root.slug), request)
  if (!('broadcast' in resource)) return 'not_found'
  const stream = source.byId(resource.broadcast)
  const rendition = stream?.options.slug === root.slug ? stream.rendition(resource.rendition) : undefined
  if (!rendition) return 'stream_offline'
  return resource.kind === 'media-playlist'
    ? answerPlaylist(rendition, request)
    : answerMedia(rendition, resource, request)
}

async function answerMultivariant(
  stream: LiveStream | undefined,
  request: LiveRequest,
): Promise<LiveAnswer | ErrorCode> {
  if (!stream || stream.source.window.isEnded) return 'stream_offline'
  const { window } = stream.source
  // On air but not yet playable, or waiting for its encoder after a restart: players ask a 503 again.
  const held = await hold(stream.source, request, () => window.isPlayable || window.isEnded)
  if (held !== 'ready') return 'held_too_long'
  if (window.isEnded) return 'stream_offline'
  return answer(stream.source, 'multivariant', [stream.multivariantPlaylist()], false)
}

async function answerStill(
  stream: LiveStream | undefined,
  { stillOf }: LiveRequest,
): Promise<LiveAnswer | ErrorCode> {
  if (!stream?.source.window.isPlayable || stream.source.window.isEnded) return 'stream_offline'
  const still = await stillOf?.(stream)
  // Kept for a while, unlike an answer about the future: nobody needs to ask again at once.
  return still ? answer(stream.source, 'still', [still], false) : 'segment_gone'
}

async function answerPlaylist(
  rendition: LiveRendition,
  request: LiveRequest,
): Promise<LiveAnswer | ErrorCode> {
  const directives = parseDirectives(request.query)
  if (!directives) return 'bad_request'
  const { msn, skip } = directives
  // Where no parts are listed, only a whole segment changes the playlist.
  const part = rendition.listsParts ? directives.part : undefined
  const { window } = rendition
  const isBlocking = msn !== undefined && !window.isEnded
  if (isBlocking && isTooFarAhead(rendition, msn, part)) return 'too_far_ahead'
  const isThere = () => window.isPlayable && (msn === undefined || window.contains(msn, part))
  if ((await hold(rendition, request, () => isThere() || window.isEnded)) !== 'ready') return 'held_too_long'
  if (!window.isPlayable || rendition.isWithdrawn) return 'stream_offline'
  const playlist = skip === undefined ? rendition.mediaPlaylist() : rendition.deltaUpdate(msn)
  // A request for the past gets what is current now, which another one will not be for long.
  const isForNewest = isBlocking && msn >= window.edge.msn - 1
  return answer(rendition, 'media-playlist', [playlist], isForNewest)
}

function isTooFarAhead({ window }: LiveRendition, msn: number, part = 0): boolean {
  const { edge, partTarget } = window
  const lastWholeMsn = edge.msn - 1
  if (msn > lastWholeMsn + MAX_SEGMENTS_AHEAD) return true
  if (msn < edge.msn) return false
  const partSeconds = (partTarget?.advertisedMs ?? 1000) / 1000
  const advancePartLimit = Math.ceil(ADVANCE_PART_LIMIT / Math.min(1, partSeconds))
  const lastPart = msn === edge.msn ? edge.part - 1 : -1
  return part > lastPart + advancePartLimit
}

async function answerMedia(
  rendition: LiveRendition,
  file: Exclude<HlsFile, { kind: 'media-playlist' }>,
  request: LiveRequest,
): Promise<LiveAnswer | ErrorCode> {
  const { window } = rendition
  if (file.kind === 'init') {
    const bytes = window.init(file.index)
    if (bytes) return answer(rendition, 'init', [bytes], false)
    // One that is yet to come must not be remembered as gone.
    return file.index > window.newestInit ? 'not_found' : 'segment_gone'
  }
  if (file.kind === 'caption-segment') return 'not_found'
  const { edge } = window
  if (file.kind === 'part' && file.msn === edge.msn && file.part === edge.part && !window.isEnded) {
    // The hinted part: nothing of it is sent until it is whole (RFC 8216bis, 6.2.6).
    const isSettled = () => window.edge.msn !== edge.msn || window.edge.part !== edge.part || window.isEnded
    if ((await hold(rendition, request, isSettled)) !== 'ready') return 'held_too_long'
  }
  const segment = window.segment(file.msn)
  if (!segment) return file.msn < edge.msn ? 'segment_gone' : 'not_found'
  // There never was any media of it.
  if (segment.isGap) return 'segment_gone'
  if (file.kind === 'segment') {
    if (!segment.isComplete) return 'not_found'
    const parts = segment.parts.map(({ media }) => media.read())
    return answer(rendition, 'segment', parts, false)
  }
  const part = segment.parts[file.part]
  return part ? answer(rendition, 'part', [part.media.read()], false) : 'not_found'
}

function hold(rendition: LiveRendition, { signal, maxHoldMs }: LiveRequest, isReady: () => boolean) {
  const limitMs = Math.min(3 * rendition.options.targetDurationSeconds * 1000, maxHoldMs)
  return rendition.waiters.wait(
    () => isReady() || rendition.isWithdrawn,
    AbortSignal.any([signal, AbortSignal.timeout(limitMs)]),
  )
}

function answer(
  rendition: LiveRendition,
  kind: HlsResource['kind'],
  body: readonly Uint8Array[],
  isBlocking: boolean,
): LiveAnswer {
  const { targetDurationSeconds } = rendition.options
  const { isEnded } = rendition.window
  const isPlaylist = kind === 'multivariant' || kind === 'media-playlist'
  return {
    status: 200,
    headers: {
      'content-type': CONTENT_TYPES[isPlaylist ? 'playlist' : kind === 'still' ? kind : 'media'],
      'content-length': String(body.reduce((sum, bytes) => sum + bytes.length, 0)),
      'cache-control': cacheControl(
        cachePolicy({ kind, status: 200, targetDurationSeconds, isBlocking, isEnded }),
      ),
      // For the edge alone: what its own cache policy needs to know.
      'x-target-duration': String(targetDurationSeconds),
      ...(isEnded && { 'x-ended': '1' }),
    },
    body,
  }
}
