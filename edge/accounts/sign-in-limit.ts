/** Slows down guessing of one account's password. Bounded, per process, forgets by itself. */
import { AppError } from '../../shared/errors.ts'

const WINDOW_MS = 15 * 60_000
const MAX_FAILURES = 10
/** Names under attack at one time; the oldest is forgotten first. */
const MAX_LOGINS = 10_000

interface Failures {
  count: number
  readonly until: number
}

export class SignInLimit {
  readonly #failures = new Map<string, Failures>()

  /** @throws AppError `rate_limited` */
  check(login: string, nowMs: number): void {
    const failures = this.#failures.get(login)
    if (!failures) return
    if (failures.until <= nowMs) this.#failures.delete(login)
    else if (failures.count >= MAX_FAILURES)
      throw new AppError('rate_limited', { retryAfterSeconds: Math.ceil((failures.until - nowMs) / 1000) })
  }

  /** Counted before the password is checked, so that attempts at the same time count too. */
  attempt(login: string, nowMs: number): void {
    this.check(login, nowMs)
    const failures = this.#failures.get(login)
    if (failures) {
      failures.count++
      return
    }
    this.#failures.set(login, { count: 1, until: nowMs + WINDOW_MS })
    if (this.#failures.size <= MAX_LOGINS) return
    const [oldest] = this.#failures.keys()
    if (oldest !== undefined) this.#failures.delete(oldest)
  }

  succeeded(login: string): void {
    this.#failures.delete(login)
  }
}
