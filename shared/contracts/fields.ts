/** Fields that several contracts share, each with its bound. Whoever builds a form reads the bounds here. */
import * as v from 'valibot'
import { SLUG_PATTERN } from '../hls-path.ts'
import { KEY_ID_PATTERN, ULID_PATTERN } from '../ids.ts'
import { MAX_AMOUNT_RUPIAH } from '../rupiah.ts'

export const Id = v.pipe(v.string(), v.regex(ULID_PATTERN))
/** `jti` of a stream key. */
export const KeyId = v.pipe(v.string(), v.regex(KEY_ID_PATTERN))
/** Unix time in ms. */
export const Instant = v.pipe(v.number(), v.integer(), v.minValue(0))
export const Slug = v.pipe(v.string(), v.toLowerCase(), v.regex(SLUG_PATTERN))
/** A username doubles as the first slug of the member's channel, so it has the same form. */
export const Username = v.pipe(
  v.string(),
  v.trim(),
  v.toLowerCase(),
  v.minLength(3),
  v.maxLength(32),
  v.regex(SLUG_PATTERN),
)
/** Names that would pass for the site itself. Admins have accounts of their own and may be called so. */
const RESERVED = new Set([
  'admin',
  'administrator',
  'api',
  'panggung',
  'root',
  'support',
  'system',
  'live',
  'vod',
  'studio',
])

function isFree(name: string): boolean {
  return !RESERVED.has(name)
}

/** What a new member may be called. */
export const MemberName = v.pipe(Username, v.check(isFree))
/** What a channel's address may become. */
export const NewSlug = v.pipe(Slug, v.check(isFree))
export const Email = v.pipe(v.string(), v.trim(), v.toLowerCase(), v.maxLength(254), v.email())
export const PASSWORD_MIN_CHARS = 8
export const Password = v.pipe(v.string(), v.minLength(PASSWORD_MIN_CHARS), v.maxLength(256))
/** An amount that moves money: a whole, positive number of Rupiah. */
export const Amount = v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(MAX_AMOUNT_RUPIAH))
/** A threshold, which may be nothing. */
export const AmountOrZero = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(MAX_AMOUNT_RUPIAH))
/** A balance as it is read: available money is never negative, so neither is this. */
export const Balance = v.pipe(v.number(), v.integer())

export const LINK_MAX_CHARS = 300

/** Why somebody decided or asks for something. */
export const REASON_MAX_CHARS = 300

/**
 * A page elsewhere, as a member names it: https, a host with a dot, nobody's name or password. Kept as a browser writes
 * it, so that a host which only looks like another one shows its `xn--`.
 */
export const HttpsLink = v.pipe(
  v.string(),
  v.trim(),
  v.maxLength(LINK_MAX_CHARS),
  v.check(isHttpsLink),
  v.transform((text) => new URL(text).href),
  v.maxLength(LINK_MAX_CHARS),
)

function isHttpsLink(text: string): boolean {
  const url = URL.canParse(text) ? new URL(text) : undefined
  return (
    url !== undefined &&
    /^https:\/\//i.test(text) &&
    url.hostname.includes('.') &&
    url.username === '' &&
    url.password === ''
  )
}

/** Free text of one line, trimmed, without control characters or bidirectional overrides. */
export function line(maxChars: number, minChars = 0) {
  return v.pipe(v.string(), v.transform(cleanLine), v.minLength(minChars), v.maxLength(maxChars))
}

/** Free text that may hold line breaks. */
export function paragraph(maxChars: number) {
  return v.pipe(v.string(), v.transform(cleanParagraph), v.maxLength(maxChars))
}

// Controls, format characters (bidi overrides, zero width, soft hyphens, tags), line separators and letters drawn as
// nothing (Hangul fillers, the empty braille cell) hide or reverse what a reader sees. The format characters of Arabic
// and Syriac that are drawn stay, and ZWJ and ZWNJ, which emoji and some scripts need.
const HIDDEN =
  // oxlint-disable-next-line no-misleading-character-class -- each of them is meant by itself
  /(?![\t\n\r\u200c\u200d\u0600-\u0605\u06dd\u070f\u0890\u0891\u08e2])[\p{Cc}\p{Cf}\u034f\u115f\u1160\u17b4\u17b5\u2028\u2029\u2060-\u206f\u2800\u3164\uffa0\ufff0-\ufffb\u{e0000}-\u{e0fff}]/gu
/** Joiners and variation selectors say how the character before them is drawn: there must be one. */
// oxlint-disable-next-line no-misleading-character-class -- each of them is meant by itself
const JOINED_TO_NOTHING = /(^|\s)[\u180b-\u180d\u180f\u200c\u200d\ufe00-\ufe0f]+/gu
/** One selector and one joiner say it all; more of them only hide. */
const JOINERS =
  // oxlint-disable-next-line no-misleading-character-class -- each of them is meant by itself
  /([\u180b-\u180d\u180f\ufe00-\ufe0f]?[\u200c\u200d]?)[\u180b-\u180d\u180f\u200c\u200d\ufe00-\ufe0f]*/gu
/** More than three combining marks on one letter is "zalgo" text that runs over its neighbours. */
const STACKED_MARKS = /(\p{M}{3})\p{M}+/gu

function cleanLine(text: string): string {
  return cleanParagraph(text).replaceAll(/\s+/g, ' ')
}

function cleanParagraph(text: string): string {
  return text
    .replaceAll(HIDDEN, '')
    .replaceAll(JOINED_TO_NOTHING, '$1')
    .replaceAll(JOINERS, '$1')
    .replaceAll(STACKED_MARKS, '$1')
    .replaceAll('\r\n', '\n')
    .trim()
}

export const SENDER_NAME_MAX_CHARS = 40
export const MESSAGE_MAX_CHARS = 250
