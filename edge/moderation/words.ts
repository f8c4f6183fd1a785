/**
 * Finds words of a list in a text. Words are words and no patterns: each is looked up, so that the time grows with the
 * text and not with the list, and nothing that a streamer types can make it slow.
 */
import { readGlyphs, type Glyph } from './glyphs.ts'
import { LEET, pushRun, readings, type Run, type Token } from './tokens.ts'

export interface Found {
  /** As it stands in the list. */
  readonly word: string
  readonly from: number
  readonly to: number
}

/** A text that was read once for all lists. */
export interface ReadText {
  readonly text: string
  readonly glyphs: readonly Glyph[]
  readonly readings: readonly (readonly Token[])[]
}

export function readText(text: string): ReadText {
  const glyphs = readGlyphs(text)
  return { text, glyphs, readings: readings(glyphs) }
}

interface Entry {
  readonly word: string
  readonly counts: readonly number[]
  readonly length: number
}

export interface WordList {
  readonly entries: ReadonlyMap<string, readonly Entry[]>
  /** Of the longest word, in runs. */
  readonly longest: number
  readonly isInside: boolean
  /** How words begin, in their first runs: nearly every place in a text is left after these. */
  readonly starts: ReadonlySet<string>
}

const START_RUNS = 3
const SUFFIXES = ['nya', 'lah', 'kah', 'mu', 'ku']
const SUFFIXED_LEAST_LETTERS = 4
/** From here on a word is taken for itself also with letters doubled, or cut in two by spaces. */
const LONG_WORD = 5
/** Spelt out: each letter by itself. */
const SPELT_LEAST_LETTERS = 3
const INSIDE_LEAST_RUNS = 4

/** @param isInside also finds a word in the middle of a longer one, as in `linkgacorbet` */
export function wordList(words: Iterable<string>, { isInside = false } = {}): WordList {
  const entries = new Map<string, Entry[]>()
  const starts = new Set<string>()
  let longest = 0
  for (const word of words) {
    const runs: Run[] = []
    for (const { char, kind, from, to } of readGlyphs(word))
      if (kind !== 'space')
        pushRun(runs, { char: kind === 'symbol' ? (LEET[char] ?? char) : char, count: 1, from, to })
    if (runs.length === 0) continue
    const key = keyOf(runs)
    const counts = runs.map(({ count }) => count)
    const length = counts.reduce((sum, count) => sum + count, 0)
    entries.set(key, [...(entries.get(key) ?? []), { word, counts, length }])
    starts.add(startOf(key))
    longest = Math.max(longest, runs.length)
  }
  return { entries, longest, isInside, starts }
}

/** @returns what was found, in the order of the text; one place may be found in several ways */
export function findWords(
  { entries, longest, isInside, starts }: WordList,
  { readings: lists }: ReadText,
): Found[] {
  if (entries.size === 0) return []
  const found = new Map<string, Found>()
  const add = (word: string, runs: readonly Run[]): void => {
    const from = runs[0]?.from ?? 0
    const to = runs.at(-1)?.to ?? 0
    found.set(`${from}.${to}.${word}`, { word, from, to })
  }
  for (const tokens of lists) {
    for (const [start, first] of tokens.entries()) {
      for (const { word, runs } of suffixed(entries, first)) add(word, runs)
      const runs: Run[] = []
      const joined: Token[] = []
      for (const token of tokens.slice(start, start + longest)) {
        joined.push(token)
        for (const run of token.runs) pushRun(runs, run)
        if (runs.length > longest || !mayBegin(starts, runs)) break
        for (const { word } of matching(entries, runs, (entry) => isOneWord(joined, entry))) add(word, runs)
      }
      if (isInside) findInside(entries, first, longest, add)
    }
  }
  return [...found.values()].toSorted((one, other) => one.from - other.from)
}

function matching(
  entries: WordList['entries'],
  runs: readonly Run[],
  isAccepted: (entry: Entry) => boolean,
): Entry[] {
  return (entries.get(keyOf(runs)) ?? []).filter((entry) => haveLetters(runs, entry) && isAccepted(entry))
}

/** `good` is not `god`; three of a letter are emphasis, and in a long word two are no other word either. */
function haveLetters(runs: readonly Run[], { counts, length }: Entry): boolean {
  return runs.every(({ count }, index) => {
    const wanted = counts[index] ?? 1
    return count === wanted || (count > wanted && (count >= 3 || length >= LONG_WORD))
  })
}

/** Which pieces make one word: a single one, letters one by one, or the halves of a long one. */
function isOneWord(tokens: readonly Token[], { length }: Entry): boolean {
  if (tokens.length === 1) return true
  const longer = tokens.filter((token) => token.length > 1).length
  if (longer === 0) return length >= SPELT_LEAST_LETTERS
  return length >= LONG_WORD
}

function suffixed(entries: WordList['entries'], { runs }: Token): { word: string; runs: readonly Run[] }[] {
  const key = keyOf(runs)
  return SUFFIXES.flatMap((suffix) => {
    if (!key.endsWith(suffix)) return []
    const stem = runs.slice(0, -suffix.length)
    const isLong = ({ length }: Entry) => length >= SUFFIXED_LEAST_LETTERS
    return matching(entries, stem, isLong).map(({ word }) => ({ word, runs }))
  })
}

function findInside(
  entries: WordList['entries'],
  { runs }: Token,
  longest: number,
  add: (word: string, runs: readonly Run[]) => void,
): void {
  for (let start = 0; start + INSIDE_LEAST_RUNS <= runs.length; start++)
    for (let end = start + INSIDE_LEAST_RUNS; end <= Math.min(runs.length, start + longest); end++) {
      const part = runs.slice(start, end)
      for (const { word } of matching(entries, part, ({ length }) => length >= LONG_WORD)) add(word, part)
    }
}

/** Fewer runs than that may become anything with the next piece. */
function mayBegin(starts: ReadonlySet<string>, runs: readonly Run[]): boolean {
  return runs.length < START_RUNS || starts.has(keyOf(runs.slice(0, START_RUNS)))
}

function startOf(key: string): string {
  return Array.from(key).slice(0, START_RUNS).join('')
}

function keyOf(runs: readonly Run[]): string {
  let key = ''
  for (const { char } of runs) key += char
  return key
}
