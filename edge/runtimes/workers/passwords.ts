/** scrypt of the runtime itself, in the same form as on Node, so that a database can move between them. */
import { scrypt, timingSafeEqual } from 'node:crypto'
import { formatScryptHash, parseScryptHash, SCRYPT_DEFAULT, type ScryptHash } from '../scrypt-hash.ts'
import type { PasswordHasher } from '../../ports.ts'

const MAX_MEMORY_BYTES = 2 ** 28

export const createPasswordHasher = (cost: number = SCRYPT_DEFAULT.cost): PasswordHasher => ({
  async hash(password) {
    const salt = crypto.getRandomValues(new Uint8Array(SCRYPT_DEFAULT.saltBytes))
    const parameters = { cost, blockSize: SCRYPT_DEFAULT.blockSize, parallelism: 1 }
    const key = await derive(password, { ...parameters, salt }, SCRYPT_DEFAULT.keyBytes)
    return formatScryptHash({ ...parameters, salt, key })
  },
  async verify(password, hash) {
    const expected = parseScryptHash(hash)
    if (!expected) return false
    return timingSafeEqual(await derive(password, expected, expected.key.byteLength), expected.key)
  },
})

function derive(
  password: string,
  { cost, blockSize, parallelism, salt }: Omit<ScryptHash, 'key'>,
  keyBytes: number,
): Promise<Uint8Array> {
  const options = { N: cost, r: blockSize, p: parallelism, maxmem: MAX_MEMORY_BYTES }
  return new Promise((resolve, reject) => {
    scrypt(password.normalize('NFKC'), salt, keyBytes, options, (error, key) =>
      error ? reject(error) : resolve(key),
    )
  })
}
