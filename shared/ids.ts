// ULID: 48 bits of time, 80 random bits, Crockford base 32. Sorts by creation time.
const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz'
const TIME_CHARS = 10
const RANDOM_BYTES = 10

/** 26 lower-case characters that sort by time: https://github.com/ulid/spec */
export type Ulid = string

export const ULID_PATTERN = /^[0-9a-hjkmnp-tv-z]{26}$/

/** @param nowMs Unix time in ms  @param randomBytes source of `length` random bytes */
export function ulid(nowMs: number, randomBytes: (length: number) => Uint8Array): Ulid {
  let time = nowMs
  let head = ''
  for (let index = 0; index < TIME_CHARS; index++) {
    head = ALPHABET.charAt(time % 32) + head
    time = Math.floor(time / 32)
  }
  return head + base32(randomBytes(RANDOM_BYTES))
}

const KEY_ID_BYTES = 6
/** Long enough for one id in each of many million keys, up to a ULID. */
export const KEY_ID_PATTERN = /^[0-9a-hjkmnp-tv-z]{10,26}$/

/** `jti` of a stream key: 10 characters, because two ULIDs do not fit a JWT of 280 characters. */
export function newKeyId(randomBytes: (length: number) => Uint8Array): string {
  return base32(randomBytes(KEY_ID_BYTES))
}

/** Crockford base 32 in lower case, five bits a character. */
export function base32(bytes: Uint8Array): string {
  let text = ''
  let bits = 0
  let value = 0
  for (const byte of bytes) {
    value = ((value << 8) | byte) & 0xfff
    bits += 8
    while (bits >= 5) {
      bits -= 5
      text += ALPHABET.charAt((value >> bits) & 31)
    }
  }
  return bits > 0 ? text + ALPHABET.charAt((value << (5 - bits)) & 31) : text
}
