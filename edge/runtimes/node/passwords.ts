/** scrypt off the event loop. */
import { randomBytes, scrypt } from 'node:crypto'
import type { PasswordHasher } from '../../ports.ts'
import { MAX_MEMORY_BYTES, passwordHasher, type ScryptInput } from '../password-hasher.ts'

export function createPasswordHasher({ passwordCost: cost }: { passwordCost?: number } = {}): PasswordHasher {
  const random = { bytes: (length: number) => new Uint8Array(randomBytes(length)) }
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
