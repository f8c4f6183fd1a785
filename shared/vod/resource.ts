/**
 * What an address of a video (shared/hls-path) stands for: a playlist, bytes of its media file, or a file of its own.
 * Whoever has the manifest can answer: the origin from its disk, an edge from object storage.
 */
import { cacheControl, cachePolicy } from '../cache-policy.ts'
import { formatHlsFile, type HlsPath, type HlsResource } from '../hls-path.ts'
import { writeVodMultivariant, writeVodPlaylist } from './playlist.ts'
import type { Timeline } from './timeline.ts'

/** The encoder's own picture and sound, passed through. */
export const SOURCE_RENDITION = 'source'
/**
 * Of a broadcast that is on air. A playlist of its own, because a playlist must not change its type: this one
 * only ends.
 */
const GROWING_RENDITION = 'dvr'

export const MEDIA_FILE = 'media.mp4'
export const MANIFEST_FILE = 'manifest.json'
export const STILL_FILE = 'still.jpg'

/** Small pictures on one sheet, and where on it each is (WebVTT). */
export const PREVIEWS_FILE = 'previews.vtt'
export const PREVIEW_SHEET_FILE = 'previews.jpg'

/** What lies beside the media file, in the order in which it goes to object storage: with the last it is whole. */
export const SMALL_FILES = [STILL_FILE, PREVIEW_SHEET_FILE, PREVIEWS_FILE, MANIFEST_FILE] as const

/** Where a file of a video lies in a bucket. */
export function storageKey(videoId: string, fileName: string): string {
  return `videos/${videoId}/${fileName}`
}

export interface PlayableVideo extends Timeline {
  readonly targetDurationSeconds: number
  /** Its broadcast is on air. */
  readonly isGrowing: boolean
}

export type VideoResource =
  | { readonly from: 'text'; readonly text: string }
  | { readonly from: 'media'; readonly offset: number; readonly sizeBytes: number }
  | { readonly from: 'file'; readonly fileName: string; readonly maxBytes: number }

export const MAX_STILL_BYTES = 1024 * 1024
export const MAX_PREVIEWS_BYTES = 64 * 1024
export const MAX_SHEET_BYTES = 4 * 1024 * 1024

/** @returns `undefined` for what is not there */
export function resourceOf(video: PlayableVideo, { root, resource }: HlsPath): VideoResource | undefined {
  if (root.scope !== 'vod' || video.segments.length === 0) return undefined
  if (resource.kind === 'still') return { from: 'file', fileName: STILL_FILE, maxBytes: MAX_STILL_BYTES }
  if (resource.kind === 'previews')
    return { from: 'file', fileName: PREVIEWS_FILE, maxBytes: MAX_PREVIEWS_BYTES }
  if (resource.kind === 'preview-sheet')
    return { from: 'file', fileName: PREVIEW_SHEET_FILE, maxBytes: MAX_SHEET_BYTES }
  if (resource.kind === 'multivariant') {
    const rendition = video.isGrowing ? GROWING_RENDITION : SOURCE_RENDITION
    const playlist = `${root.video}/${rendition}/${formatHlsFile({ kind: 'media-playlist' })}`
    return { from: 'text', text: writeVodMultivariant(video, playlist) }
  }
  // Captions are the edge's.
  if (resource.kind === 'captions' || resource.broadcast !== root.video) return undefined
  if (resource.kind === 'media-playlist') return playlistOf(video, resource.rendition)
  if (resource.rendition !== SOURCE_RENDITION) return undefined
  const place =
    resource.kind === 'init'
      ? video.inits[resource.index]
      : resource.kind === 'segment'
        ? video.segments[resource.msn]
        : undefined
  return place && { from: 'media', offset: place.offset, sizeBytes: place.sizeBytes }
}

function playlistOf(video: PlayableVideo, rendition: string): VideoResource | undefined {
  const { targetDurationSeconds, isGrowing } = video
  if (rendition === SOURCE_RENDITION && !isGrowing)
    return { from: 'text', text: writeVodPlaylist(video, { targetDurationSeconds }) }
  if (rendition !== GROWING_RENDITION) return undefined
  const text = writeVodPlaylist(video, {
    targetDurationSeconds,
    kind: isGrowing ? 'growing' : 'grown',
    filesAt: `../${SOURCE_RENDITION}/`,
  })
  return { from: 'text', text }
}

/** Of an object in a bucket. */
export function contentTypeOfFile(fileName: string): string {
  const ending = fileName.slice(fileName.lastIndexOf('.') + 1)
  return (
    { jpg: 'image/jpeg', json: 'application/json', vtt: 'text/vtt' }[ending] ?? 'application/octet-stream'
  )
}

/** Of the answer that carries it. */
export function contentTypeOf(kind: HlsResource['kind']): string {
  if (kind === 'still' || kind === 'preview-sheet') return 'image/jpeg'
  if (kind === 'previews' || kind === 'captions' || kind === 'caption-segment') return 'text/vtt'
  return kind === 'multivariant' || kind === 'media-playlist' ? 'application/vnd.apple.mpegurl' : 'video/mp4'
}

export function cacheControlOf(video: PlayableVideo, kind: HlsResource['kind']): string {
  const { targetDurationSeconds, isGrowing } = video
  return cacheControl(
    cachePolicy({
      scope: 'vod',
      kind,
      status: 200,
      targetDurationSeconds,
      isBlocking: false,
      isEnded: !isGrowing,
    }),
  )
}
