/** scrypt off the event loop. */
import { randomBytes, scrypt, type ScryptOptions, timingSafeEqual } from 'node:crypto'
import { AppError } from '../../../shared/errors.ts'
import type { PasswordHasher } from '../../ports.ts'

/** OWASP's second choice: 32 MiB and about 100 ms on a small server. */
const DEFAULT_COST = 2 ** 15
const BLOCK_SIZE = 8
const SALT_BYTES = 16
const HASH_BYTES = 32
/** A stored hash may have been made with other settings, but none that would fill the memory. */
const MAX_COST = 2 ** 17
/**
 * Node's pool has four threads, and everything else that is hashed needs some of them: a flood of
 * sign-ins must not make those wait who are signed in.
 */
const MAX_RUNNING = 2
/** Beyond this a sign-in would wait for seconds anyway. */
const MAX_WAITING = 16
const PATTERN = /^scrypt\$(\d{1,6})\$(\d{1,2})\$(\d{1,2})\$([\w-]{8,64})\$([\w-]{20,86})$/

export function createPasswordHasher({ cost = DEFAULT_COST }: { cost?: number } = {}): PasswordHasher {
  const waiting: (() => void)[] = []
  let running = 0

  async function takeTurn(): Promise<void> {
    if (running < MAX_RUNNING) {
      running++
      return
    }
    if (waiting.length >= MAX_WAITING) throw new AppError('rate_limited', { retryAfterSeconds: 5 })
    // Whoever finishes hands the turn over.
    await new Promise<void>((resolve) => waiting.push(resolve))
  }

  function passTurn(): void {
    const next = waiting.shift()
    if (next) next()
    else running--
  }

  async function derive(
    password: string,
    salt: Buffer,
    length: number,
    options: ScryptOptions,
  ): Promise<Buffer> {
    await takeTurn()
    try {
      return await new Promise((resolve, reject) => {
        scrypt(password.normalize('NFKC'), salt, length, { ...options, maxmem: 2 ** 28 }, (error, key) =>
          error ? reject(error) : resolve(key),
        )
      })
    } finally {
      passTurn()
    }
  }

  return {
    async hash(password) {
      const salt = randomBytes(SALT_BYTES)
      const key = await derive(password, salt, HASH_BYTES, { N: cost, r: BLOCK_SIZE, p: 1 })
      return ['scrypt', cost, BLOCK_SIZE, 1, salt.toString('base64url'), key.toString('base64url')].join('$')
    },
    async verify(password, hash) {
      const [, N, r, p, salt = '', key = ''] = PATTERN.exec(hash) ?? []
      const options = { N: Number(N), r: Number(r), p: Number(p) }
      const isPowerOfTwo = options.N > 1 && (options.N & (options.N - 1)) === 0
      if (!isPowerOfTwo || options.N > MAX_COST || options.r < 1 || options.r > 16) return false
      if (options.p < 1 || options.p > 4) return false
      const expected = Buffer.from(key, 'base64url')
      const derived = await derive(password, Buffer.from(salt, 'base64url'), expected.length, options)
      return timingSafeEqual(derived, expected)
    },
  }
}
