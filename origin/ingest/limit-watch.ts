/**
 * Holds a broadcast against what an admin allows: a hint for the streamer first, the end after a grace time.
 * Bytes are counted by the wall clock, because timestamps are what the encoder says they are.
 */
import type { BroadcastLimits, EndReason } from '../../shared/contracts/internal.ts'

export interface LimitTimes {
  /** How long the bit rate or the resolution may be over the limit, in ms. */
  readonly graceMs: number
  /** How long before the end of the allowed time the streamer is told, in ms. */
  readonly timeWarningMs: number
}

export interface LimitVerdict {
  /** Codes of `BroadcastHealth.hints`. */
  readonly hints: readonly string[]
  /** Over for longer than the grace time. */
  readonly end: EndReason | undefined
}

export interface MeasuredPicture {
  readonly width?: number | undefined
  readonly height?: number | undefined
}

const SPAN_MS = 5000
/** Encoders with a constant rate wander about their target, and containers add to it. */
const BITRATE_TOLERANCE = 1.1

export class LimitWatch {
  readonly #startedAt: number
  readonly #times: LimitTimes
  readonly #samples: { readonly at: number; readonly bytes: number }[] = []
  #bytes = 0
  #bitrateOverSince: number | undefined
  #resolutionOverSince: number | undefined

  /** @param startedAt of the broadcast, Unix ms: a reconnected encoder gets no new time */
  constructor(startedAt: number, times: LimitTimes) {
    this.#startedAt = startedAt
    this.#times = times
  }

  /** Media has arrived. */
  add(bytes: number): void {
    this.#bytes += bytes
  }

  /** To be called every second or so. */
  check(nowMs: number, limits: BroadcastLimits, picture: MeasuredPicture): LimitVerdict {
    const isBitrateOver = isOver(this.#bitrateBps(nowMs), limits.maxBitrateBps, BITRATE_TOLERANCE)
    const isResolutionOver = isOver(shorterSide(picture), limits.maxResolution)
    const leftMs =
      limits.maxDurationSeconds === null
        ? Number.POSITIVE_INFINITY
        : this.#startedAt + limits.maxDurationSeconds * 1000 - nowMs
    this.#bitrateOverSince = isBitrateOver ? (this.#bitrateOverSince ?? nowMs) : undefined
    this.#resolutionOverSince = isResolutionOver ? (this.#resolutionOverSince ?? nowMs) : undefined
    const hints: string[] = []
    if (isBitrateOver) hints.push('bitrate_over_limit')
    if (isResolutionOver) hints.push('resolution_over_limit')
    if (leftMs <= this.#times.timeWarningMs) hints.push('time_limit_near')
    return { hints, end: this.#end(nowMs, leftMs) }
  }

  #end(nowMs: number, leftMs: number): EndReason | undefined {
    const { graceMs } = this.#times
    if (leftMs <= 0) return 'time_limit'
    if (nowMs - (this.#bitrateOverSince ?? nowMs) >= graceMs && this.#bitrateOverSince !== undefined)
      return 'bitrate_limit'
    if (nowMs - (this.#resolutionOverSince ?? nowMs) >= graceMs && this.#resolutionOverSince !== undefined)
      return 'resolution_limit'
    return undefined
  }

  /** Over the last seconds; `undefined` until that long was measured. */
  #bitrateBps(nowMs: number): number | undefined {
    const samples = this.#samples
    samples.push({ at: nowMs, bytes: this.#bytes })
    while (samples.length > 2 && nowMs - (samples[1]?.at ?? nowMs) >= SPAN_MS) samples.shift()
    const [first] = samples
    if (first === undefined || nowMs - first.at < SPAN_MS) return undefined
    return ((this.#bytes - first.bytes) * 8000) / (nowMs - first.at)
  }
}

function isOver(value: number | undefined, limit: number | null, tolerance = 1): boolean {
  return value !== undefined && limit !== null && value > limit * tolerance
}

function shorterSide({ width, height }: MeasuredPicture): number | undefined {
  return width === undefined || height === undefined ? undefined : Math.min(width, height)
}
