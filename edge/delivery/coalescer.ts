/** Equal requests in flight share one fill: the origin sees one request however many viewers ask. */
import { AppError, type ErrorCode } from '../../shared/errors.ts'
import type { Clock } from '../ports.ts'

export interface FillLimits {
  readonly timeoutMs: number
  readonly maxFills: number
  /** Within one group, so that one broadcast cannot take every place. */
  readonly maxFillsPerGroup: number
  /** For one fill: each holds a connection. */
  readonly maxWaiters: number
}

export interface Fill<T> {
  readonly key: string
  readonly group: string
  /** What the waiters are told when the time is over. */
  readonly onTimeout: ErrorCode
  /** Not tied to the viewer who came first: it goes on for the others when that one leaves. */
  readonly run: (signal: AbortSignal) => Promise<T>
}

export class Coalescer<T> {
  readonly #inFlight = new Map<string, { readonly answer: Promise<T>; waiters: number }>()
  readonly #fillsByGroup = new Map<string, number>()
  readonly #limits: FillLimits
  readonly #clock: Pick<Clock, 'sleep'>

  constructor(limits: FillLimits, clock: Pick<Clock, 'sleep'>) {
    this.#limits = limits
    this.#clock = clock
  }

  get fillsInFlight(): number {
    return this.#inFlight.size
  }

  /**
   * A failure reaches everybody who waits and is forgotten with them.
   * @throws AppError `onTimeout`, or `origin_unreachable` when too many different fills are under way, or too many
   * wait for this one
   */
  share(fill: Fill<T>): Promise<T> {
    const running = this.#inFlight.get(fill.key)
    if (running) {
      if (running.waiters >= this.#limits.maxWaiters) return tooMany()
      running.waiters++
      return running.answer
    }
    const fillsOfGroup = this.#fillsByGroup.get(fill.group) ?? 0
    if (this.#inFlight.size >= this.#limits.maxFills || fillsOfGroup >= this.#limits.maxFillsPerGroup)
      return tooMany()
    this.#fillsByGroup.set(fill.group, fillsOfGroup + 1)
    const started = this.#runInTime(fill).finally(() => this.#release(fill))
    this.#inFlight.set(fill.key, { answer: started, waiters: 1 })
    return started
  }

  async #runInTime({ onTimeout, run }: Fill<T>): Promise<T> {
    const work = new AbortController()
    const timer = new AbortController()
    const overdue = this.#clock.sleep(this.#limits.timeoutMs, timer.signal).then(() => {
      throw new AppError(onTimeout, { retryAfterSeconds: 1 })
    })
    try {
      return await Promise.race([run(work.signal), overdue])
    } finally {
      timer.abort()
      work.abort()
    }
  }

  #release({ key, group }: Fill<T>): void {
    this.#inFlight.delete(key)
    const left = (this.#fillsByGroup.get(group) ?? 1) - 1
    if (left > 0) this.#fillsByGroup.set(group, left)
    else this.#fillsByGroup.delete(group)
  }
}

function tooMany(): Promise<never> {
  return Promise.reject(new AppError('origin_unreachable', { retryAfterSeconds: 1 }))
}
