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
 * when it was right.
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
  readonly address: string
  /** Of a browser that has signed in to this account before. */
  readonly device: string | undefined
}

/** @throws AppError `rate_limited` */
export async function countTry(limiter: RateLimiter, { login, address, device }: SignInTry): Promise<void> {
  await requireWithin(limiter, ONE_LOGIN_ONE_PLACE, placeKey({ login, address, device }))
  if (device !== undefined) return
  await requireWithin(limiter, ONE_ADDRESS, address)
  await requireWithin(limiter, ONE_LOGIN, login)
}

/** It was right: the wrong ones before it from this place are forgotten, those of others are not. */
export async function forgiveTry(limiter: RateLimiter, { login, address, device }: SignInTry): Promise<void> {
  await limiter.giveBack(ONE_LOGIN_ONE_PLACE, placeKey({ login, address, device }), ONE_LOGIN_ONE_PLACE.max)
  if (device !== undefined) return
  await limiter.giveBack(ONE_ADDRESS, address, 1)
  await limiter.giveBack(ONE_LOGIN, login, 1)
}

function placeKey({ login, address, device }: SignInTry): string {
  return `${device ?? address} ${login}`
}
