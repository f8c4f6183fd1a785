/**
 * Decides where a broadcast is cut into parts and segments. Pure: messages in, CMAF out through the sink, no clock.
 *
 * Parts are cut when the frame that begins the next one arrives, because only then the last duration is
 * known. Segments are cut at key frames; when none comes before the target duration, without one.
 */
import type { LatencyMode } from '../../shared/contracts/internal.ts'
import type { AudioUnit, MediaMessage, VideoUnit } from '../media/access-unit.ts'
import { parseAudioConfig, samplesOf } from '../media/audio-config.ts'
import { parseVideoConfig } from '../media/video-config.ts'
import { Absence, type AbsenceStart } from './absence.ts'
import { AudioClock } from './audio-clock.ts'
import type { PartTarget } from './part-target.ts'
import { Probe } from './probe.ts'
import { absenceBefore, type ResumePoint } from './resume-point.ts'
import { type SegmentStart, SegmentWriter } from './segment-writer.ts'
import type { SegmenterSink } from './segmenter-sink.ts'
import { Timeline } from './timeline.ts'
import { isSameConfig, type Tracks } from './track.ts'

export interface SegmenterOptions {
  readonly latencyMode: LatencyMode
  readonly targetDurationSeconds: number
  readonly sink: SegmenterSink
  readonly resume?: ResumePoint
  /**
   * The list begins with a gap of one target duration. hls.js calls a list without a whole segment empty
   * and comes back later, so its viewers would see nothing until the first segment is over.
   */
  readonly leadIn?: boolean
}

/** At a key frame a shorter segment goes on: a 1 s key frame interval makes 2 s segments. */
const MIN_SEGMENT_MS = 1500
/** A changed configuration waits for this, so that changes without end cannot fill the list. */
const MIN_CHANGED_SEGMENT_MS = 500
/** EXTINF is rounded before it is compared with TARGETDURATION (RFC 8216bis, 4.4.3.1). */
const ROUNDING_MS = 450
/** Audio this much further ahead than usual means that video has stopped; the parts go on without it. */
const AUDIO_LEAD_MS = 250

export class Segmenter {
  readonly #options: SegmenterOptions
  #probe: Probe | undefined
  #target: PartTarget = { nominalMs: 0, minimumMs: 0, advertisedMs: 0, frameMs: 0 }
  #tracks: Tracks = {}
  #pendingTracks: Tracks | undefined
  #audioClock: AudioClock | undefined
  readonly #writer: SegmentWriter
  readonly #timeline = new Timeline()
  /** While the encoder is away, and until its first segment. */
  #absence: Absence | undefined

