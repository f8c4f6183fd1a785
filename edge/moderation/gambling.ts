/**
 * How much a text looks like an advertisement for online gambling, which pays to be read out on streams. One word
 * proves nothing (people call a good player `gacor`), so signs are counted; the words are those of donations
 * reference, section 5.
 */
import { findBrands } from './brands.ts'
import { findWords, wordList, type Found, type ReadText } from './words.ts'

/** Enough to hold an alert. */
export const GAMBLING = 4
const STRONG = 4
const SIGN = 2
const HINT = 1
const STYLED_LEAST_LETTERS = 4

/** Words of one group say the same thing and count once. Halves of a word may stand apart (words.ts). */
const GROUPS: readonly (readonly [points: number, words: string])[] = [
  [SIGN, 'gacor'],
  [SIGN, 'maxwin mexwin maxwim makswin'],
  [SIGN, 'slot slotter zlot slod'],
  [SIGN, 'zeus olympus petir'],
  [SIGN, 'kakekzeus'],
  [SIGN, 'scatter'],
  [SIGN, 'depo deposit'],
  [SIGN, 'wd withdraw'],
  [SIGN, 'jackpot jekpot'],
  [SIGN, 'rtp'],
  [SIGN, 'freespin freebet freechip'],
  [SIGN, 'pragmatic pgsoft habanero mahjongways mahjongwins'],
  [SIGN, 'starlightprincess gatesofolympus sweetbonanza wildbandito'],
  [SIGN, 'scatterhitam blackscatter'],
  [SIGN, 'judi judol'],
  [SIGN, 'casino kasino'],
  [SIGN, 'baccarat bakarat roulette'],
  [SIGN, 'sabungayam'],
  [SIGN, 'antirungkad antirungkat'],
  [SIGN, 'gampangmenang mudahmenang gampangmaxwin'],
  [SIGN, 'autowd autojp autosultan automaxwin'],
  [SIGN, 'newmember'],
  [SIGN, 'akunpro akunvip'],
  [SIGN, 'serverthailand serverluar serverkamboja serverfilipina'],
  [SIGN, 'rtplive rtptertinggi'],
  [SIGN, 'linkalternatif'],
  [SIGN, 'depopulsa depositpulsa tanpapotongan'],
  [SIGN, 'pastibayar pastidibayar'],
  [SIGN, 'slotdana slotqris slotpulsa slotthailand'],
  [
    STRONG,
    'togel sbobet parlay totomacau slotgacor linkgacor situsgacor idnpoker bandarqq dominoqq dominoqiuqiu',
  ],
  [STRONG, 'slotonline judionline casinoonline kasinoonline pokeronline togelonline'],
  [STRONG, 'situsslot situsjudi agenslot agenjudi bandarslot bandarjudi bandarbola bandartoto'],
  // Of an honest shop too.
  [HINT, 'situs situz'],
  [HINT, 'agen bandar'],
  [HINT, 'terpercaya'],
  [HINT, 'link daftar'],
  [HINT, 'bonus member'],
  [HINT, 'pola admin'],
  [HINT, 'cuan hoki'],
  [HINT, 'modal receh'],
  [HINT, 'pecah'],
]
/** Where a word of the list is meant as it is: these words together are no sign. */
const EVERYDAY = wordList([
  ...'turnamen tournament parkir lapangan kosong waktu iklan scrim tim jadwal ram memori ssd pcie vga sim'
    .split(' ')
    .map((word) => `slot ${word}`),
  ...'burung murai kacer cucak kenari lovebird'.split(' ').map((bird) => `${bird} gacor`),
  'booking slot',
  'deposit kos',
  'deposit kontrakan',
])
const SIGNS = wordList(GROUPS.flatMap(([, words]) => words.split(' ')))
const GROUP_OF = new Map(
  GROUPS.flatMap((group) => group[1].split(' ').map((word): [string, typeof group] => [word, group])),
)
/** What is an advertisement also in the middle of another word. */
const INSIDE = wordList(['gacor', 'maxwin', 'togel', 'sbobet', 'judol', 'jackpot'], { isInside: true })

export interface GamblingSigns {
  readonly points: number
  readonly found: readonly Found[]
}

/** @param isAllowed leaves out what the channel has allowed */
export function gamblingSigns(text: ReadText, isAllowed: (found: Found) => boolean): GamblingSigns {
  const everyday = findWords(EVERYDAY, text)
  const isMeant = ({ from, to }: Found): boolean =>
    everyday.some((each) => each.from <= from && each.to >= to)
  const counts = (found: Found): boolean => !isAllowed(found) && !isMeant(found)
  const words = findWords(SIGNS, text).filter(counts)
  const inside = findWords(INSIDE, text).filter(counts)
  const brands = findBrands(text.glyphs).filter((each) => !isAllowed(each))
  const styled = text.glyphs.filter(({ isStyled, kind }) => isStyled && kind === 'letter')
  const isStyled = styled.length >= STYLED_LEAST_LETTERS
  const groups = new Set([...words, ...inside].map(({ word }) => GROUP_OF.get(word)))
  const signs = sum([...groups].filter((group) => group?.[0] !== HINT).map((group) => group?.[0] ?? SIGN))
  const hints = [...groups].filter((group) => group?.[0] === HINT).length
  const worn = Math.max(0, ...brands.map(({ isSure }) => (isSure ? STRONG : SIGN)))
  const styling = isStyled ? SIGN : 0
  const proven = signs + worn + styling
  // Hints are everybody's words: alone they say nothing, and together no more than one sign.
  const points = proven + (proven > 0 ? Math.min(SIGN, hints * HINT) : 0)
  const shown = isStyled ? [{ word: 'styled', from: styled[0]?.from ?? 0, to: styled.at(-1)?.to ?? 0 }] : []
  return { points, found: [...words, ...inside, ...brands, ...shown] }
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0)
}
