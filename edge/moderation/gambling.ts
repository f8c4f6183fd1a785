/**
 * How much a text looks like an advertisement for online gambling, which pays to be read out on streams. One word
 * proves nothing (people call a good player `gacor`), so signs are counted; the words are those of donations
 * reference, section 5.
 */
import { findWords, wordList, type Found, type ReadText } from './words.ts'

/** Enough to hold an alert. */
export const GAMBLING = 4
const STRONG = 4
const SIGN = 2
const HINT = 1

/** Words of one group say the same thing and count once. */
const GROUPS: readonly (readonly [points: number, words: string])[] = [
  [SIGN, 'gacor'],
  [SIGN, 'maxwin maxwinn mexwin'],
  [SIGN, 'slot slotter'],
  [SIGN, 'zeus olympus petir kakekzeus'],
  [SIGN, 'scatter'],
  [SIGN, 'depo deposit'],
  [SIGN, 'wd withdraw'],
  [SIGN, 'jackpot jekpot'],
  [SIGN, 'situs'],
  [SIGN, 'agen bandar'],
  [SIGN, 'terpercaya'],
  [SIGN, 'rtp'],
  [SIGN, 'freespin'],
  [SIGN, 'pragmatic pgsoft habanero mahjongways'],
  [SIGN, 'judi judol'],
  [STRONG, 'togel sbobet parlay slotgacor linkgacor slotonline judionline situsgacor idnpoker bandarqq'],
  [HINT, 'link daftar'],
  [HINT, 'bonus member'],
  [HINT, 'pola admin'],
  [HINT, 'cuan hoki'],
  [HINT, 'modal receh'],
]
const SIGNS = wordList(GROUPS.flatMap(([, words]) => words.split(' ')))
const GROUP_OF = new Map(
  GROUPS.flatMap((group) => group[1].split(' ').map((word): [string, typeof group] => [word, group])),
)
/** What is an advertisement also in the middle of another word. */
const INSIDE = wordList(['gacor', 'maxwin', 'togel', 'sbobet', 'judol', 'jackpot'], { isInside: true })

/** Names of such sites end in these, and then in digits. */
const BRAND_PIECES =
  /(?:win|bet|toto|slot|hoki|dewa|raja|poker|qq|bola|kaisar|cuan|mega|gacor|zeus|sultan|jp)$|^(?:mega|raja|dewa|slot|zeus|hoki|toto|poker|qq)/
const LUCKY = new Set(['77', '88', '99', '69', '89', '138', '168', '303', '777', '888', '999'])
const BRAND_LEAST_LETTERS = 3
const STYLED_LEAST_LETTERS = 4

export interface GamblingSigns {
  readonly points: number
  readonly found: readonly Found[]
}

/** @param isAllowed leaves out what the channel has allowed */
export function gamblingSigns(text: ReadText, isAllowed: (found: Found) => boolean): GamblingSigns {
  const words = findWords(SIGNS, text).filter((each) => !isAllowed(each))
  const inside = findWords(INSIDE, text).filter((each) => !isAllowed(each))
  const brands = findBrands(text).filter((each) => !isAllowed(each))
  const styled = text.glyphs.filter(({ isStyled, kind }) => isStyled && kind === 'letter')
  const isStyled = styled.length >= STYLED_LEAST_LETTERS
  const groups = new Set([...words, ...inside].map(({ word }) => GROUP_OF.get(word)))
  const signs = sum([...groups].filter((group) => group?.[0] !== HINT).map((group) => group?.[0] ?? SIGN))
  const hints = [...groups].filter((group) => group?.[0] === HINT).length
  const worn = Math.max(0, ...brands.map((brand) => brand.points))
  const styling = isStyled ? SIGN : 0
  const proven = signs + worn + styling
  // Hints are everybody's words: alone they say nothing, and together no more than one sign.
  const points = proven + (proven > 0 ? Math.min(SIGN, hints * HINT) : 0)
  const shown = isStyled ? [{ word: 'styled', from: styled[0]?.from ?? 0, to: styled.at(-1)?.to ?? 0 }] : []
  return { points, found: [...words, ...inside, ...brands, ...shown] }
}

/** `DEWA88`, `MONA4D`, `zeus 138`: a name with the digits that such sites wear. */
function findBrands({ readings: [, plain = []], text }: ReadText): (Found & { points: number })[] {
  return plain.flatMap(({ runs, length, digits, to }) => {
    if (length < BRAND_LEAST_LETTERS) return []
    const from = runs[0]?.from ?? 0
    const name = runs.map(({ char, count }) => char.repeat(count)).join('')
    // A lottery of four digits.
    if (/[a-z]{3}4d$/.test(name)) return [{ word: name, from, to, points: STRONG }]
    const isBrand = BRAND_PIECES.test(name)
    const [apart, number = ''] = /^\s(\d{2,3})(?!\S)/.exec(text.slice(to, to + 5)) ?? []
    if (isBrand && /^\d{2,3}$/.test(digits)) return [{ word: name + digits, from, to, points: STRONG }]
    if (isBrand && digits === '' && apart !== undefined && LUCKY.has(number))
      return [{ word: name + number, from, to: to + apart.length, points: STRONG }]
    return LUCKY.has(digits) ? [{ word: name + digits, from, to, points: SIGN }] : []
  })
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0)
}
