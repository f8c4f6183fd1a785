/** One broadcast on this origin: from its publisher's messages to what can be asked for. */
import type { BroadcastHealth, LatencyMode } from '../../shared/contracts/internal.ts'
import type { MediaMessage } from '../media/access-unit.ts'
import {
  firstUnskippedMsn,
  type MediaPlaylistView,
  skipBoundarySeconds,
  writeMediaPlaylist,
  writeMultivariantPlaylist,
} from '../packager/playlist.ts'
import { Segmenter } from '../packager/segmenter.ts'
import { Waiters } from '../packager/waiters.ts'
import { LiveWindow } from '../packager/window.ts'
import { SignalMeter } from './health.ts'

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
  readonly window: LiveWindow
  readonly waiters: Waiters
  readonly #segmenter: Segmenter
  readonly #meter = new SignalMeter()
  /** Made once for each part, however many ask. */
  #playlist: Buffer | undefined
  #deltaUpdate: Buffer | undefined

  constructor(options: LiveStreamOptions) {
    this.options = options
    this.waiters = new Waiters(options.maxWaiters)
    this.window = new LiveWindow({ windowSeconds: options.windowSeconds, onAdvance: () => this.#onAdvance() })
    this.#segmenter = new Segmenter({
      latencyMode: options.latencyMode,
      targetDurationSeconds: options.targetDurationSeconds,
      sink: this.window,
    })
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
      this.window.end()
    }
  }

  health(): BroadcastHealth {
    return this.#meter.report(this.window.tracks, this.window.partTarget?.frameMs)
  }

  /** In latency mode *normal* whole segments only. */
  get listsParts(): boolean {
    return this.options.latencyMode !== 'normal'
  }

  mediaPlaylist(): Buffer {
    this.#playlist ??= Buffer.from(writeMediaPlaylist(this.#view()))
    return this.#playlist
  }

  /**
   * What has changed, for a player that waits for segment `msn` and so has all before it; the whole playlist
   * when such a player lacks segments that a delta update would skip.
   */
  deltaUpdate(msn: number | undefined): Buffer {
    const view = this.#view()
    if (msn !== undefined && msn < firstUnskippedMsn(view)) return this.mediaPlaylist()
    this.#deltaUpdate ??= Buffer.from(writeMediaPlaylist(view, { isDelta: true }))
    return this.#deltaUpdate
  }

  #view(): MediaPlaylistView {
    const { window } = this
    const { targetDurationSeconds, windowSeconds } = this.options
    return {
      targetDurationSeconds,
      partTarget: this.listsParts ? window.partTarget : undefined,
      segments: window.listed,
      discontinuitySequence: window.discontinuitySequence,
      edge: window.edge,
      isEnded: window.isEnded,
      canSkipUntilSeconds: skipBoundarySeconds(targetDurationSeconds, windowSeconds),
      renditionReports: [],
    }
  }

  multivariantPlaylist(): Buffer {
    const { tracks, partTarget, peakBitrateBps, averageBitrateBps } = this.window
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

  #onAdvance(): void {
    this.#playlist = undefined
    this.#deltaUpdate = undefined
    this.waiters.advance()
  }
}
