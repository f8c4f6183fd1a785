/** One broadcast on this origin: from its publisher's messages to the renditions that can be asked for. */
import type { BroadcastHealth, LatencyMode } from '../../shared/contracts/internal.ts'
import { ALERT_CLASS, type DateRange } from '../../shared/hls-date-range.ts'
import { SOURCE_RENDITION } from '../../shared/vod/resource.ts'
import { beside, type Listener } from '../ladder/beside.ts'
import { Ladder, type LadderOptions, type LadderSettings } from '../ladder/ladder.ts'
import type { MediaMessage } from '../media/access-unit.ts'
import { dateRangesFrom, withDateRange } from '../packager/date-range.ts'
import { writeMultivariantPlaylist } from '../packager/playlist.ts'
import { Segmenter } from '../packager/segmenter.ts'
import type { SegmenterSink } from '../packager/segmenter-sink.ts'
import { SignalMeter } from './health.ts'
import { LiveRendition, type LiveRenditionOptions } from './live-rendition.ts'
import { mustReserve, type Reservation, reserve } from './saved-broadcast.ts'

/** Hears what live viewers get, and writes it down. */
export interface StreamRecorder extends Listener {
  /** What the streamer shall know of it: stable codes. */
  readonly hints: readonly string[]
  /** An alert is shown from that moment of the media on, Unix ms. */
  onAlert(alert: { readonly id: string; readonly startMs: number; readonly durationMs: number }): void
}

/** Then the streamer is told that nothing of what arrives can be shown. */
const PLAYABLE_WITHIN_MS = 5000

export interface LiveStreamOptions {
  readonly broadcastId: string
  readonly slug: string
  readonly latencyMode: LatencyMode
  readonly targetDurationSeconds: number
  readonly windowSeconds: number
  readonly maxWaiters: number
  /** Absent: the source is the only rendition. */
  readonly ladder?: LadderSettings
  /** Absent: nothing is recorded. */
  readonly recorder?: StreamRecorder
  /** Unix ms. */
  readonly now: () => number
  /** Takes numbers that are about to be used, once for many segments. */
  readonly onReserve?: (reservation: Reservation) => void
  /** Of the same broadcast, from an origin that was killed. */
  readonly resumes?: Reservation
}

export class LiveStream {
  readonly options: LiveStreamOptions
  /** Always there; decides when the broadcast is playable and where all others are cut. */
  readonly source: LiveRendition
  readonly #renditions = new Map<string, LiveRendition>()
  readonly #segmenter: Segmenter
  readonly #ladder: Ladder | undefined
  readonly #meter = new SignalMeter()
  readonly #beganAt: number
  #reserved: Reservation | undefined
  #dateRanges: readonly DateRange[]

