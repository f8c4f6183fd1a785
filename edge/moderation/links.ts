/** Addresses in a text: never shown, because whoever pays could send all viewers anywhere. Pure and linear. */
import { foldLetters } from './glyphs.ts'
import type { Found } from './words.ts'

/** Endings that people link to; an unknown one is more often a sentence without a space behind its full stop. */
const ENDINGS = new Set(
  (
    'com net org info biz edu gov mil int aero coop name pro tel xxx co io gg me xyz link site online top vip win bet ' +
    'live tv ly app dev cc club shop store asia fun space us uk sg my cn cfd icu sbs lol pw ws cam buzz click cyou rest ' +
    'monster quest world zone website tech cloud digital games game poker casino wiki blog page bio ink gl id tk ml ga ' +
    'cf gq ee to be re la st am fm ai eu tw jp kr hk ph th vn kh mm bn in bz sh ru su ua kz by pk bd lk np au nz br mx ' +
    'ar cl pe za ng ke eg ae sa qa ir tr il de fr es it nl pl se fi dk cz at ch pt gr ro hu bg rs si sk lt lv skin lat ' +
    'bar beauty hair makeup autos boats homes mom baby bond pics rent help gay lgbt tokyo nyc london art audio band cafe ' +
    'cash center chat city codes company cool deals design direct email events exchange expert express fan fans finance ' +
    'fit fund fyi gift gifts gold group guru host house land loan loans ltd market marketing media men money network ' +
    'ninja one ooo party photo photos pink plus porn press promo pub red review reviews rip rocks run sale school sexy ' +
    'show social software solutions stream studio style support systems team tips today tools tours town toys trade ' +
    'trading video vegas webcam wtf zip mov art moe love best gratis bingo lotto bid download date faith racing science ' +
    'accountant cricket'
  ).split(' '),
)
/** Letters of the ending and of the name before it. */
const HOST = /^[\p{L}\p{N}-]+(?:\.[\p{L}\p{N}-]+)+$/u
/** Endings that are words too: only an address when something follows them, as in `bit.ly/abc`. */
const WORDS_TOO = new Set(
  (
    'gg es de ai kh to be re la st me us my live win bet top game games am in it at by si se ga ke fit fan fans one red run show team ' +
    'today tips help men money cool best love date mom baby gold gift party plus school style video photo chat band bar ' +
    'house land city town name pro rest fun space world page link site art gay hair sale support studio press review'
  ).split(' '),
)
/** `raja88`, and no time or score. */
const HAS_NUMBER = /\p{L}{2,}\p{N}{2,}/u
const DOTS = /[。．｡․•∙·‧⋅]|,(?=(?:com|net|org|xyz|vip)\b)|[([{<]\s?(?:\.|dot|d0t|titik)\s?[)\]}>]/giu
const SPELT_DOT = /^[([{<]?(?:dot|d0t|titik|\.)[)\]}>]?$/i
const SCHEME = /^[a-z][a-z\d+.-]{1,20}:\/\/\S/i

/** @returns where addresses stand, also with a dot spelt out: `situs(dot)com`, `situs dot com` */
export function findLinks(text: string): Found[] {
  const found: Found[] = []
  const chunks = [...text.matchAll(/\S+/g)].map(({ 0: chunk, index }) => ({ chunk, from: index }))
  for (const [index, { chunk, from }] of chunks.entries()) {
    if (isLink(chunk)) found.push({ word: chunk, from, to: from + chunk.length })
    const [dot, ending] = chunks.slice(index + 1, index + 3)
    const isSpelt = dot && ending && SPELT_DOT.test(dot.chunk)
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
  const ending = (labels.at(-1) ?? '').replaceAll(/(?<=\p{L})0|0(?=\p{L})/gu, 'o')
  if (ending.startsWith('xn--')) return true
  if (!ENDINGS.has(ending) && !ENDINGS.has(foldLetters(ending))) return /^(?:\d{1,3}\.){3}\d{1,3}$/.test(host)
  const hasPath = rest.some((part) => part !== '')
  if (isSpelt || hasPath || labels.length > 2 || !WORDS_TOO.has(ending)) return true
  return HAS_NUMBER.test(labels[0] ?? '')
}
