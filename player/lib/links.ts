/** Addresses that people write, as something to press. */

export type TextPiece = { readonly text: string; readonly href?: string }

/** Names of services that a reader knows better by name than by host. */
const PLACES: Readonly<Record<string, string>> = {
  'youtube.com': 'YouTube',
  'youtu.be': 'YouTube',
  'twitch.tv': 'Twitch',
  'tiktok.com': 'TikTok',
  'facebook.com': 'Facebook',
  'fb.watch': 'Facebook',
  'instagram.com': 'Instagram',
  'kick.com': 'Kick',
}

/** Where a link leads to, in a word: the name of a service, or else its host as the browser writes it. */
export function placeOf(href: string): string {
  const host = new URL(href).hostname.replace(/^www\./, '')
  return PLACES[host.replace(/^(?:m|gaming)\./, '')] ?? host
}

/** What ends a sentence or closes a bracket belongs to the text around the address. */
const AFTER = /[.,;:!?'"»”’]+$/
/** Longer ones stay text: nobody reads where they lead. */
const MAX_CHARS = 1000
const ADDRESS = /https:\/\/[^\s<>"“”«»]+/gi

/**
 * Text cut at its addresses: https alone, without a user or password, and nothing else becomes a link. An address whose
 * host is not what it looks like shows the one that it leads to.
 */
export function splitLinks(text: string): readonly TextPiece[] {
  const pieces: TextPiece[] = []
  let end = 0
  for (const match of text.matchAll(ADDRESS)) {
    if (match[0].length > MAX_CHARS) continue
    const written = withoutTail(match[0])
    const href = safeHref(written)
    if (href === undefined) continue
    if (match.index > end) pieces.push({ text: text.slice(end, match.index) })
    const isPlain = written.toLowerCase().startsWith(new URL(href).origin)
    pieces.push({ text: isPlain ? written : href, href })
    end = match.index + written.length
  }
  if (end < text.length) pieces.push({ text: text.slice(end) })
  return pieces
}

function withoutTail(written: string): string {
  const trimmed = written.replace(AFTER, '')
  const isUnopened = (close: string, open: string): boolean =>
    trimmed.endsWith(close) && trimmed.split(close).length > trimmed.split(open).length
  if (isUnopened(')', '(') || isUnopened(']', '[')) return withoutTail(trimmed.slice(0, -1))
  return trimmed
}

function safeHref(written: string): string | undefined {
  const url = URL.canParse(written) ? new URL(written) : undefined
  if (url?.protocol !== 'https:' || url.username !== '' || url.password !== '') return undefined
  return url.hostname.includes('.') ? url.href : undefined
}
