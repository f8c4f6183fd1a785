/** Addresses in a text: never shown, because whoever pays could send all viewers anywhere. Pure and linear. */
import type { Found } from './words.ts'

/** Endings that people link to; an unknown one is more often a sentence without a space behind its full stop. */
const ENDINGS = new Set(
  (
    'com net org info biz id co io gg me xyz link site online top vip win bet live tv ly app dev cc club shop store ' +
    'asia fun space us uk sg my ru cn cfd icu sbs lol pro pw ws cam buzz click cyou rest monster quest world zone ' +
    'website tech cloud digital games game poker casino wiki blog page bio ink la to gl be st re'
  ).split(' '),
)
/** Letters of the ending and of the name before it. */
const HOST = /^[\p{L}\p{N}-]+(?:\.[\p{L}\p{N}-]+)+$/u
/** Endings that are words too: only an address when something follows them, as in `bit.ly/abc`. */
const WORDS_TOO = new Set([
  'to',
  'be',
  're',
  'la',
  'st',
  'me',
  'us',
  'my',
  'live',
  'win',
  'bet',
  'top',
  'game',
])
const DOTS = /[。．｡․]|[([{<]\s?(?:\.|dot|titik)\s?[)\]}>]/giu
const SCHEME = /^[a-z][a-z\d+.-]{1,20}:\/\/\S/i

/** @returns where addresses stand, also with a dot spelt out: `situs(dot)com`, `situs dot com` */
export function findLinks(text: string): Found[] {
  const found: Found[] = []
  const chunks = [...text.matchAll(/\S+/g)].map(({ 0: chunk, index }) => ({ chunk, from: index }))
  for (const [index, { chunk, from }] of chunks.entries()) {
    if (isLink(chunk)) found.push({ word: chunk, from, to: from + chunk.length })
    const [dot, ending] = chunks.slice(index + 1, index + 3)
    const isSpelt = dot && ending && /^(?:dot|titik|\.|\(dot\)|\[dot\])$/i.test(dot.chunk)
    if (isSpelt && isLink(`${chunk}.${ending.chunk}`, true))
      found.push({ word: `${chunk}.${ending.chunk}`, from, to: ending.from + ending.chunk.length })
  }
  return found
}

function isLink(chunk: string, isSpelt = false): boolean {
  const text = chunk
    .normalize('NFKC')
    .replaceAll(DOTS, '.')
    .replace(/^[\p{P}\p{S}]+/u, '')
  if (SCHEME.test(text)) return true
  const [authority = '', ...rest] = text.split(/[/?#:]/)
  const host = authority.slice(authority.lastIndexOf('@') + 1).replace(/[.,!)\]}'"’”…]+$/u, '')
  if (/^www\./i.test(host)) return true
  if (!HOST.test(host)) return false
  const labels = host.toLowerCase().split('.')
  const ending = labels.at(-1) ?? ''
  if (!ENDINGS.has(ending)) return /^(?:\d{1,3}\.){3}\d{1,3}$/.test(host)
  const hasPath = rest.some((part) => part !== '')
  return isSpelt || hasPath || labels.length > 2 || !WORDS_TOO.has(ending)
}
