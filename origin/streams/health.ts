/** What a streamer should know about the incoming signal. */
import type { BroadcastHealth } from '../../shared/contracts/internal.ts'
import type { MediaMessage } from '../media/access-unit.ts'
import type { Tracks } from '../packager/track.ts'

/** Players join at key frames, so rarer ones make everybody wait. */
const KEY_FRAMES_RARE_ABOVE_SECONDS = 4
const BITRATE_SPAN_MS = 2000

export class SignalMeter {
  #lastKeyMs: number | undefined
  #keyFrameIntervalSeconds: number | undefined
  #spanStartMs: number | undefined
  #spanBytes = 0
  #bitrateBps: number | undefined

  add(message: MediaMessage): void {
    if (message.type !== 'video' && message.type !== 'audio') return
    if (message.type === 'video' && message.isKey) {
      if (this.#lastKeyMs !== undefined)
        this.#keyFrameIntervalSeconds = (message.dtsMs - this.#lastKeyMs) / 1000
      this.#lastKeyMs = message.dtsMs
    }
    this.#spanStartMs ??= message.dtsMs
    this.#spanBytes += message.data.length
    const spanMs = message.dtsMs - this.#spanStartMs
    if (spanMs >= BITRATE_SPAN_MS) {
      this.#bitrateBps = Math.round((this.#spanBytes * 8000) / spanMs)
      this.#spanStartMs = message.dtsMs
      this.#spanBytes = 0
    }
  }

  report(tracks: Tracks | undefined, frameMs: number | undefined): BroadcastHealth {
    const interval = this.#keyFrameIntervalSeconds
    return {
      ...(tracks?.video && {
        videoCodec: tracks.video.codec,
        width: tracks.video.width,
        height: tracks.video.height,
        ...(frameMs && { frameRate: Math.round(100_000 / frameMs) / 100 }),
      }),
      ...(tracks?.audio && { audioCodec: tracks.audio.codec }),
      ...(this.#bitrateBps !== undefined && { bitrateBps: this.#bitrateBps }),
      ...(interval !== undefined && { keyFrameIntervalSeconds: interval }),
      hints: interval !== undefined && interval > KEY_FRAMES_RARE_ABOVE_SECONDS ? ['key_frames_rare'] : [],
    }
  }
}
