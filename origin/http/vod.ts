/** Answers requests for videos (shared/hls-path) from the library: the same names and rules as live ones. */
import { cacheControl, cachePolicy } from '../../shared/cache-policy.ts'
import type { ErrorCode } from '../../shared/errors.ts'
import { formatHlsFile, type HlsPath, type HlsResource } from '../../shared/hls-path.ts'
import { SOURCE_RENDITION } from '../streams/live-stream.ts'
import type { Library, PlayableVideo } from '../videos/library.ts'
import { STILL_FILE } from '../videos/still.ts'
import { writeVodMultivariant, writeVodPlaylist } from '../videos/vod-playlist.ts'
import type { LiveAnswer } from './live.ts'

/**
 * Of a broadcast that is on air. A playlist of its own, because a playlist must not change its type: this one
 * only ends.
 */
const GROWING_RENDITION = 'dvr'
const MAX_STILL_BYTES = 1024 * 1024
const CONTENT_TYPES = {
  playlist: 'application/vnd.apple.mpegurl',
  media: 'video/mp4',
  still: 'image/jpeg',
} as const

export async function answerVod(
  library: Library,
  { root, resource }: HlsPath,
): Promise<LiveAnswer | ErrorCode> {
  if (root.scope !== 'vod') return 'not_found'
  const video = await library.video(root.video)
  if (!video || video.segments.length === 0) return 'not_found'
  if (resource.kind === 'still') {
    const still = await library.readFile(root.video, STILL_FILE, MAX_STILL_BYTES)
    return still ? answer(video, 'still', still) : 'not_found'
  }
  if (resource.kind === 'multivariant') {
    const rendition = video.isGrowing ? GROWING_RENDITION : SOURCE_RENDITION
    const playlist = `${root.video}/${rendition}/${formatHlsFile({ kind: 'media-playlist' })}`
    return answer(video, 'multivariant', Buffer.from(writeVodMultivariant(video, playlist)))
  }
  if (resource.broadcast !== root.video) return 'not_found'
  return resource.kind === 'media-playlist'
    ? answerPlaylist(video, resource.rendition)
    : answerMedia(library, root.video, video, resource)
}

function answerPlaylist(video: PlayableVideo, rendition: string): LiveAnswer | ErrorCode {
  const { targetDurationSeconds, isGrowing } = video
  if (rendition === SOURCE_RENDITION && !isGrowing)
    return answer(video, 'media-playlist', Buffer.from(writeVodPlaylist(video, { targetDurationSeconds })))
  if (rendition !== GROWING_RENDITION) return 'not_found'
  const text = writeVodPlaylist(video, {
    targetDurationSeconds,
    kind: isGrowing ? 'growing' : 'grown',
    filesAt: `../${SOURCE_RENDITION}/`,
  })
  return answer(video, 'media-playlist', Buffer.from(text))
}

async function answerMedia(
  library: Library,
  videoId: string,
  video: PlayableVideo,
  file: Extract<HlsResource, { rendition: string }>,
): Promise<LiveAnswer | ErrorCode> {
  if (file.rendition !== SOURCE_RENDITION) return 'not_found'
  const place =
    file.kind === 'init'
      ? video.inits[file.index]
      : file.kind === 'segment'
        ? video.segments[file.msn]
        : undefined
  if (!place) return 'not_found'
  return answer(video, file.kind, await library.read(videoId, place.offset, place.sizeBytes))
}

function answer(video: PlayableVideo, kind: HlsResource['kind'], body: Uint8Array): LiveAnswer {
  const { targetDurationSeconds, isGrowing } = video
  const isPlaylist = kind === 'multivariant' || kind === 'media-playlist'
  const policy = cachePolicy({
    scope: 'vod',
    kind,
    status: 200,
    targetDurationSeconds,
    isBlocking: false,
    isEnded: !isGrowing,
  })
  return {
    status: 200,
    headers: {
      'content-type': CONTENT_TYPES[isPlaylist ? 'playlist' : kind === 'still' ? kind : 'media'],
      'content-length': String(body.length),
      'cache-control': cacheControl(policy),
      'x-target-duration': String(targetDurationSeconds),
      ...(!isGrowing && { 'x-ended': '1' }),
    },
    body: [body],
  }
}
