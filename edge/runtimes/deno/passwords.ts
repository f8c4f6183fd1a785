/** scrypt off the event loop. */
import { scrypt } from 'node:crypto'
import type { PasswordHasher, RandomSource } from '../../ports.ts'
import { MAX_MEMORY_BYTES, passwordHasher, type ScryptInput } from '../password-hasher.ts'

export function createPasswordHasher(random: RandomSource, cost: number | undefined): PasswordHasher {
  return passwordHasher({ derive, random, cost })
}

function derive({ password, salt, keyBytes, ...cost }: ScryptInput): Promise<Uint8Array> {
  const { cost: N, blockSize: r, parallelism: p } = cost
  return new Promise((resolve, reject) => {
    scrypt(password, salt, keyBytes, { N, r, p, maxmem: MAX_MEMORY_BYTES }, (error, key) =>
      error ? reject(error) : resolve(key),
    )
  })
}
