/** Hashes passwords in one process; the runtime brings scrypt, and the form is the same on all of them. */
import { AppError } from '../../shared/errors.ts'
import type { PasswordHasher, RandomSource } from '../ports.ts'
import { formatScryptHash, parseScryptHash, SCRYPT_DEFAULT, type ScryptHash } from './scrypt-hash.ts'

export interface ScryptInput extends Omit<ScryptHash, 'key'> {
  readonly password: string
  readonly keyBytes: number
}

export interface PasswordHasherOptions {
  /** scrypt off the event loop; must allow `MAX_MEMORY_BYTES`. */
  readonly derive: (input: ScryptInput) => Promise<Uint8Array>
  readonly random: RandomSource
  /** N of new hashes. */
  readonly cost?: number | undefined
}

/** More than the dearest hash that is checked. */
export const MAX_MEMORY_BYTES = 2 ** 28
/**
 * The pool has few threads, and everything else that is hashed needs some of them: a flood of sign-ins must not
 * make those wait who are signed in.
 */
const MAX_RUNNING = 2
/** Beyond this a sign-in would wait for seconds anyway. */
const MAX_WAITING = 16

export function passwordHasher(options: PasswordHasherOptions): PasswordHasher {
  const { derive, random, cost = SCRYPT_DEFAULT.cost } = options
  const inTurn = createTurns()
  const keyOf = (input: ScryptInput) =>
    inTurn(() => derive({ ...input, password: input.password.normalize('NFKC') }))
  return {
    async hash(password) {
      const { blockSize, saltBytes, keyBytes } = SCRYPT_DEFAULT
      const parameters = { cost, blockSize, parallelism: 1, salt: random.bytes(saltBytes) }
      return formatScryptHash({ ...parameters, key: await keyOf({ ...parameters, password, keyBytes }) })
    },
    async verify(password, hash) {
      const stored = parseScryptHash(hash)
      if (!stored) return false
      const { key, ...parameters } = stored
      return isSame(await keyOf({ ...parameters, password, keyBytes: key.byteLength }), key)
    },
  }
}

/** In a time that depends on the lengths only. */
function isSame(left: Uint8Array, right: Uint8Array): boolean {
  let difference = left.byteLength ^ right.byteLength
  for (const [index, byte] of left.entries()) difference |= byte ^ (right[index] ?? 0)
  return difference === 0
}

function createTurns(): <T>(work: () => Promise<T>) => Promise<T> {
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

  return async (work) => {
    await takeTurn()
    try {
      return await work()
    } finally {
      const next = waiting.shift()
      if (next) next()
      else running--
    }
  }
}
