/**
 * The several ways in which one text can be read: as it is, with digits and symbols for letters, and without what is
 * hung on to a word. Letters that repeat are counted and written once.
 */
import type { Glyph } from './glyphs.ts'

/** A letter, how often it repeats and where that stands. */
export interface Run {
  readonly char: string
  readonly count: number
  readonly from: number
  readonly to: number
}

export interface Token {
  readonly runs: readonly Run[]
  /** Letters, counted without repetition as they were typed. */
  readonly length: number
  /** Digits behind the last letter that this reading leaves out. */
  readonly digits: string
  /** Where the whole word ends in the text, with what this reading leaves out. */
  readonly to: number
}

/** `1` and `!` may stand for `i` or for `l`; both are tried. */
export const LEET: Readonly<Record<string, string>> = {
  '0': 'o',
  '1': 'i',
  '2': 'z',
  '3': 'e',
  '4': 'a',
  '5': 's',
  '6': 'g',
  '7': 't',
  '8': 'b',
  '9': 'g',
  '@': 'a',
  $: 's',
  '!': 'i',
  '+': 't',
  '|': 'l',
}

type Reading = (word: readonly Glyph[]) => Token | undefined

/** Each reading is a list of tokens in the order of the text. */
export function readings(glyphs: readonly Glyph[]): readonly (readonly Token[])[] {
  const plain = split(glyphs, ({ kind }) => kind === 'letter' || kind === 'digit')
  const lists = [tokensOf(plain, asItIs), tokensOf(plain, withoutDigits)]
  const hasLeet = glyphs.some(({ kind }) => kind === 'digit' || kind === 'symbol')
  if (!hasLeet) return lists
  const loose = split(glyphs, ({ kind }) => kind !== 'space')
  const ambiguous = glyphs.some(({ char }) => char === '1' || char === '!')
  for (const one of ambiguous ? ['i', 'l'] : ['i'])
    lists.push(tokensOf(loose, leet(one, false)), tokensOf(loose, leet(one, true)))
  return lists
}

function split(glyphs: readonly Glyph[], isInside: (glyph: Glyph) => boolean): Glyph[][] {
  const words: Glyph[][] = []
  let word: Glyph[] = []
  for (const glyph of glyphs) {
    if (isInside(glyph)) word.push(glyph)
    else if (word.length > 0) {
      words.push(word)
      word = []
    }
  }
  if (word.length > 0) words.push(word)
  return words
}

function tokensOf(words: readonly (readonly Glyph[])[], read: Reading): Token[] {
  return words.flatMap((word) => read(word) ?? [])
}

function asItIs(word: readonly Glyph[]): Token {
  return tokenOf(word, word)
}

/** `gacor77` as `gacor`. A number alone is no word. */
function withoutDigits(word: readonly Glyph[]): Token | undefined {
  const end = word.findLastIndex(({ kind }) => kind === 'letter') + 1
  if (end === 0) return undefined
  return tokenOf(word.slice(0, end), word)
}

function leet(one: string, isTrimmed: boolean): Reading {
  return (word) => {
    // A single one may be a letter of a word that is spelt out: `g 4 c 0 r`.
    if (word.length > 1 && !word.some(({ kind }) => kind === 'letter')) return undefined
    const lastLetter = word.findLastIndex(({ kind }) => kind === 'letter') + 1
    const end = isTrimmed && lastLetter > 0 ? lastLetter : endWithoutMarks(word)
    const letters = word.slice(0, end).map((glyph) => {
      const { char, kind } = glyph
      if (kind === 'letter') return glyph
      return { ...glyph, char: char === '1' || char === '!' ? one : (LEET[char] ?? char) }
    })
    return letters.length === 0 ? undefined : tokenOf(letters, word)
  }
}

/** What is said with emphasis does not end in an `i`. */
function endWithoutMarks(word: readonly Glyph[]): number {
  return word.findLastIndex(({ char }) => !'!+|'.includes(char)) + 1
}

function tokenOf(letters: readonly Glyph[], word: readonly Glyph[]): Token {
  const runs: Run[] = []
  for (const { char, from, to } of letters) pushRun(runs, { char, count: 1, from, to })
  const digits = word.slice(letters.length).map(({ char }) => char)
  return { runs, length: letters.length, digits: digits.join(''), to: word.at(-1)?.to ?? 0 }
}

/** Adds to the last run when it is the same letter. */
export function pushRun(runs: Run[], run: Run): void {
  const last = runs.at(-1)
  if (last?.char === run.char) runs[runs.length - 1] = { ...last, count: last.count + run.count, to: run.to }
  else runs.push(run)
}
