/** The time without an encoder, told to players as segments without media (RFC 8216bis, 6.2.1). Pure. */

/** A shorter rest of a gap is not worth a segment. */
const MIN_GAP_MS = 100
/** An hour and more; a clock that is set forward must not fill the list. */
const MAX_GAP_SEGMENTS = 1000

export interface AbsenceStart {
  /** Unix ms. */
  readonly wallMs: number
  /** The same moment in the broadcast's own time, in ms. */
  readonly mediaMs: number
  /** Players know of a gap already, or have nothing to go on with. */
  readonly isGap: boolean
}

/** @param startsAtMs Unix ms */
type ListGap = (startsAtMs: number, durationMs: number) => void

export class Absence {
  readonly #list: ListGap
  readonly #stepMs: number
  #wallMs: number
  #mediaMs: number
  #isGap: boolean
  #segments = 0

  constructor(start: AbsenceStart, options: { readonly stepMs: number; readonly list: ListGap }) {
    this.#wallMs = start.wallMs
    this.#mediaMs = start.mediaMs
    this.#isGap = start.isGap
    this.#stepMs = options.stepMs
    this.#list = options.list
  }

  /** Lists whole steps that have passed. Less is not listed: a player then goes on without a hole to jump over. */
  fill(nowMs: number): void {
    while (nowMs - this.#wallMs >= this.#stepMs && this.#segments < MAX_GAP_SEGMENTS) this.#add(this.#stepMs)
  }

  /** @returns where in the broadcast's time the encoder's new period begins, in whole ms */
  end(nowMs: number): number {
    this.fill(nowMs)
    // A gap that players know of is listed to its end, so that the list keeps step with the clock.
    const restMs = Math.round(nowMs - this.#wallMs)
    if (this.#isGap && restMs >= MIN_GAP_MS && restMs <= this.#stepMs) this.#add(restMs)
    return Math.ceil(this.#mediaMs)
  }

  #add(durationMs: number): void {
    this.#list(this.#wallMs, durationMs)
    this.#wallMs += durationMs
    this.#mediaMs += durationMs
    this.#segments++
    this.#isGap = true
  }
}
