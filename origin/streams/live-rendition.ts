/** One rendition of a broadcast: what of it can be asked for, and who waits for it. */
import type { LatencyMode } from '../../shared/contracts/internal.ts'
import type { DateRange } from '../../shared/hls-date-range.ts'
import {
  firstUnskippedMsn,
  gapParts,
  type MediaPlaylistView,
  type RenditionReport,
  skipBoundarySeconds,
  writeMediaPlaylist,
} from '../packager/playlist.ts'
import { Waiters } from '../packager/waiters.ts'
import { LiveWindow } from '../packager/window.ts'

export interface LiveRenditionOptions {
  /** As in the HLS grammar (shared/hls-path). */
  readonly name: string
  readonly latencyMode: LatencyMode
  readonly targetDurationSeconds: number
  readonly windowSeconds: number
  readonly maxWaiters: number
  /** Where its list begins. */
  readonly from?: { readonly msn: number; readonly discontinuitySequence: number }
  /** Of the whole broadcast. */
  readonly dateRanges: () => readonly DateRange[]
  /** How far the other renditions have come; asked once for each playlist. */
  readonly renditionReports: () => readonly RenditionReport[]
  /** Called before those who wait are answered. */
  readonly onAdvance?: () => void
}

export class LiveRendition {
  readonly options: LiveRenditionOptions
  /** Written by a segmenter. */
  readonly window: LiveWindow
  readonly waiters: Waiters
  /** Made once for each part, however many ask. */
  #playlist: Buffer | undefined
  #deltaUpdate: Buffer | undefined
  #isWithdrawn = false

  constructor(options: LiveRenditionOptions) {
    this.options = options
    this.waiters = new Waiters(options.maxWaiters)
    this.window = new LiveWindow({
      windowSeconds: options.windowSeconds,
      onAdvance: () => this.#onAdvance(),
      ...(options.from && { resume: options.from }),
    })
  }

  get name(): string {
    return this.options.name
  }

  /** It is not there any more, though the broadcast goes on: players shall take another one at once. */
  get isWithdrawn(): boolean {
    return this.#isWithdrawn
  }

  withdraw(): void {
    this.#isWithdrawn = true
    this.#onAdvance()
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

  /** What the playlists of other renditions say about this one; `undefined` before there is anything to name. */
  report(): RenditionReport | undefined {
    const { window, listsParts, name } = this
    const { msn, part } = window.edge
    if (listsParts && part > 0) return { rendition: name, lastMsn: msn, lastPart: part - 1 }
    const last = window.segment(msn - 1)
    if (!last) return undefined
    const { partTarget } = window
    const partCount =
      last.isGap && partTarget ? gapParts(last.durationSeconds, partTarget).length : last.parts.length
    return { rendition: name, lastMsn: last.msn, lastPart: listsParts ? partCount - 1 : undefined }
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
      dateRanges: this.options.dateRanges(),
      renditionReports: this.options.renditionReports(),
    }
  }

  #onAdvance(): void {
    this.#playlist = undefined
    this.#deltaUpdate = undefined
    this.options.onAdvance?.()
    this.waiters.advance()
  }
}
