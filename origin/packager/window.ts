/**
 * What of a live broadcast can be asked for: the listed window and, for a while, what has left it.
 * Each byte of media is held once, in its part; a segment is the list of its parts.
 */
import { MediaStore, type StoredMedia } from './media-store.ts'
import type { PartTarget } from './part-target.ts'
import type { Part, SegmentHeader, SegmenterSink } from './segmenter-sink.ts'
import type { Tracks } from './track.ts'

export interface ListedPart extends Omit<Part, 'bytes'> {
  readonly media: StoredMedia
}

export interface Segment extends SegmentHeader {
  /** The encoder was away: there is nothing to fetch. */
  readonly isGap: boolean
  readonly parts: ListedPart[]
  isComplete: boolean
  durationSeconds: number
  sizeBytes: number
}

/** Where the live edge is: the next part to come. */
export interface LiveEdge {
  readonly msn: number
  readonly part: number
}

export interface WindowOptions {
  /** Listed media, in s. At least three target durations (RFC 8216bis, 6.2.2). */
  readonly windowSeconds: number
  /** Called after each part and at the end: somebody may be waiting. */
  readonly onAdvance: () => void
  /** Where the list begins after a restart: what was given out before is below. */
  readonly resume?: { readonly msn: number; readonly discontinuitySequence: number }
}

export class LiveWindow implements SegmenterSink {
  readonly #options: WindowOptions
  readonly #store = new MediaStore()
  readonly #inits = new Map<number, Uint8Array>()
  /** Listed and retained segments, oldest first. */
  #segments: Segment[] = []
  #firstListed = 0
  #tracks: Tracks | undefined
  #partTarget: PartTarget | undefined
  #peakBitrateBps = 0
  #averageBitrateBps = 0
  #discontinuitySequence = 0
  /** Of all playlists so far. */
  #longestSeconds = 0
  #isEnded = false

  constructor(options: WindowOptions) {
    this.#options = options
    this.#firstListed = options.resume?.msn ?? 0
    this.#discontinuitySequence = options.resume?.discontinuitySequence ?? 0
  }

  get tracks(): Tracks | undefined {
    return this.#tracks
  }

  get partTarget(): PartTarget | undefined {
    return this.#partTarget
  }

  /** EXT-X-DISCONTINUITY-SEQUENCE: discontinuities that have left the list. */
  get discontinuitySequence(): number {
    return this.#discontinuitySequence
  }

  /** Discontinuities of the whole broadcast so far. */
  get discontinuityCount(): number {
    return this.#discontinuitySequence + this.listed.filter(({ isDiscontinuity }) => isDiscontinuity).length
  }

  get isEnded(): boolean {
    return this.#isEnded
  }

  /** Something can be played. */
  get isPlayable(): boolean {
    return this.#segments.some(({ parts }) => parts.length > 0)
  }

