/** How a password's scrypt hash (RFC 7914) is written down: `scrypt$N$r$p$SALT$KEY`, the same in every runtime. */
import { base64url } from 'jose'

/** OWASP's second choice: 32 MiB and about 100 ms on a small server. */
export const SCRYPT_DEFAULT = { cost: 2 ** 15, blockSize: 8, saltBytes: 16, keyBytes: 32 } as const
/** Less is for tests alone. */
export const MIN_COST = 2 ** 10
/** A stored hash may have been made with other settings, but none that would fill the memory. */
export const MAX_COST = 2 ** 17
const MAX_BLOCK_SIZE = 16
const MAX_PARALLELISM = 4
const PATTERN = /^scrypt\$(\d{1,6})\$(\d{1,2})\$(\d{1,2})\$([\w-]{8,64})\$([\w-]{20,86})$/

export interface ScryptHash {
  /** N, a power of two. */
  readonly cost: number
  /** r */
  readonly blockSize: number
  /** p */
  readonly parallelism: number
  readonly salt: Uint8Array
  readonly key: Uint8Array
}

export function formatScryptHash({ cost, blockSize, parallelism, salt, key }: ScryptHash): string {
  return ['scrypt', cost, blockSize, parallelism, base64url.encode(salt), base64url.encode(key)].join('$')
}

/** @returns `undefined` for what is none of ours or would cost too much to check */
export function parseScryptHash(text: string): ScryptHash | undefined {
  const [, N, r, p, salt = '', key = ''] = PATTERN.exec(text) ?? []
  const [cost, blockSize, parallelism] = [Number(N), Number(r), Number(p)]
  const isPowerOfTwo = cost > 1 && (cost & (cost - 1)) === 0
  if (!isPowerOfTwo || cost > MAX_COST || blockSize < 1 || blockSize > MAX_BLOCK_SIZE) return undefined
  if (parallelism < 1 || parallelism > MAX_PARALLELISM) return undefined
  return { cost, blockSize, parallelism, salt: base64url.decode(salt), key: base64url.decode(key) }
}
