/** Answers requests for videos (shared/hls-path) from the library: the same names and rules as live ones. */
import type { ErrorCode } from '../../shared/errors.ts'
import type { HlsPath } from '../../shared/hls-path.ts'
import { cacheControlOf, contentTypeOf, resourceOf, type VideoResource } from '../../shared/vod/resource.ts'
import type { Library } from '../videos/library.ts'
import type { LiveAnswer } from './live.ts'

export async function answerVod(library: Library, path: HlsPath): Promise<LiveAnswer | ErrorCode> {
  const { root, resource } = path
  if (root.scope !== 'vod') return 'not_found'
  // Answers are kept for long: what may have holes is none.
  if (library.isDoubtful(root.video)) return 'storage_unavailable'
  const video = await library.video(root.video)
  const place = video && resourceOf(video, path)
  const body = place && (await bytesOf(library, root.video, place))
  if (!body) return 'not_found'
  return {
    status: 200,
    headers: {
      'content-type': contentTypeOf(resource.kind),
      'content-length': String(body.length),
      'cache-control': cacheControlOf(video, resource.kind),
      'x-target-duration': String(video.targetDurationSeconds),
      ...(!video.isGrowing && { 'x-ended': '1' }),
    },
    body: [body],
  }
}

function bytesOf(
  library: Library,
  videoId: string,
  place: VideoResource,
): Uint8Array | Promise<Uint8Array | undefined> {
  switch (place.from) {
    case 'text':
      return Buffer.from(place.text)
    case 'media':
      return library.read(videoId, place.offset, place.sizeBytes)
    case 'file':
      return library.readFile(videoId, place.fileName, place.maxBytes)
  }
}
