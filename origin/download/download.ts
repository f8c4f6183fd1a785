/**
 * A video as one MP4: its init segment and its segments as they are, one after another on one clock. One segment is in
 * memory at a time, however long the video is.
 */
import type { ServerResponse } from 'node:http'
import { once } from 'node:events'
import { type ByteRange, readRange } from '../../shared/byte-range.ts'
import type { ErrorCode } from '../../shared/errors.ts'
import type { PlayableVideo } from '../../shared/vod/resource.ts'
import type { Library } from '../videos/library.ts'
import { moveSegment, startMsOf, timescalesOf, withDuration } from './fragments.ts'

/** Segments by their places: from the first, up to and without the second. */
export interface Span {
  readonly from: number
  readonly to: number
}

/** What of it is wanted: whoever was cut off goes on where it was (RFC 9110, 13.1.5 and 14.2). */
export interface DownloadRequest {
  readonly videoId: string
  readonly span: Span
  readonly range: string | undefined
  readonly ifRange: string | undefined
  /** HEAD: what would be sent, and not a byte of it. */
  readonly isHead?: boolean
}

type Source = Pick<Library, 'video' | 'read'>

/** Numbers of fragments rise from one segment to the next; none has as many. */
const FRAGMENTS_PER_SEGMENT = 4096

/** @returns why there is none; `undefined` once it was sent, or its reader has gone  @throws the disk's error */
export async function sendDownload(
  library: Source,
  { videoId, span, range, ifRange, isHead = false }: DownloadRequest,
  response: ServerResponse,
): Promise<ErrorCode | undefined> {
  const video = await library.video(videoId)
  if (!video || video.isGrowing) return 'not_found'
  const segments = video.segments.slice(span.from, span.to)
  const init = segments.length > 0 ? await onlyInit(library, videoId, video, segments) : undefined
  if (!init) return segments.length > 0 ? 'conflict' : 'not_found'
  const durationMs = segments.reduce((sum, segment) => sum + segment.durationMs, 0)
  const head = withDuration(init, durationMs)
  const size = segments.reduce((sum, segment) => sum + segment.sizeBytes, head.length)
  // Segments never change: the same ones are the same file.
  const etag = `"${videoId}-${span.from}-${span.from + segments.length}-${size}"`
  const asked = ifRange === undefined || ifRange === etag ? readRange(range, size) : undefined
  const headers = { etag, 'accept-ranges': 'bytes', 'cache-control': 'no-store' }
  if (asked === 'unsatisfiable') {
    response.writeHead(416, { ...headers, 'content-range': `bytes */${size}` }).end()
    return undefined
  }
  const { from, to } = asked ?? { from: 0, to: size - 1 }
  response.writeHead(asked ? 206 : 200, {
    ...headers,
    'content-type': 'video/mp4',
    'content-length': String(to - from + 1),
    ...(asked && { 'content-range': `bytes ${from}-${to}/${size}` }),
  })
  if (isHead) {
    response.end()
    return undefined
  }
  const file = { library, videoId, segments, head, timescales: timescalesOf(init) }
  for await (const { start, bytes } of piecesOf(file, { from, to })) {
    await send(response, bytes.subarray(Math.max(0, from - start), to + 1 - start))
    if (response.destroyed) return undefined
  }
  response.end()
  return undefined
}

interface WholeFile {
  readonly library: Source
  readonly videoId: string
  readonly segments: PlayableVideo['segments']
  readonly head: Buffer
  readonly timescales: ReadonlyMap<number, number>
}

/** The head and the segments of which a range has something, with the places where they begin. */
async function* piecesOf(
  { library, videoId, segments, head, timescales }: WholeFile,
  { from, to }: ByteRange,
): AsyncGenerator<{ readonly start: number; readonly bytes: Buffer }> {
  const read = async ({ offset, sizeBytes }: { offset: number; sizeBytes: number }): Promise<Buffer> =>
    Buffer.from(await library.read(videoId, offset, sizeBytes))
  if (from < head.length) yield { start: 0, bytes: head }
  let start = head.length
  let sentMs = 0
  // What comes after a break begins where the rest ended.
  let stretch: { first: (typeof segments)[number]; atMs: number; moveMs?: number } | undefined
  for (const [place, segment] of segments.entries()) {
    if (start > to) return
    if (!stretch || segment.isDiscontinuity) stretch = { first: segment, atMs: sentMs }
    if (start + segment.sizeBytes > from) {
      const bytes = await read(segment)
      stretch.moveMs ??=
        stretch.atMs - startMsOf(stretch.first === segment ? bytes : await read(stretch.first), timescales)
      moveSegment(bytes, timescales, { ms: stretch.moveMs, sequence: place * FRAGMENTS_PER_SEGMENT + 1 })
      yield { start, bytes }
    }
    start += segment.sizeBytes
    sentMs += segment.durationMs
  }
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
export function readDownload(url: URL): Pick<DownloadRequest, 'videoId' | 'span'> | undefined {
  const [, videoId] = PATH.exec(url.pathname) ?? []
  const [from, to] = ['from', 'to'].map((name) => url.searchParams.get(name))
  if (videoId === undefined) return undefined
  if (!isPlace(from) || !isPlace(to)) return undefined
  return { videoId, span: { from: Number(from ?? 0), to: Number(to ?? Number.MAX_SAFE_INTEGER) } }
}

function isPlace(text: string | null | undefined): boolean {
  return text === null || text === undefined || /^\d{1,9}$/.test(text)
}
