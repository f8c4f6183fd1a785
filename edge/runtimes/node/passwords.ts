/** scrypt off the event loop. */
import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto'
import { AppError } from '../../../shared/errors.ts'
import type { PasswordHasher } from '../../ports.ts'
import { formatScryptHash, parseScryptHash, SCRYPT_DEFAULT, type ScryptHash } from '../scrypt-hash.ts'

/**
 * Node's pool has four threads, and everything else that is hashed needs some of them: a flood of
 * sign-ins must not make those wait who are signed in.
 */
const MAX_RUNNING = 2
/** Beyond this a sign-in would wait for seconds anyway. */
const MAX_WAITING = 16

export function createPasswordHasher({ cost = SCRYPT_DEFAULT.cost }: { cost?: number } = {}): PasswordHasher {
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
    { cost: N, blockSize: r, parallelism: p, salt }: Omit<ScryptHash, 'key'>,
    keyBytes: number,
  ): Promise<Buffer> {
    await takeTurn()
    try {
      return await new Promise((resolve, reject) => {
        const options = { N, r, p, maxmem: 2 ** 28 }
        scrypt(password.normalize('NFKC'), salt, keyBytes, options, (error, key) =>
          error ? reject(error) : resolve(key),
        )
      })
    } finally {
      passTurn()
    }
  }

  return {
    async hash(password) {
      const salt = randomBytes(SCRYPT_DEFAULT.saltBytes)
      const parameters = { cost, blockSize: SCRYPT_DEFAULT.blockSize, parallelism: 1, salt }
      return formatScryptHash({
        ...parameters,
        key: await derive(password, parameters, SCRYPT_DEFAULT.keyBytes),
      })
    },
    async verify(password, hash) {
      const expected = parseScryptHash(hash)
      if (!expected) return false
      return timingSafeEqual(await derive(password, expected, expected.key.byteLength), expected.key)
    },
  }
}
