/**
 * A video as one MP4: its init segment and its segments as they are, one after another on one clock. One segment is in
 * memory at a time, however long the video is.
 */
import type { ServerResponse } from 'node:http'
import { once } from 'node:events'
import { type ErrorCode } from '../../shared/errors.ts'
import type { PlayableVideo } from '../../shared/vod/resource.ts'
import type { Library } from '../videos/library.ts'
import { moveSegment, startMsOf, timescalesOf, withDuration } from './fragments.ts'

/** Segments by their places: from the first, up to and without the second. */
export interface Span {
  readonly from: number
  readonly to: number
}

type Source = Pick<Library, 'video' | 'read'>

/** @returns why there is none; `undefined` once it was sent, or its reader has gone  @throws the disk's error */
export async function sendDownload(
  library: Source,
  videoId: string,
  { from, to }: Span,
  response: ServerResponse,
): Promise<ErrorCode | undefined> {
  const video = await library.video(videoId)
  if (!video || video.isGrowing) return 'not_found'
  const segments = video.segments.slice(from, to)
  const init = segments.length > 0 ? await onlyInit(library, videoId, video, segments) : undefined
  if (!init) return segments.length > 0 ? 'conflict' : 'not_found'
  const durationMs = segments.reduce((sum, segment) => sum + segment.durationMs, 0)
  const head = withDuration(init, durationMs)
  const sizeBytes = segments.reduce((sum, segment) => sum + segment.sizeBytes, head.length)
  response.writeHead(200, {
    'content-type': 'video/mp4',
    'content-length': String(sizeBytes),
    'cache-control': 'no-store',
  })
  const timescales = timescalesOf(init)
  await send(response, head)
  let sequence = 1
  let sentMs = 0
  let moveMs: number | undefined
  for (const { offset, sizeBytes: length, durationMs: lasts, isDiscontinuity } of segments) {
    if (response.destroyed) return undefined
    const bytes = Buffer.from(await library.read(videoId, offset, length))
    // What comes after a break begins where the rest ended.
    if (moveMs === undefined || isDiscontinuity) moveMs = sentMs - startMsOf(bytes, timescales)
    sequence = moveSegment(bytes, timescales, { ms: moveMs, sequence })
    await send(response, bytes)
    sentMs += lasts
  }
  response.end()
  return undefined
}

/** One file has one configuration. @returns `undefined` when the encoder changed its own in the middle */
async function onlyInit(
  library: Source,
  videoId: string,
  { inits }: PlayableVideo,
  segments: PlayableVideo['segments'],
): Promise<Buffer | undefined> {
  let only: Buffer | undefined
  for (const index of new Set(segments.map(({ initIndex }) => initIndex))) {
    const place = inits[index]
    if (!place) return undefined
    const init = Buffer.from(await library.read(videoId, place.offset, place.sizeBytes))
    if (only && !only.equals(init)) return undefined
    only = init
  }
  return only
}

async function send(response: ServerResponse, bytes: Buffer): Promise<void> {
  if (response.destroyed || response.write(bytes)) return
  const gone = new AbortController()
  const onClose = (): void => gone.abort()
  response.once('close', onClose)
  try {
    await once(response, 'drain', { signal: gone.signal })
  } catch (error) {
    if (!gone.signal.aborted) throw error
  } finally {
    response.off('close', onClose)
  }
}

export const DOWNLOAD_PATH = '/download/'
const PATH = /^\/download\/([0-9a-hjkmnp-tv-z]{26})$/

/** @returns `undefined` for what is no address of a download */
export function readDownload(url: URL): ({ readonly videoId: string } & Span) | undefined {
  const [, videoId] = PATH.exec(url.pathname) ?? []
  const [from, to] = ['from', 'to'].map((name) => url.searchParams.get(name))
  if (videoId === undefined) return undefined
  if (!isPlace(from) || !isPlace(to)) return undefined
  return { videoId, from: Number(from ?? 0), to: Number(to ?? Number.MAX_SAFE_INTEGER) }
}

function isPlace(text: string | null | undefined): boolean {
  return text === null || text === undefined || /^\d{1,9}$/.test(text)
}
