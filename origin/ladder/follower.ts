/**
 * Cuts a rendition exactly where the source was cut: the same media sequence numbers, parts, durations and
 * dates, with the source's own sound and either no picture or one that was encoded from the source's.
 * Pure: pieces of the source and encoded frames in, CMAF out.
 */
import { parseVideoConfig } from '../media/video-config.ts'
import { writeInitSegment } from '../packager/init-segment.ts'
import { writePart } from '../packager/part.ts'
import type { Part, PartContent, SegmentHeader, SegmenterSink } from '../packager/segmenter-sink.ts'
import type { Sample, Tracks } from '../packager/track.ts'
import type { EncodedFrame } from './encoding.ts'

/** What one encoding has made of this rendition so far. */
export interface Pictures {
  /** Encoded and not yet in a part, in order of presentation, which is also that of decoding. */
  readonly frames: EncodedFrame[]
  /** AVCDecoderConfigurationRecord. */
  record: Uint8Array | undefined
  /** Nothing more comes. */
  isComplete: boolean
  /** By how much the source's pictures are shown later than they are decoded: its B-frames. */
  delayMs: number | undefined
}

export function noPictures(): Pictures {
  return { frames: [], record: undefined, isComplete: false, delayMs: undefined }
}

export interface SourcePart {
  readonly part: Part
  readonly content: PartContent
  /** Of the source. */
  readonly tracks: Tracks
  /** `undefined` for a rendition of sound alone. */
  readonly pictures: Pictures | undefined
}

/** Decode and presentation times are each rounded to ms. */
const ROUNDING_MS = 2

export interface FollowerOptions {
  /** Asked for when there is something to write; everything before it is no longer written to. */
  readonly open: (firstMsn: number, discontinuities: number) => SegmenterSink
}

type Piece =
  | { readonly kind: 'segment'; readonly header: SegmentHeader; readonly discontinuities: number }
  | ({ readonly kind: 'part'; readonly queuedAtMs: number } & SourcePart)
  | { readonly kind: 'segment-end' }
  | { readonly kind: 'gap'; readonly header: SegmentHeader; readonly durationSeconds: number }

export class Follower {
  readonly #options: FollowerOptions
  /** What the source has cut and this rendition has not. */
  #pieces: Piece[] = []
  /** From the first segment on that this rendition has to be whole. */
  #isFollowing = false
  #sink: SegmenterSink | undefined
  #segment: (Piece & { kind: 'segment' }) | undefined
  #hasPart = false
  /** The segment that brought it: unique for the whole broadcast, also over restarts. */
  #initIndex = 0
  #init: Uint8Array | undefined
  #sequence = 0

  constructor(options: FollowerOptions) {
    this.#options = options
  }

  get isFollowing(): boolean {
    return this.#isFollowing
  }

  /** Since when the oldest part waits for its pictures, in the caller's ms. */
  get waitingSinceMs(): number | undefined {
    const part = this.#pieces.find((piece) => piece.kind === 'part')
    return part?.kind === 'part' ? part.queuedAtMs : undefined
  }

  /** Follows from the next segment on. */
  start(): void {
    this.#isFollowing = true
  }

  /** Forgets what was to come. */
  stop(): void {
    this.#isFollowing = false
    this.#pieces = []
    this.#sink = undefined
    this.#segment = undefined
    this.#init = undefined
  }

  /** @param discontinuities how many the broadcast had before this segment */
  segment(header: SegmentHeader, discontinuities: number): void {
    this.#add({ kind: 'segment', header, discontinuities })
  }

  part(source: SourcePart, nowMs: number): void {
    this.#add({ kind: 'part', queuedAtMs: nowMs, ...source })
  }

  segmentEnd(): void {
    this.#add({ kind: 'segment-end' })
  }

  gap(header: SegmentHeader, durationSeconds: number): void {
    this.#add({ kind: 'gap', header, durationSeconds })
  }

  /**
   * Writes what can be written.
   * @returns false when this rendition cannot go on where it is: the encoder left out a key frame or a whole part
   */
  advance(): boolean {
    for (let piece = this.#pieces[0]; piece; piece = this.#pieces[0]) {
      if (piece.kind === 'part') {
        const written = this.#writePart(piece)
        if (written === 'wait') return true
        if (written === 'lost') return false
      } else this.#pass(piece)
      this.#pieces.shift()
    }
    return true
  }

