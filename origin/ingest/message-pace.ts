/**
 * How many messages a peer may send: an encoder sends some two hundred a second, and a byte is enough for one.
 * What was saved up is bounded, so that nobody holds the loop with what arrived in one read.
 */
export const MESSAGES_A_SECOND = 1000
const MAX_SAVED = 256

export class MessagePace {
  readonly #aSecond: number
  readonly #now: () => number
  #saved = MAX_SAVED
  #at: number

  /** @param now in ms, and never back */
  constructor(aSecond = MESSAGES_A_SECOND, now: () => number = () => performance.now()) {
    this.#aSecond = aSecond
    this.#now = now
    this.#at = now()
  }

  /**
   * Counts one message.
   * @returns ms until another may be read; 0: at once
   */
  take(): number {
    // Asking for the time costs more than most messages do.
    if (--this.#saved > 0) return 0
    const now = this.#now()
    this.#saved = Math.min(MAX_SAVED, this.#saved + ((now - this.#at) * this.#aSecond) / 1000)
    this.#at = now
    return this.#saved >= 1 ? 0 : ((MAX_SAVED / 4 - this.#saved) * 1000) / this.#aSecond
  }
}