  constructor(options: SegmenterOptions) {
    this.#options = options
    this.#probe = new Probe(options.latencyMode)
    const { resume, sink, leadIn } = options
    this.#writer = new SegmentWriter({
      sink,
      resume,
      leadInMs: leadIn ? options.targetDurationSeconds * 1000 : 0,
    })
    if (resume) this.#absence = this.#absenceFrom(absenceBefore(resume, options.targetDurationSeconds))
  }

  /** What a restarted origin needs to keep the broadcast's time; `undefined` before the first segment. */
  get programDateTime(): ResumePoint['programDateTime'] {
    return this.#writer.programDateTime
  }

  /** @param nowMs Unix time, used for PROGRAM-DATE-TIME only */
  write(message: MediaMessage, nowMs: number): void {
    if (!this.#probe) return this.#accept(message, nowMs)
    const result = this.#probe.add(message)
    if (!result) return
    this.#probe = undefined
    this.#tracks = result.tracks
    // Never changed, also when another encoder comes back to a restarted origin.
    const kept = this.#options.resume?.partTarget
    this.#target = kept ? { ...kept, frameMs: result.partTarget.frameMs } : result.partTarget
    this.#options.sink.onStart(this.#target)
    for (const held of result.messages) this.#accept(held, nowMs)
  }

  /** The encoder has gone: when it comes back, the same broadcast goes on in a new period. */
  discontinue(nowMs: number): void {
    if (this.#probe) {
      this.#probe = new Probe(this.#options.latencyMode)
      return
    }
    this.finish()
    const { programDateTime, videoEndMs, partStartMs } = this.#writer
    const endMs = Math.ceil(Math.max(videoEndMs ?? 0, partStartMs))
    // One that went again before its first segment leaves the gap as it is.
    this.#absence ??= this.#absenceFrom({
      wallMs: programDateTime ? programDateTime.unixMs + endMs - programDateTime.mediaMs : nowMs,
      mediaMs: endMs,
      isGap: false,
    })
    this.#writer.discontinue()
    this.#timeline.stop()
  }

  /** Lists the time that has passed without an encoder as segments without media, one target duration each. */
  fillGap(nowMs: number): void {
    this.#absence?.fill(nowMs)
  }

  /** Writes out what is held back and ends the segment. */
  finish(): void {
    const writer = this.#writer
    const { heldEndMs: end, partStartMs } = writer
    if (writer.segment && end > partStartMs)
      writer.cut(Math.min(end, partStartMs + this.#target.advertisedMs))
    writer.end()
    writer.held.clear()
  }

  #absenceFrom(start: AbsenceStart): Absence {
    return new Absence(start, {
      stepMs: this.#options.targetDurationSeconds * 1000,
      list: (startsAtMs, durationMs) => this.#writer.gap(startsAtMs, durationMs),
    })
  }

  #accept(message: MediaMessage, nowMs: number): void {
    switch (message.type) {
      case 'metadata':
        return undefined
      case 'video-config': {
        const video = parseVideoConfig(message.codec, message.config)
        if (video) this.#reconfigure({ ...(this.#pendingTracks ?? this.#tracks), video })
        return undefined
      }
      case 'audio-config': {
        const audio = parseAudioConfig(message.codec, message.config)
        if (audio) this.#reconfigure({ ...(this.#pendingTracks ?? this.#tracks), audio })
        return undefined
      }
      case 'video':
        return this.#acceptVideo(message, nowMs)
      case 'audio':
        return this.#acceptAudio(message, nowMs)
    }
  }

  #reconfigure(tracks: Tracks): void {
    const isSame =
      isSameConfig(tracks.video, this.#tracks.video) && isSameConfig(tracks.audio, this.#tracks.audio)
    this.#pendingTracks = isSame ? undefined : tracks
    if (this.#pendingTracks && !this.#tracks.video && !tracks.video) this.#discontinuity()
  }

  #acceptVideo(unit: VideoUnit, nowMs: number): void {
    if (!this.#tracks.video && !this.#pendingTracks?.video) return
    const timeMs = this.#mediaTime(unit, nowMs)
    const { video } = this.#pendingTracks ?? this.#tracks
    // Between a new configuration and its first key frame nothing can be decoded, with the old one or the new.
    if (!unit.isKey && !isSameConfig(video, this.#tracks.video)) return
    // Nor may every picture bring a configuration: each makes a segment and an init segment to be listed.
    if (
      this.#pendingTracks &&
      this.#writer.segment &&
      timeMs - this.#writer.segment.startMs < MIN_CHANGED_SEGMENT_MS
    )
      return
    if (!this.#writer.segment || !this.#tracks.video) {
      if (!unit.isKey) return
      this.finish()
      this.#startSegment({ timeMs, isIndependent: true, nowMs })
    } else {
      this.#advance({
        timeMs,
        endsSegment: unit.isKey && this.#mayEndSegmentAt(timeMs),
        isKey: unit.isKey,
        nowMs,
      })
    }
    if (!this.#writer.held.hasRoomFor(unit.data)) return
    const previous = this.#writer.held.lastVideo
    // Decode times are contiguous even when frames were dropped; the presentation time stays true.
    const decodeTime = previous ? Math.max(timeMs, previous.decodeTime) : (this.#writer.videoEndMs ?? timeMs)
    if (previous) previous.duration = decodeTime - previous.decodeTime
    this.#writer.held.add('video', {
      decodeTime,
      compositionOffset: unit.compositionMs + timeMs - decodeTime,
      isKey: unit.isKey,
      data: unit.data,
      duration: Math.round(this.#target.frameMs),
    })
  }

  #acceptAudio(unit: AudioUnit, nowMs: number): void {
    const { audio } = this.#tracks
    // Frames of a configuration that takes effect later cannot be decoded with this one.
    if (!audio || (this.#pendingTracks && !isSameConfig(this.#pendingTracks.audio, audio))) return
    const timeMs = this.#mediaTime(unit, nowMs)
    if (this.#tracks.video) {
      if (!this.#writer.segment || timeMs < this.#writer.periodStartMs) return
      if (
        timeMs - this.#writer.partStartMs >
        this.#target.advertisedMs + AUDIO_LEAD_MS + this.#timeline.videoLagMs
      ) {
        this.#cutWithin(this.#writer.partStartMs + Math.round(this.#target.nominalMs), {
          isKey: false,
          nowMs,
        })
      }
    }
    this.#audioClock ??= new AudioClock(audio.sampleRate)
    const samples = samplesOf(audio, unit.data)
    const timing = samples === undefined ? undefined : this.#audioClock.time(timeMs, samples)
    if (!timing || !this.#writer.held.hasRoomFor(unit.data)) return
    if (!this.#tracks.video) {
      const exactMs = (timing.decodeTime * 1000) / audio.sampleRate
      if (this.#writer.segment) this.#advance({ timeMs: exactMs, endsSegment: false, isKey: true, nowMs })
      else this.#startSegment({ timeMs: exactMs, isIndependent: true, nowMs })
    }
    const previous = this.#writer.held.lastAudio
    // Sound that was not sent leaves a hole, which only a longer frame before it can hold open.
    if (previous) previous.duration = timing.decodeTime - previous.decodeTime
    this.#writer.held.add('audio', { ...timing, compositionOffset: 0, isKey: true, data: unit.data })
  }

  #mediaTime({ type, dtsMs }: VideoUnit | AudioUnit, nowMs: number): number {
    if (!this.#timeline.isStarted) {
      // A broadcast starts where its encoder starts; a resumed one goes on where it was.
      this.#timeline.start(dtsMs, this.#absence?.end(nowMs) ?? dtsMs)
    }
    const { timeMs, isJump } = this.#timeline.place(type, dtsMs, this.#target.frameMs)
    // Sound that jumps alone goes on beside the picture.
    if (isJump && (type === 'video' || !this.#tracks.video)) this.#discontinuity()
    return timeMs
  }

  #discontinuity(): void {
    this.finish()
    this.#writer.discontinue()
  }

  #mayEndSegmentAt(timeMs: number): boolean {
    const segment = this.#writer.segment
    return (
      segment !== undefined &&
      (timeMs - segment.startMs >= MIN_SEGMENT_MS ||
        !segment.isIndependent ||
        this.#pendingTracks !== undefined)
    )
  }

  /** Closes every part that must end at or before the frame at `timeMs`. */
  #advance(frame: { timeMs: number; endsSegment: boolean; isKey: boolean; nowMs: number }): void {
    const { timeMs, endsSegment, isKey, nowMs } = frame
    while (timeMs - this.#writer.partStartMs > this.#target.advertisedMs) {
      // Frames were dropped. End where the last one began if that makes a part, else in its middle.
      const lastMs = (this.#writer.held.lastVideo?.decodeTime ?? 0) - this.#writer.partStartMs
      const isFitting = lastMs >= this.#target.minimumMs && lastMs <= this.#target.advertisedMs
      const boundary = this.#writer.partStartMs + (isFitting ? lastMs : Math.round(this.#target.nominalMs))
      if (!this.#cutWithin(boundary, { isKey: false, nowMs })) {
        this.#discontinuity()
        this.#startSegment({ timeMs, isIndependent: isKey, nowMs })
        return
      }
    }
    if (endsSegment) {
      this.#writer.cut(timeMs)
      this.#writer.end()
      // Where the last part ended: a late frame can leave nothing between that and itself to make a part of.
      this.#startSegment({ timeMs: this.#writer.partStartMs, isIndependent: true, nowMs })
    } else if (timeMs - this.#writer.partStartMs >= this.#target.minimumMs) {
      this.#cutWithin(timeMs, { isKey, nowMs })
    }
  }

  /** Cuts a part, and the segment too when another part would not fit into the target duration. */
  #cutWithin(boundaryMs: number, next: { isKey: boolean; nowMs: number }): boolean {
    if (!this.#writer.cut(boundaryMs) || !this.#writer.segment) return false
    const longestMs = this.#options.targetDurationSeconds * 1000 + ROUNDING_MS
    if (boundaryMs - this.#writer.segment.startMs + this.#target.advertisedMs > longestMs) {
      this.#writer.end()
      this.#startSegment({
        timeMs: boundaryMs,
        isIndependent: next.isKey && this.#writer.held.lastVideo === undefined,
        nowMs: next.nowMs,
      })
    }
    return true
  }

  /** A changed configuration takes effect where decoding can start. */
  #startSegment(start: SegmentStart): void {
    if (this.#pendingTracks && start.isIndependent) {
      this.#tracks = this.#pendingTracks
      this.#pendingTracks = undefined
      this.#audioClock = undefined
      this.#writer.held.forgetAudio()
    }
    this.#absence = undefined
    this.#writer.start(start, this.#tracks)
  }
}