  get peakBitrateBps(): number {
    // In the first seconds, before a segment is whole, what there is of it has to do.
    return Math.max(this.#peakBitrateBps, this.#averageBitrateBps) || bitrateOf(this.#segments.at(-1))
  }

  get averageBitrateBps(): number {
    return this.#averageBitrateBps
  }

  get listed(): readonly Segment[] {
    return this.#segments.slice(this.#segments.findIndex(({ msn }) => msn >= this.#firstListed))
  }

  get edge(): LiveEdge {
    const last = this.#segments.at(-1)
    if (!last) return { msn: this.#firstListed, part: 0 }
    return last.isComplete ? { msn: last.msn + 1, part: 0 } : { msn: last.msn, part: last.parts.length }
  }

  /** The newest part, by which other renditions report this one (RFC 8216bis, 4.4.5.4). */
  get lastPart(): LiveEdge | undefined {
    const segment = this.#segments.findLast(({ parts }) => parts.length > 0)
    return segment && { msn: segment.msn, part: segment.parts.length - 1 }
  }

  /** Whether a playlist made now contains that segment, or that part of it (RFC 8216bis, 6.2.5.2). */
  contains(msn: number, part?: number): boolean {
    const edge = this.edge
    if (edge.msn > msn)
      return part === undefined || edge.msn > msn + 1 || this.#hasPart(msn, part) || edge.part > 0
    return edge.msn === msn && part !== undefined && edge.part > part
  }

  /** Of the newest init segment; -1 before the first. */
  get newestInit(): number {
    return Math.max(-1, ...this.#inits.keys())
  }

  init(index: number): Uint8Array | undefined {
    return this.#inits.get(index)
  }

  segment(msn: number): Segment | undefined {
    const first = this.#segments[0]
    return first && this.#segments[msn - first.msn]
  }

  onStart(partTarget: PartTarget): void {
    this.#partTarget = partTarget
  }

  onInit(index: number, bytes: Uint8Array, tracks: Tracks): void {
    this.#inits.set(index, bytes)
    this.#tracks = tracks
  }

  onSegment(header: SegmentHeader): void {
    const empty = { parts: [], isGap: false, isComplete: false, durationSeconds: 0, sizeBytes: 0 }
    this.#segments.push({ ...header, ...empty })
  }

  onGap(header: SegmentHeader, durationSeconds: number): void {
    this.#segments.push({
      ...header,
      parts: [],
      isGap: true,
      isComplete: true,
      durationSeconds,
      sizeBytes: 0,
    })
    this.#slide()
    this.#options.onAdvance()
  }

  onPart({ bytes, ...part }: Part): void {
    const segment = this.#segments.at(-1)
    if (!segment) throw new Error('Cannot add a part before a segment')
    segment.parts.push({ ...part, media: this.#store.add(bytes) })
    segment.durationSeconds += part.durationSeconds
    segment.sizeBytes += bytes.length
    this.#options.onAdvance()
  }

  onSegmentEnd(): void {
    const segment = this.#segments.at(-1)
    if (!segment) return
    if (segment.parts.length === 0) {
      this.#segments.pop()
      return
    }
    segment.isComplete = true
    this.#measure(segment)
    this.#slide()
    this.#options.onAdvance()
  }

  end(): void {
    this.#isEnded = true
    this.#options.onAdvance()
  }

  /** A gap has every part: nobody needs to wait for one of it. */
  #hasPart(msn: number, part: number): boolean {
    const segment = this.segment(msn)
    return segment !== undefined && (segment.isGap || segment.parts.length > part)
  }

  #measure(segment: Segment): void {
    if (segment.durationSeconds <= 0) return
    const bitrateBps = bitrateOf(segment)
    this.#peakBitrateBps = Math.max(this.#peakBitrateBps, bitrateBps)
    this.#averageBitrateBps += Math.round(
      (bitrateBps - this.#averageBitrateBps) / Math.min(30, this.#segments.length),
    )
  }

  #dropUpTo(lastMsn: number): void {
    for (const { msn, parts } of this.#segments)
      if (msn <= lastMsn) for (const { media } of parts) this.#store.release(media)
    this.#segments = this.#segments.filter(({ msn }) => msn > lastMsn)
  }

  /** Drops from the list what the window no longer needs, and from memory what nobody can still want. */
  #slide(): void {
    const { windowSeconds } = this.#options
    const listed = this.listed
    // Gaps do not count: while the encoder is away, what can be played stays.
    let seconds = listed.reduce((sum, segment) => sum + playableSeconds(segment), 0)
    this.#longestSeconds = Math.max(this.#longestSeconds, seconds)
    for (const segment of listed) {
      if (seconds - playableSeconds(segment) < windowSeconds) break
      seconds -= playableSeconds(segment)
      this.#firstListed = segment.msn + 1
      if (segment.isDiscontinuity) this.#discontinuitySequence++
    }
    // A removed segment stays for its own duration and that of the longest playlist that named it (6.2.2).
    let retainedSeconds = 0
    const keepFrom = this.#segments.findLast((segment) => {
      if (segment.msn >= this.#firstListed) return false
      const ownSeconds = playableSeconds(segment)
      retainedSeconds += ownSeconds
      return retainedSeconds - ownSeconds > this.#longestSeconds + ownSeconds
    })
    if (keepFrom) this.#dropUpTo(keepFrom.msn)
    const oldestInit = this.#segments[0]?.initIndex ?? 0
    for (const index of this.#inits.keys()) if (index < oldestInit) this.#inits.delete(index)
  }
}

function bitrateOf(segment: Segment | undefined): number {
  if (!segment || segment.durationSeconds <= 0) return 0
  return Math.round((segment.sizeBytes * 8) / segment.durationSeconds)
}

function playableSeconds({ isGap, durationSeconds }: Segment): number {
  return isGap ? 0 : durationSeconds
}
