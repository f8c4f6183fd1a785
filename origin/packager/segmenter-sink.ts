/** What a segmenter hands out, piece by piece. */
import type { PartTarget } from './part-target.ts'
import type { Sample, Tracks } from './track.ts'

export interface SegmentHeader {
  readonly msn: number
  readonly initIndex: number
  readonly isDiscontinuity: boolean
  /** Unix ms of its first frame. */
  readonly programDateTimeMs: number
  readonly isIndependent: boolean
}

export interface Part {
  readonly durationSeconds: number
  readonly isIndependent: boolean
  readonly bytes: Buffer<ArrayBuffer>
}

/** What a part was written from: enough to cut another rendition at the same places. Times in the broadcast's ms. */
export interface PartContent {
  readonly startMs: number
  readonly endMs: number
  readonly video: readonly Sample[]
  readonly audio: readonly Sample[]
}

/** Receives the pieces in order: start, then init, segment, parts, segment end, segment, … */
export interface SegmenterSink {
  onStart(partTarget: PartTarget): void
  onInit(index: number, bytes: Uint8Array, tracks: Tracks): void
  onSegment(header: SegmentHeader): void
  onPart(part: Part, content: PartContent): void
  onSegmentEnd(): void
  /** A segment without media: the encoder is away (RFC 8216bis, 4.4.4.7). */
  onGap(header: SegmentHeader, durationSeconds: number): void
}
