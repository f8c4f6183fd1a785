/**
 * Writes the parts and segments that the segmenter decides on: their numbers, init segments and times, and the
 * bytes of what is held back for them. Pure.
 */
import { HeldSamples } from './held-samples.ts'
import { writeInitSegment } from './init-segment.ts'
import { writePart } from './part.ts'
import type { ResumePoint } from './resume-point.ts'
import type { SegmenterSink } from './segmenter-sink.ts'
import type { Tracks } from './track.ts'

export interface SegmentStart {
  /** In the broadcast's own time. */
  readonly timeMs: number
  readonly isIndependent: boolean
  /** Unix ms. */
  readonly nowMs: number
}

export interface SegmentWriterOptions {
  readonly sink: SegmenterSink
  readonly resume: ResumePoint | undefined
  /** Of the gap that the first list begins with; 0 for none. */
  readonly leadInMs: number
}

export class SegmentWriter {
  readonly held = new HeldSamples()
  readonly #sink: SegmenterSink
  readonly #leadInMs: number
  /** Of the segment in hand. */
  #tracks: Tracks = {}
  #initIndex: number
  #hasInit = false
  #msn: number
  #sequence = 0
  #segment: { readonly startMs: number; readonly isIndependent: boolean } | undefined
  #partStartMs = 0
  #periodStartMs = 0
  #videoEndMs: number | undefined
  #isDiscontinuity: boolean
  #wallClock = { anchorMs: 0, mediaMs: 0, isSet: false }

  constructor({ sink, resume, leadInMs }: SegmentWriterOptions) {
    this.#sink = sink
    this.#leadInMs = leadInMs
    this.#msn = resume?.msn ?? 0
    this.#initIndex = (resume?.initIndex ?? 0) - 1
    this.#isDiscontinuity = resume !== undefined
  }

  /** What a restarted origin needs to keep the broadcast's time; `undefined` before the first segment. */
  get programDateTime(): ResumePoint['programDateTime'] {
    const { anchorMs, mediaMs, isSet } = this.#wallClock
    return isSet ? { unixMs: anchorMs, mediaMs } : undefined
  }

  /** The one that is open. */
  get segment(): { readonly startMs: number; readonly isIndependent: boolean } | undefined {
    return this.#segment
  }

  get partStartMs(): number {
    return this.#partStartMs
  }

  /** Where this period's first picture is: nothing before it can be in step with it. */
  get periodStartMs(): number {
    return this.#periodStartMs
  }

  /** Where the last picture of this period that was written ends. */
  get videoEndMs(): number | undefined {
    return this.#videoEndMs
  }

  /** Where all that is held back ends. */
  get heldEndMs(): number {
    const { lastVideo, lastAudio } = this.held
    const rate = this.#tracks.audio?.sampleRate
    return Math.max(
      lastVideo ? lastVideo.decodeTime + lastVideo.duration : 0,
      lastAudio && rate !== undefined ? ((lastAudio.decodeTime + lastAudio.duration) * 1000) / rate : 0,
    )
  }

  /** What follows cannot be played on from what was written. */
  discontinue(): void {
    this.#isDiscontinuity = true
    this.#wallClock.isSet = false
  }

  /** Writes an init segment when the tracks are others than before, which is a discontinuity. */
  start({ timeMs, isIndependent, nowMs }: SegmentStart, tracks: Tracks): void {
    this.#apply(tracks)
    const isFirst = this.#msn === 0
    if (isFirst && this.#leadInMs > 0) this.gap(nowMs - this.#leadInMs, this.#leadInMs)
    if (!this.#wallClock.isSet) this.#wallClock = { anchorMs: nowMs, mediaMs: timeMs, isSet: true }
    if (this.#isDiscontinuity || isFirst) {
      this.#videoEndMs = undefined
      this.#periodStartMs = timeMs
    }
    this.#segment = { startMs: timeMs, isIndependent }
    this.#partStartMs = timeMs
    this.#sink.onSegment({
      msn: this.#msn,
      initIndex: this.#initIndex,
      isDiscontinuity: this.#isDiscontinuity,
      programDateTimeMs: Math.round(this.#wallClock.anchorMs + timeMs - this.#wallClock.mediaMs),
      isIndependent,
    })
    this.#isDiscontinuity = false
  }

  /** Writes what lies before the boundary as a part. @returns false when nothing does */
  cut(boundaryMs: number): boolean {
    if (boundaryMs <= this.#partStartMs) return false
    const rate = this.#tracks.audio?.sampleRate ?? 1
    // Half a sample of slack: an audio boundary is a sample count turned into ms and back.
    const taken = this.held.takeBefore({ video: boundaryMs, audio: (boundaryMs * rate) / 1000 - 0.5 })
    if (!taken) return false
    const { video, audio } = taken
    const last = video.at(-1)
    if (last) {
      last.duration = Math.max(0, Math.round(boundaryMs) - last.decodeTime)
      this.#videoEndMs = this.held.firstVideo?.decodeTime ?? Math.round(boundaryMs)
    }
    const startMs = this.#partStartMs
    this.#sink.onPart(
      {
        durationSeconds: (boundaryMs - startMs) / 1000,
        isIndependent: this.#tracks.video ? video[0]?.isKey === true : true,
        bytes: writePart({ sequence: ++this.#sequence, video, audio }),
      },
      { startMs, endMs: boundaryMs, video, audio },
    )
    this.#partStartMs = boundaryMs
    return true
  }

  end(): void {
    if (!this.#segment) return
    this.#segment = undefined
    this.#msn++
    this.#sink.onSegmentEnd()
  }

  /** A segment without media. @param startsAtMs Unix ms */
  gap(startsAtMs: number, durationMs: number): void {
    const header = {
      msn: this.#msn++,
      initIndex: Math.max(0, this.#initIndex),
      isDiscontinuity: false,
      programDateTimeMs: Math.round(startsAtMs),
      isIndependent: true,
    }
    this.#sink.onGap(header, durationMs / 1000)
  }

  #apply(tracks: Tracks): void {
    if (this.#hasInit && tracks === this.#tracks) return
    if (this.#hasInit) this.#isDiscontinuity = true
    this.#hasInit = true
    this.#tracks = tracks
    this.#initIndex++
    this.#sink.onInit(this.#initIndex, writeInitSegment(tracks), tracks)
  }
}
