/**
 * What an encoder sends as the RTMP stream name. Three spellings reach the same claims:
 * `SLUG?key=JWT` (what the studio shows), a bare JWT, and a bare short opaque key.
 */
import { SLUG_PATTERN } from './hls-path.ts'

export type PresentedKey =
  | { readonly kind: 'jwt'; readonly jwt: string; readonly slug?: string }
  | { readonly kind: 'opaque'; readonly key: string; readonly slug?: string }

/** Relays and encoders send up to this much; longer is hostile. */
const MAX_NAME_CHARS = 1024
const JWT_PATTERN = /^[\w-]{2,200}\.[\w-]{2,600}\.[\w-]{2,200}$/
export const OPAQUE_KEY_PATTERN = /^[a-z0-9]{16,40}$/
/** The keyboard of a phone begins with a capital. */
const TYPED_OPAQUE_KEY = /^[a-z0-9]{16,40}$/i

/** @returns `undefined` when the name holds nothing that could be a key */
export function parseStreamName(name: string): PresentedKey | undefined {
  if (name.length > MAX_NAME_CHARS) return undefined
  const query = name.indexOf('?')
  if (query < 0) return presentedKey(name)
  const slug = name.slice(0, query)
  const key = new URLSearchParams(name.slice(query + 1)).get('key') ?? ''
  if (slug === '') return presentedKey(key)
  return SLUG_PATTERN.test(slug) ? presentedKey(key, slug) : undefined
}

function presentedKey(key: string, slug?: string): PresentedKey | undefined {
  const named = slug === undefined ? {} : { slug }
  if (JWT_PATTERN.test(key)) return { kind: 'jwt', jwt: key, ...named }
  if (TYPED_OPAQUE_KEY.test(key)) return { kind: 'opaque', key: key.toLowerCase(), ...named }
  return undefined
}

export function formatStreamName(slug: string, jwt: string): string {
  return `${slug}?key=${jwt}`
}

/** What a producer's monitor plays: the channel by its present name, with a play token. */
export function formatPlayName(slug: string, jwt: string): string {
  return `${slug}?token=${jwt}`
}

/** Without 0 and o, 1, i and l, which look alike on a small screen. */
const SHORT_KEY_ALPHABET = '23456789abcdefghjkmnpqrstuvwxyz'
/** 118 bits. */
const SHORT_KEY_CHARS = 24

/** A key to be typed on a phone; whoever made it sees it once, and only its hash is kept. */
export function newShortKey(randomBytes: (length: number) => Uint8Array): string {
  let key = ''
  while (key.length < SHORT_KEY_CHARS)
    // Five bits choose one of 32; the one that stands for no letter is drawn again, so that all are as likely.
    for (const byte of randomBytes(SHORT_KEY_CHARS - key.length)) key += SHORT_KEY_ALPHABET.charAt(byte & 31)
  return key
}
