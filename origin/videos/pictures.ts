/**
 * Pictures of a finished video for whoever looks after it: the one of a chosen moment, and a part of the sheet of small
 * ones. Drawn when they are asked for, one at a time.
 */
import type { Manifest } from '../../shared/vod/manifest.ts'
import { previewCues } from '../../shared/vod/preview-cues.ts'
import {
  MAX_PREVIEWS_BYTES,
  MAX_SHEET_BYTES,
  PREVIEW_SHEET_FILE,
  PREVIEWS_FILE,
} from '../../shared/vod/resource.ts'
import { makeJpeg } from '../streams/stills.ts'
import type { Library } from './library.ts'
import { drawPartOfSheet } from './previews.ts'

export interface Places {
  readonly from?: number | undefined
  readonly to?: number | undefined
}

export interface VideoPictures {
  /**
   * @param of places of segments, the second without; absent: from the first, to the last
   * @returns JPEG of the key frame before a moment; `undefined` where none can be drawn  @throws the disk's error
   */
  frame(videoId: string, atMs: number, of?: Places): Promise<Uint8Array | undefined>
  /**
   * @param part places of small pictures, the second without
   * @returns JPEG with these alone  @throws the disk's error
   */
  sheet(videoId: string, part: { from: number; to: number }): Promise<Uint8Array | undefined>
}

const TIMEOUT_MS = 10_000
/** At once, more than a page of trimmed videos has; one more is told that there is no picture. */
const MAX_WAITING = 32
/** A segment of ten seconds at 20 Mb/s. */
const MAX_SEGMENT_BYTES = 32 * 1024 * 1024

export function videoPictures(
  library: Pick<Library, 'manifest' | 'read' | 'readFile'>,
  ffmpegPath: string,
): VideoPictures {
  let turn: Promise<unknown> = Promise.resolve()
  let waiting = 0

  return {
    frame: (videoId, atMs, of = {}) => inTurn(() => drawFrame(videoId, atMs, of)),
    sheet: (videoId, part) => inTurn(() => drawPart(videoId, part)),
  }

  async function drawFrame(videoId: string, atMs: number, of: Places): Promise<Uint8Array | undefined> {
    const manifest = await library.manifest(videoId)
    const segment = manifest && pictureSegment(manifest, atMs, of)
    const init = segment && manifest.inits[segment.initIndex]
    if (!init || segment.sizeBytes > MAX_SEGMENT_BYTES) return undefined
    const media = [
      await library.read(videoId, init.offset, init.sizeBytes),
      await library.read(videoId, segment.offset, segment.sizeBytes),
    ]
    return makeJpeg({ ffmpegPath, timeoutMs: TIMEOUT_MS, media })
  }

  async function drawPart(
    videoId: string,
    { from, to }: { from: number; to: number },
  ): Promise<Uint8Array | undefined> {
    const vtt = await library.readFile(videoId, PREVIEWS_FILE, MAX_PREVIEWS_BYTES)
    const sheet = vtt && (await library.readFile(videoId, PREVIEW_SHEET_FILE, MAX_SHEET_BYTES))
    if (!sheet) return undefined
    const count = previewCues(Buffer.from(vtt).toString('utf8')).length
    return from < to && to <= count ? drawPartOfSheet(ffmpegPath, sheet, { from, to, count }) : undefined
  }

  function inTurn<T>(draw: () => Promise<T>): Promise<T | undefined> {
    if (waiting >= MAX_WAITING) return Promise.resolve(undefined)
    waiting++
    const drawn = turn.then(draw).finally(() => waiting--)
    turn = drawn.catch(() => undefined)
    return drawn
  }
}

/** Of these places the last at or before a moment that begins with a key frame, or else the first that does. Pure. */
export function pictureSegment(
  { inits, segments }: Pick<Manifest, 'inits' | 'segments'>,
  atMs: number,
  { from = 0, to = Infinity }: Places = {},
): Manifest['segments'][number] | undefined {
  let found: Manifest['segments'][number] | undefined
  let startMs = 0
  for (const [place, segment] of segments.entries()) {
    if (place >= to || (found && startMs > atMs)) break
    if (place >= from && segment.isIndependent && inits[segment.initIndex]?.width !== undefined)
      found = segment
    startMs += segment.durationMs
  }
  return found
}
