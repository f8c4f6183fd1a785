/**
 * Slows down guessing of passwords without letting a stranger lock anybody out.
 *
 * - One login from one place: a place is a browser that has signed in to that account before (`devices`), or
 *   else the client's address.
 * - One address over all logins, and one login over all addresses, for strangers only. Guessing from very many
 *   addresses thus gets 100 tries in 15 minutes at one account, and meanwhile keeps out only browsers that
 *   never signed in to it.
 *
 * A try is counted before the password is looked at, so that tries at the same time count too, and given back
 * when it was right. It counts for what was typed and for the account behind it, which has several spellings.
 * Only the first may be told: a limit that is met by a login never tried before says that it has an account, and
 * whose.
 */
import { requireWithin } from '../http/rate-limit.ts'
import type { RateLimit, RateLimiter } from '../ports.ts'

const WINDOW_MS = 15 * 60_000
const ONE_LOGIN_ONE_PLACE: RateLimit = { name: 'sign-in from one place', max: 10, windowMs: WINDOW_MS }
/** Wrong tries only, and an internet café or a mobile network shares one address. */
const ONE_ADDRESS: RateLimit = { name: 'sign-in from one address', max: 200, windowMs: WINDOW_MS }
const ONE_LOGIN: RateLimit = { name: 'sign-in to one account', max: 100, windowMs: WINDOW_MS }

export interface SignInTry {
  /** Audience and what was typed. */
  readonly login: string
  /** Audience and id, when there is such an account; never equal to a `login`. */
  readonly account: string | undefined
  readonly address: string
  /** Of a browser that has signed in to this account before. */
  readonly device: string | undefined
}

/**
 * @returns whether the password may be looked at; if not, the answer must be that of a wrong one
 * @throws AppError `rate_limited`
 */
export async function countTry(limiter: RateLimiter, signInTry: SignInTry): Promise<boolean> {
  const { login, account, address, device } = signInTry
  await requireWithin(limiter, ONE_LOGIN_ONE_PLACE, placeKey(signInTry, login))
  if (device === undefined) {
    await requireWithin(limiter, ONE_ADDRESS, address)
    await requireWithin(limiter, ONE_LOGIN, login)
  }
  if (account === undefined) return true
  if ((await limiter.take(ONE_LOGIN_ONE_PLACE, placeKey(signInTry, account))) > 0) return false
  return device !== undefined || (await limiter.take(ONE_LOGIN, account)) === 0
}

/** It was right: the wrong ones before it from this place are forgotten, those of others are not. */
export async function forgiveTry(limiter: RateLimiter, signInTry: SignInTry): Promise<void> {
  const { login, account, address, device } = signInTry
  for (const name of [login, account]) {
    if (name === undefined) continue
    await limiter.giveBack(ONE_LOGIN_ONE_PLACE, placeKey(signInTry, name), ONE_LOGIN_ONE_PLACE.max)
    if (device === undefined) await limiter.giveBack(ONE_LOGIN, name, 1)
  }
  if (device === undefined) await limiter.giveBack(ONE_ADDRESS, address, 1)
}

function placeKey({ address, device }: SignInTry, name: string): string {
  return `${device ?? address} ${name}`
}
