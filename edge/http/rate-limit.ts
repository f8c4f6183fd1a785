/** How often somebody may do something, counted by a name: an address, an account. */
import { AppError } from '../../shared/errors.ts'
import type { Clock, RateLimit, RateLimiter } from '../ports.ts'

/** Names counted at one time for one limit; the one whose time is over first is forgotten first. */
const MAX_KEYS = 10_000

interface Count {
  times: number
  readonly until: number
}

/** @throws AppError `rate_limited` */
export async function requireWithin(limiter: RateLimiter, limit: RateLimit, key: string): Promise<void> {
  const waitMs = await limiter.take(limit, key)
  if (waitMs > 0)
    throw new AppError('rate_limited', {
      retryAfterSeconds: Math.ceil(waitMs / 1000),
      about: { limit: limit.name },
    })
}

/** Counts in this process: fixed windows from the first event on, bounded, and forgotten by themselves. */
export class MemoryRateLimiter implements RateLimiter {
  readonly #counts = new Map<string, Map<string, Count>>()
  readonly #clock: Pick<Clock, 'now'>

  constructor(clock: Pick<Clock, 'now'>) {
    this.#clock = clock
  }

  take({ name, max, windowMs }: RateLimit, key: string): number {
    const now = this.#clock.now()
    const counts = this.#countsOf(name)
    const count = counts.get(key)
    if (count && now < count.until) {
      if (count.times >= max) return count.until - now
      count.times++
      return 0
    }
    // Anew at the end: the order of the map is the order in which windows end.
    counts.delete(key)
    counts.set(key, { times: 1, until: now + windowMs })
    if (counts.size > MAX_KEYS) {
      const [oldest] = counts.keys()
      if (oldest !== undefined) counts.delete(oldest)
    }
    return 0
  }

  giveBack({ name }: RateLimit, key: string, times: number): void {
    const counts = this.#countsOf(name)
    const count = counts.get(key)
    if (!count) return
    count.times -= times
    if (count.times <= 0) counts.delete(key)
  }

  #countsOf(name: string): Map<string, Count> {
    let counts = this.#counts.get(name)
    if (!counts) this.#counts.set(name, (counts = new Map()))
    return counts
  }
}