  #add(piece: Piece): void {
    if (this.#isFollowing && (this.#pieces.length > 0 || this.#segment || piece.kind === 'segment'))
      this.#pieces.push(piece)
  }

  #pass(piece: Exclude<Piece, { kind: 'part' }>): void {
    if (piece.kind === 'gap') {
      this.#sink?.onGap({ ...piece.header, initIndex: this.#initIndex }, piece.durationSeconds)
    } else if (piece.kind === 'segment') {
      // Told when its first part is there, because only then it is known how it begins.
      this.#segment = piece
      this.#hasPart = false
    } else if (this.#hasPart) this.#sink?.onSegmentEnd()
  }

  #writePart(piece: Piece & { kind: 'part' }): 'written' | 'wait' | 'lost' {
    const { part, content, pictures, tracks } = piece
    const video = pictures ? takePictures(pictures, content, this.#isKeyNext()) : []
    if (!video) return 'wait'
    const [first] = video
    const mustBeKey = !this.#sink && pictures !== undefined
    if ((video.length === 0 && content.audio.length === 0) || (mustBeKey && !first?.isKey)) return 'lost'
    const isIndependent = pictures ? first?.isKey === true : true
    if (!this.#hasPart && !this.#beginSegment(pictures?.record, tracks, isIndependent)) return 'lost'
    this.#hasPart = true
    const { audio } = content
    const bytes = writePart({ sequence: ++this.#sequence, video, audio })
    this.#sink?.onPart(
      { durationSeconds: part.durationSeconds, isIndependent, bytes },
      { ...content, video, audio },
    )
    return 'written'
  }

  /** The source has ended a segment behind this part, because a key frame came. */
  #isKeyNext(): boolean {
    const [, end, next] = this.#pieces
    return end?.kind === 'segment-end' && next?.kind === 'segment' && next.header.isIndependent
  }

  #beginSegment(record: Uint8Array | undefined, { audio }: Tracks, isIndependent: boolean): boolean {
    const video = record && parseVideoConfig('avc', record)
    const tracks: Tracks = { ...(video && { video }), ...(audio && { audio }) }
    if (!this.#segment || (record && !video)) return false
    const { header, discontinuities } = this.#segment
    this.#sink ??= this.#options.open(header.msn, discontinuities)
    const init = writeInitSegment(tracks)
    if (!this.#init || Buffer.compare(init, this.#init) !== 0) {
      this.#init = init
      this.#initIndex = header.msn
      this.#sink.onInit(this.#initIndex, init, tracks)
    }
    this.#sink.onSegment({ ...header, initIndex: this.#initIndex, isIndependent })
    return true
  }
}

/** @returns the pictures of one part, or `undefined` while more of them may come */
function takePictures(pictures: Pictures, content: PartContent, isKeyNext: boolean): Sample[] | undefined {
  const { frames } = pictures
  const [first] = content.video
  if (pictures.delayMs === undefined || first?.isKey) pictures.delayMs = first?.compositionOffset ?? 0
  const { delayMs } = pictures
  const endMs = content.endMs - ROUNDING_MS
  // With B-frames and a variable rate, decode times say little about pictures; key frames stay what they are.
  const next = frames.findIndex(({ ptsMs, isKey }, index) =>
    isKeyNext ? isKey && index > 0 : ptsMs - delayMs >= endMs,
  )
  if (next >= 0) return toSamples(frames.splice(0, next), content, delayMs)
  if (frames.length < content.video.length && !pictures.isComplete) return undefined
  return toSamples(frames.splice(0, content.video.length), content, delayMs)
}

/** From one end of the part to the other without a hole; when a picture is shown stays as it was. */
function toSamples(frames: readonly EncodedFrame[], content: PartContent, delayMs: number): Sample[] {
  const startMs = Math.round(content.startMs)
  const endMs = Math.round(content.endMs)
  const times = frames.map(({ ptsMs }, index) =>
    index === 0 ? startMs : Math.min(endMs, Math.max(startMs, ptsMs - delayMs)),
  )
  return frames.map(({ ptsMs, isKey, data }, index) => {
    const decodeTime = times[index] ?? startMs
    return {
      decodeTime,
      compositionOffset: ptsMs - decodeTime,
      isKey,
      data,
      duration: (times[index + 1] ?? endMs) - decodeTime,
    }
  })
}