  constructor(options: LiveStreamOptions) {
    this.options = options
    const { latencyMode, targetDurationSeconds, resumes } = options
    this.#beganAt = options.now()
    this.#dateRanges = resumes?.dateRanges ?? []
    this.source = this.#addRendition(SOURCE_RENDITION, {
      ...(resumes && { from: resumes }),
      onAdvance: () => this.#reserve(),
    })
    this.#ladder = options.ladder && this.#openLadder(options.ladder)
    const { window } = this.source
    const listeners = [this.#ladder, options.recorder].filter((listener) => listener !== undefined)
    this.#segmenter = new Segmenter({
      latencyMode,
      targetDurationSeconds,
      sink: listeners.reduce<SegmenterSink>(beside, window),
      // Without parts nothing can be played before the first segment is over anyway.
      leadIn: latencyMode !== 'normal',
      ...(resumes && {
        resume: {
          ...resumes,
          partTarget: resumes.partTarget,
          programDateTime: resumes.programDateTime,
          nowMs: options.now(),
        },
      }),
    })
    this.#reserve()
  }

  /** @returns `undefined` for a rendition that is not there, or no longer */
  rendition(name: string): LiveRendition | undefined {
    return this.#renditions.get(name)
  }

  write(message: MediaMessage): void {
    this.#meter.add(message)
    this.#segmenter.write(message, this.options.now())
  }

  /**
   * Something begins at the newest moment of the media. The next playlist of each rendition says so, and not the one
   * that was given out already.
   * @returns false when there is no media to mark
   */
  mark(range: Omit<DateRange, 'startMs'>): boolean {
    const last = this.source.window.listed.at(-1)
    if (!last || last.isGap || this.source.window.isEnded) return false
    const startMs = Math.round(last.programDateTimeMs + last.durationSeconds * 1000)
    const marked = withDateRange(this.#dateRanges, { ...range, startMs })
    // The same call again.
    if (marked === this.#dateRanges) return true
    this.#dateRanges = marked
    if (range.className === ALERT_CLASS)
      this.options.recorder?.onAlert({ id: range.id, startMs, durationMs: range.durationMs })
    this.#save()
    return true
  }

  /** The connection was lost; what has arrived is made available while the grace time runs. */
  interrupt(): void {
    this.#segmenter.discontinue(this.options.now())
    this.#ladder?.flush()
  }

  /** Tells players how long the encoder has been away; to be called every second or so while it is. */
  fillGap(): void {
    this.#segmenter.fillGap(this.options.now())
  }

  end(): void {
    try {
      this.#segmenter.finish()
    } finally {
      this.source.window.end()
      void this.#endOthers()
    }
  }

  health(): BroadcastHealth {
    const { window } = this.source
    const health = this.#meter.report(window.tracks, window.partTarget?.frameMs)
    const isEmpty = !window.isPlayable && this.options.now() - this.#beganAt > PLAYABLE_WITHIN_MS
    const { recorder } = this.options
    const hints = [
      ...(isEmpty ? ['nothing_playable'] : []),
      ...health.hints,
      ...(this.#ladder?.hints ?? []),
      ...(recorder?.hints ?? []),
    ]
    return { ...health, hints, isRecorded: recorder !== undefined }
  }

  multivariantPlaylist(): Buffer {
    const { partTarget } = this.source.window
    const listed = this.#inOrder().filter((rendition) => this.#isListed(rendition))
    return Buffer.from(
      writeMultivariantPlaylist(
        this.options.broadcastId,
        listed.map(({ name, window }) => ({
          name,
          tracks: window.tracks ?? {},
          frameRate: partTarget && window.tracks?.video ? 1000 / partTarget.frameMs : undefined,
          peakBitrateBps: window.peakBitrateBps,
          averageBitrateBps: window.averageBitrateBps,
        })),
      ),
    )
  }

  /** CMAF that begins with the newest key frame; `undefined` without a picture. */
  newestKeyPart(): { readonly init: Uint8Array; readonly part: Uint8Array } | undefined {
    const { window } = this.source
    if (!window.tracks?.video) return undefined
    for (const { parts, initIndex } of window.listed.toReversed()) {
      const part = parts.findLast(({ isIndependent }) => isIndependent)
      const init = window.init(initIndex)
      if (part && init) return { init, part: part.media.read() }
    }
    return undefined
  }

  /** The source first, because players without a measurement begin with the first; then as they were asked for. */
  #inOrder(): LiveRendition[] {
    const names = [SOURCE_RENDITION, ...(this.options.ladder?.rungs ?? [])]
    return names.flatMap((name) => this.#renditions.get(name) ?? [])
  }

  /** The others once there is a whole segment to measure them by. */
  #isListed({ name, window }: LiveRendition): boolean {
    return name === SOURCE_RENDITION || window.averageBitrateBps > 0
  }

  #openLadder(settings: LadderSettings): Ladder {
    const ladder: LadderOptions = {
      ...settings,
      now: this.options.now,
      open: (name, msn, discontinuitySequence) =>
        this.#addRendition(name, { from: { msn, discontinuitySequence } }).window,
      withdraw: (name) => {
        this.#renditions.get(name)?.withdraw()
        this.#renditions.delete(name)
      },
      onFailure: (failure) => settings.onFailure(failure, this.options.broadcastId),
    }
    return new Ladder(ladder, this.options.resumes?.discontinuitySequence)
  }

  /** Their last pictures come a little later than the source's. */
  async #endOthers(): Promise<void> {
    await this.#ladder?.close()
    for (const { window } of this.#renditions.values()) if (!window.isEnded) window.end()
  }

  #addRendition(name: string, more: Pick<LiveRenditionOptions, 'from' | 'onAdvance'>): LiveRendition {
    const { latencyMode, targetDurationSeconds, windowSeconds, maxWaiters } = this.options
    const others = () => [...this.#renditions.values()].filter((rendition) => rendition.name !== name)
    const rendition = new LiveRendition({
      name,
      latencyMode,
      targetDurationSeconds,
      windowSeconds,
      maxWaiters,
      ...more,
      dateRanges: () => this.#dateRanges,
      renditionReports: () => others().flatMap((other) => other.report() ?? []),
    })
    this.#renditions.set(name, rendition)
    return rendition
  }

  #reserve(): void {
    const { onReserve, resumes } = this.options
    if (!onReserve) return
    const { window } = this.source
    const { edge, partTarget } = window
    if (!mustReserve(this.#reserved, { msn: edge.msn, partTarget })) return
    this.#reserved = reserve({
      msn: edge.msn,
      initIndex: Math.max(window.newestInit + 1, resumes?.initIndex ?? 0),
      discontinuityCount: window.discontinuityCount,
      partTarget: partTarget ?? resumes?.partTarget,
      programDateTime: this.#segmenter.programDateTime ?? resumes?.programDateTime,
    })
    this.#save()
  }

  #save(): void {
    const firstMs = this.source.window.listed[0]?.programDateTimeMs ?? 0
    const dateRanges = dateRangesFrom(this.#dateRanges, firstMs)
    if (this.#reserved) this.options.onReserve?.({ ...this.#reserved, dateRanges })
  }
}
