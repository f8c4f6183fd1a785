/**
 * Opaque secrets: sessions, overlay keys, service secrets. 160 random bits in 32 characters of a-z0-9,
 * kept only as SHA-256. A slow hash is for passwords; nobody can guess 160 bits.
 */
import { base32 } from './ids.ts'

const TOKEN_BYTES = 20

export function newToken(randomBytes: (length: number) => Uint8Array): string {
  return base32(randomBytes(TOKEN_BYTES))
}

/** SHA-256 in lower-case hex. */
export async function hashToken(token: string): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(token))
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join('')
}

/** Compares two secrets in a time that depends only on their hashes. */
export async function isSameSecret(presented: string, expected: string): Promise<boolean> {
  const [left, right] = await Promise.all([hashToken(presented), hashToken(expected)])
  let difference = 0
  for (let index = 0; index < left.length; index++)
    difference |= left.charCodeAt(index) ^ right.charCodeAt(index)
  return difference === 0
}
