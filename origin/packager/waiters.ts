/** Requests that wait for the playlist to advance. Bounded in number; each ends by advance, time-out or abort. */

export type WaitOutcome = 'ready' | 'timed-out' | 'too-many'

interface Waiter {
  readonly isReady: () => boolean
  readonly settle: (outcome: WaitOutcome) => void
}

export class Waiters {
  readonly #limit: number
  readonly #waiting = new Set<Waiter>()

  constructor(limit: number) {
    this.#limit = limit
  }

  get size(): number {
    return this.#waiting.size
  }

  /** @param signal ends the wait: its reason is the time-out or that the client went away */
  wait(isReady: () => boolean, signal: AbortSignal): Promise<WaitOutcome> {
    if (isReady()) return Promise.resolve('ready')
    if (signal.aborted) return Promise.resolve('timed-out')
    if (this.#waiting.size >= this.#limit) return Promise.resolve('too-many')
    return new Promise((resolve) => {
      const onAbort = () => waiter.settle('timed-out')
      const waiter: Waiter = {
        isReady,
        settle: (outcome) => {
          this.#waiting.delete(waiter)
          signal.removeEventListener('abort', onAbort)
          resolve(outcome)
        },
      }
      this.#waiting.add(waiter)
      signal.addEventListener('abort', onAbort)
    })
  }

  /** Something was added: releases those it was for. */
  advance(): void {
    for (const waiter of this.#waiting) if (waiter.isReady()) waiter.settle('ready')
  }
}
