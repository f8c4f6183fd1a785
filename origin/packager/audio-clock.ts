/**
 * Turns RTMP's ms stamps of audio frames into an exact sample count. The stamps are rounded, so they only
 * steer: a lasting error is slewed away a few samples at a time, which nobody hears, and audio stays in
 * step with video for hours even when the encoder's sound card and its clock disagree.
 */
const HARD_ERROR_SECONDS = 0.1
const SLEW_ABOVE_SECONDS = 0.005
/** Each frame is stretched or shrunk by at most this part of its length. */
const SLEW_RATIO = 1 / 64
const SMOOTHING = 0.05

export interface AudioTiming {
  /** In samples. */
  readonly decodeTime: number
  readonly duration: number
}

export class AudioClock {
  readonly #sampleRate: number
  #next: number | undefined
  #error = 0

  constructor(sampleRate: number) {
    this.#sampleRate = sampleRate
  }

  /**
   * @param samples how many the frame plays
   * @returns `undefined` when the frame lies before what was already timed and must be dropped
   */
  time(stampMs: number, samples: number): AudioTiming | undefined {
    const stamp = Math.round((stampMs * this.#sampleRate) / 1000)
    this.#next ??= stamp
    const error = stamp - this.#next
    if (error < -HARD_ERROR_SECONDS * this.#sampleRate) return undefined
    if (error > HARD_ERROR_SECONDS * this.#sampleRate) {
      this.#next = stamp
      this.#error = 0
    }
    const duration = samples + this.#slew(stamp - this.#next, samples)
    const decodeTime = this.#next
    this.#next += duration
    return { decodeTime, duration }
  }

  #slew(error: number, samples: number): number {
    this.#error += (error - this.#error) * SMOOTHING
    if (Math.abs(this.#error) < SLEW_ABOVE_SECONDS * this.#sampleRate) return 0
    return Math.sign(this.#error) * Math.round(samples * SLEW_RATIO)
  }
}
