/** Over how many objects the requests for one place are spread: as few as can answer them. */

/** Requests that followed each other closely enough to be one measurement. */
const WINDOW_MS = 1_000
/** Fewer again only after a quiet time, so that viewers do not wander between objects. */
const SHRINK_AFTER_MS = 30_000
const MAX_OBJECTS = 64

export class DeliveryLoad {
  readonly #requestsPerSecond: number
  #windowEndsAt = 0
  #requests = 0
  #wanted = 1
  #keptUntil = 0

  /** @param requestsPerSecond what one object takes; it could answer about twice as many */
  constructor(requestsPerSecond: number) {
    this.#requestsPerSecond = requestsPerSecond
  }

  /**
   * @param spread over how many objects the sender of this request spreads now
   * @returns over how many it should, by what this object sees of the load
   */
  count(nowMs: number, spread: number): number {
    if (nowMs >= this.#windowEndsAt) {
      this.#windowEndsAt = nowMs + WINDOW_MS
      this.#requests = 0
    }
    this.#requests++
    const needed = Math.min(MAX_OBJECTS, Math.ceil((this.#requests * spread) / this.#requestsPerSecond))
    if (needed >= this.#wanted || nowMs >= this.#keptUntil) {
      this.#wanted = Math.max(1, needed)
      this.#keptUntil = nowMs + SHRINK_AFTER_MS
    }
    return this.#wanted
  }
}
