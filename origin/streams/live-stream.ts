/** One broadcast on this origin: from its publisher's messages to the renditions that can be asked for. */
import type { BroadcastHealth, LatencyMode } from '../../shared/contracts/internal.ts'
import type { MediaMessage } from '../media/access-unit.ts'
import { writeMultivariantPlaylist } from '../packager/playlist.ts'
import { Segmenter } from '../packager/segmenter.ts'
import { SignalMeter } from './health.ts'
import { LiveRendition } from './live-rendition.ts'

/** The encoder's own picture and sound, passed through. */
export const SOURCE_RENDITION = 'source'

export interface LiveStreamOptions {
  readonly broadcastId: string
  readonly slug: string
  readonly latencyMode: LatencyMode
  readonly targetDurationSeconds: number
  readonly windowSeconds: number
  readonly maxWaiters: number
  /** Unix ms. */
  readonly now: () => number
}

export class LiveStream {
  readonly options: LiveStreamOptions
  /** Always there; decides when the broadcast is playable and where all others are cut. */
  readonly source: LiveRendition
  readonly #renditions = new Map<string, LiveRendition>()
  readonly #segmenter: Segmenter
  readonly #meter = new SignalMeter()

  constructor(options: LiveStreamOptions) {
    this.options = options
    this.source = this.#addRendition(SOURCE_RENDITION)
    this.#segmenter = new Segmenter({
      latencyMode: options.latencyMode,
      targetDurationSeconds: options.targetDurationSeconds,
      sink: this.source.window,
    })
  }

  /** @returns `undefined` for a rendition that is not there, or no longer */
  rendition(name: string): LiveRendition | undefined {
    return this.#renditions.get(name)
  }

  write(message: MediaMessage): void {
    this.#meter.add(message)
    this.#segmenter.write(message, this.options.now())
  }

  /** The connection was lost; what has arrived is made available while the grace time runs. */
  interrupt(): void {
    this.#segmenter.discontinue()
  }

  end(): void {
    try {
      this.#segmenter.finish()
    } finally {
      for (const { window } of this.#renditions.values()) window.end()
    }
  }

  health(): BroadcastHealth {
    const { window } = this.source
    return this.#meter.report(window.tracks, window.partTarget?.frameMs)
  }

  multivariantPlaylist(): Buffer {
    const { tracks, partTarget, peakBitrateBps, averageBitrateBps } = this.source.window
    return Buffer.from(
      writeMultivariantPlaylist(this.options.broadcastId, [
        {
          name: SOURCE_RENDITION,
          tracks: tracks ?? {},
          frameRate: partTarget && tracks?.video ? 1000 / partTarget.frameMs : undefined,
          // Until a segment is complete, the encoder's own rate is the best that is known.
          peakBitrateBps: peakBitrateBps || (this.#meter.report(tracks, undefined).bitrateBps ?? 0),
          averageBitrateBps,
        },
      ]),
    )
  }

  #addRendition(name: string): LiveRendition {
    const { latencyMode, targetDurationSeconds, windowSeconds, maxWaiters } = this.options
    const others = () => [...this.#renditions.values()].filter((rendition) => rendition.name !== name)
    const rendition = new LiveRendition({
      name,
      latencyMode,
      targetDurationSeconds,
      windowSeconds,
      maxWaiters,
      renditionReports: () => others().flatMap((other) => other.report() ?? []),
    })
    this.#renditions.set(name, rendition)
    return rendition
  }
}
