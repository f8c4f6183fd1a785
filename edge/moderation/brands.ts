/**
 * Names of gambling sites: a word and the digits that such sites wear, as in `DEWA88`, `MONA4D`, `zeus 138`. People call
 * themselves `budi88` too, so a name and its digits are sure only when the word is one of theirs. Pure.
 */
import type { Glyph } from './glyphs.ts'
import { LEET } from './tokens.ts'
import type { Found } from './words.ts'

export interface Brand extends Found {
  /** Otherwise it is one sign among others. */
  readonly isSure: boolean
}

const ENDS_LIKE_ONE =
  /(?:win|bet|toto|slot|hoki|dewa|raja|poker|qq|bola|kaisar|cuan|mega|gacor|zeus|sultan|jp)$/
const BEGINS_LIKE_ONE = /^(?:mega|raja|dewa|slot|zeus|hoki|toto|poker|qq)/
/** Names of people, and words, that end or begin so. */
const ENDS_OF_NAMES =
  /^(?:win|bet|toto|(?:al|bald|cor|dar|de|ed|el|er|ger|god|good|her|ir|ker|mar|mel|mer|ol|sel|sher|t)win|(?:al[pf]h?a|dia|eli[sz]a|ro|sher|ti)bet|omega|sepakbola|ebola|sadewa|mahadewa)$/
const BEGINS_OF_NAMES =
  /^(?:mega(?:wati|n[a-z]*|man|mind|h[a-z]*|byte|bit|lodon|pixel|pro|tron|ria|sari)|raja(?:b|bi|wali|sa|ndra|guguk|gukguk|h)|dewa(?:n|ntara|nt[io]|ngga|ni|nda|ndra|sa|ta|ti|ji|yani)|toto(?:k|ng|ro))$/
const LUCKY = /^(?:77|88|99|69|89|[1-9]88|138|168|303|365|555|666|777|999)$/
const LOTTERY = '4d'
/** What is honestly in four dimensions. */
const FOUR_DIMENSIONS = new Set(
  'kelas bioskop cinema film movie foto video usg teater theater studio'.split(' '),
)
const LEAST_LETTERS = 3

interface Piece {
  /** In Latin letters and digits, as typed. */
  readonly text: string
  readonly from: number
  readonly to: number
  /** How it stands apart from the piece before it. */
  readonly gap: 'space' | 'mark' | 'far'
}

export function findBrands(glyphs: readonly Glyph[]): Brand[] {
  const found: Brand[] = []
  const pieces = joinSpelt(piecesOf(glyphs))
  for (const [index, piece] of pieces.entries()) {
    const next = pieces[index + 1]
    const [, name = '', digits = ''] = /^(.*[a-z])?(\d*)$/.exec(piece.text) ?? []
    const own = judge(name, digits, { isApart: false })
    if (own !== undefined) found.push({ word: piece.text, from: piece.from, to: piece.to, isSure: own })
    else if (digits === '' && next && next.gap !== 'far') {
      const isSure = judge(name, next.text, { isApart: next.gap === 'space' })
      if (isSure !== undefined) found.push({ word: name + next.text, from: piece.from, to: next.to, isSure })
    }
  }
  return found
}

/** @returns whether it is sure, `undefined` when it is no such name */
function judge(name: string, digits: string, { isApart }: { isApart: boolean }): boolean | undefined {
  if (name.endsWith(LOTTERY) && digits === '') {
    const word = name.slice(0, -LOTTERY.length)
    return /[a-z]{3}$/.test(word) && !FOUR_DIMENSIONS.has(word) ? true : undefined
  }
  const word = name.replaceAll(/\d/g, (digit) => LEET[digit] ?? digit)
  if (word.length < LEAST_LETTERS) return undefined
  const isTheirs = isLikeTheirs(word)
  if (digits === LOTTERY) return FOUR_DIMENSIONS.has(word) ? undefined : isTheirs
  if (LUCKY.test(digits)) return isTheirs ? true : isApart ? undefined : false
  return isTheirs && !isApart && /^\d{2,3}$/.test(digits) ? false : undefined
}

function isLikeTheirs(word: string): boolean {
  return (
    (ENDS_LIKE_ONE.test(word) && !ENDS_OF_NAMES.test(word)) ||
    (BEGINS_LIKE_ONE.test(word) && !BEGINS_OF_NAMES.test(word))
  )
}

const NEAR_GLYPHS = 2

function piecesOf(glyphs: readonly Glyph[]): Piece[] {
  const pieces: Piece[] = []
  let between: Glyph[] = []
  let text = ''
  let from = 0
  let to = 0
  const finish = (): void => {
    if (text !== '') {
      pieces.push({ text, from, to, gap: gapOf(between) })
      between = []
    }
    text = ''
  }
  for (const glyph of glyphs) {
    if (glyph.kind !== 'letter' && glyph.kind !== 'digit') {
      finish()
      between.push(glyph)
      continue
    }
    if (text === '') from = glyph.from
    text += glyph.char
    to = glyph.to
  }
  finish()
  return pieces
}

function gapOf(between: readonly Glyph[]): Piece['gap'] {
  const isSpace = between.some(({ char }) => char.trim() === '')
  if (isSpace) return between.length === 1 ? 'space' : 'far'
  return between.length <= NEAR_GLYPHS ? 'mark' : 'far'
}

/** `D E W A 8 8` as one piece. */
function joinSpelt(pieces: readonly Piece[]): Piece[] {
  const joined: Piece[] = []
  let hasGrown = false
  for (const piece of pieces) {
    const last = joined.at(-1)
    const isOne = piece.text.length === 1
    if (last && isOne && piece.gap !== 'far' && (last.text.length === 1 || hasGrown)) {
      joined[joined.length - 1] = { ...last, text: last.text + piece.text, to: piece.to }
      hasGrown = true
    } else {
      joined.push(piece)
      hasGrown = false
    }
  }
  return joined
}
