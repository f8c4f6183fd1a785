/**
 * A bounded number of disk operations at a time. Node has four threads for all files, names and cryptography; a
 * disk that hangs must never hold all of them, or it would stop what has nothing to do with it.
 */
export class Lane {
  readonly #width: number
  readonly #maxWaiting: number
  readonly #waiting: (() => void)[] = []
  #running = 0

  constructor(width: number, maxWaiting = 1000) {
    this.#width = width
    this.#maxWaiting = maxWaiting
  }

  /** @throws LaneFull when too many wait already; what `work` throws */
  async run<T>(work: () => Promise<T>): Promise<T> {
    if (this.#running >= this.#width) {
      if (this.#waiting.length >= this.#maxWaiting) throw new LaneFull()
      await new Promise<void>((resolve) => this.#waiting.push(resolve))
    } else this.#running++
    try {
      return await work()
    } finally {
      const next = this.#waiting.shift()
      // The place is handed on, so that nobody comes in between.
      if (next) next()
      else this.#running--
    }
  }
}

class LaneFull extends Error {
  override readonly name = 'LaneFull'
  constructor() {
    super('Cannot use the disk: too much waits for it')
  }
}
