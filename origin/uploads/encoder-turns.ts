/** Encoding takes long: one file at a time, and channels take turns, so that nobody waits for all files of another. */

interface Turn {
  readonly channelId: string
  readonly begin: () => void
}

export class EncoderTurns {
  readonly #waiting: Turn[] = []
  #isTaken = false
  #lastChannelId = ''

  /**
   * @param signal it is wanted no more: what waits leaves at once, what has begun hears of it by itself
   * @throws what `work` throws
   */
  async take<T>(channelId: string, signal: AbortSignal, work: () => Promise<T>): Promise<T | 'stopped'> {
    if (!(await this.#comesUp(channelId, signal))) return 'stopped'
    try {
      return await work()
    } finally {
      this.#isTaken = false
      this.#next()
    }
  }

  /** @returns whether it came up before it was wanted no more */
  #comesUp(channelId: string, signal: AbortSignal): Promise<boolean> {
    if (signal.aborted) return Promise.resolve(false)
    return new Promise((resolve) => {
      const begin = (): void => {
        signal.removeEventListener('abort', leave)
        resolve(true)
      }
      const turn: Turn = { channelId, begin }
      const leave = (): void => {
        this.#waiting.splice(this.#waiting.indexOf(turn), 1)
        resolve(false)
      }
      signal.addEventListener('abort', leave, { once: true })
      this.#waiting.push(turn)
      this.#next()
    })
  }

  #next(): void {
    if (this.#isTaken) return
    const another = this.#waiting.findIndex(({ channelId }) => channelId !== this.#lastChannelId)
    const [turn] = this.#waiting.splice(Math.max(0, another), 1)
    if (!turn) return
    this.#isTaken = true
    this.#lastChannelId = turn.channelId
    turn.begin()
  }
}
