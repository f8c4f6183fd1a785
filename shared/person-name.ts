/**
 * Names of people as forms, banks and identity cards write them: in capitals, with titles, cut short. Pure.
 */

/** Before a name, without dots. */
const LEADING_TITLES = new Set(
  'bapak bpk ibu sdr sdri tn ny nn h hj kh prof dr drg drs dra ir apt mr mrs ms'.split(' '),
)
/** After a name, without dots. */
const TRAILING_TITLES = new Set(
  'se sh st skom spd ssi ssos sip skm sag sst spt stp spsi sked skep ns amd mm mt msc mkom mpd msi mh mba ma phd'.split(
    ' ',
  ),
)

/** Words in lower case, without accents, titles and punctuation. */
export function nameWords(name: string): readonly string[] {
  const words = name
    .normalize('NFKD')
    .replaceAll(/\p{M}/gu, '')
    .toLowerCase()
    // "S.Kom." is one word, "M.Rizki" is two.
    .replaceAll(/(?<=(?:^|[\s.,])[a-z]{1,2})\.(?=[a-z]{1,4}(?:\.|,|\s|$))/g, '')
    .replaceAll(/['’`]/g, '')
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== '')
  let [start, end] = [0, words.length]
  while (end - start > 1 && TRAILING_TITLES.has(words[end - 1] ?? '')) end -= 1
  while (end - start > 1 && LEADING_TITLES.has(words[start] ?? '')) start += 1
  return words.slice(start, end)
}

export interface NameComparison {
  /** The same words in the same order, whatever the case, titles and spaces. */
  readonly isSame: boolean
  /** Words that only one of them has. */
  readonly onlyFirst: readonly string[]
  readonly onlySecond: readonly string[]
}

export function compareNames(first: string, second: string): NameComparison {
  const [one, other] = [nameWords(first), nameWords(second)]
  return {
    // Where words are divided differs between banks.
    isSame: one.length > 0 && one.join('') === other.join(''),
    onlyFirst: without(one, other),
    onlySecond: without(other, one),
  }
}

function without(words: readonly string[], others: readonly string[]): readonly string[] {
  const left = [...others]
  return words.filter((word) => {
    const at = left.indexOf(word)
    if (at !== -1) left.splice(at, 1)
    return at === -1
  })
}
