/** Breaking a title into lines. Pure: whoever draws measures. */

export interface LineSpace {
  readonly maxWidth: number
  readonly maxLines: number
  /** Largest first. */
  readonly sizesPx: readonly [number, ...number[]]
  readonly widthOf: (text: string, sizePx: number) => number
}

/** @returns lines in the largest size in which all of it fits; in the smallest, what fits and an ellipsis */
export function fittedLines(title: string, space: LineSpace): { lines: string[]; sizePx: number } {
  const words = title.trim().split(/\s+/)
  for (const sizePx of space.sizesPx) {
    const lines = broken(words, (line) => space.widthOf(line, sizePx) <= space.maxWidth)
    if (lines && lines.length <= space.maxLines) return { lines, sizePx }
  }
  const sizePx = space.sizesPx.at(-1) ?? space.sizesPx[0]
  const fits = (line: string): boolean => space.widthOf(line, sizePx) <= space.maxWidth
  return { lines: cut(words, space.maxLines, fits), sizePx }
}

/** @returns `undefined` when a single word is too long */
function broken(words: readonly string[], fits: (line: string) => boolean): string[] | undefined {
  const lines: string[] = []
  for (const word of words) {
    if (!fits(word)) return undefined
    const longer = [...lines.slice(-1), word].join(' ')
    if (lines.length > 0 && fits(longer)) lines[lines.length - 1] = longer
    else lines.push(word)
  }
  return lines
}

/** Letter by letter where a word is longer than a line. */
function cut(words: readonly string[], maxLines: number, fits: (line: string) => boolean): string[] {
  const lines: string[] = ['']
  // By what a reader sees as one letter: half of an emoji is none.
  const letters = [...new Intl.Segmenter().segment(words.join(' '))].map(({ segment }) => segment)
  for (const letter of letters) {
    const line = lines.at(-1) ?? ''
    const isLast = lines.length === maxLines
    if (fits(isLast ? `${line}${letter}…` : line + letter)) lines[lines.length - 1] = line + letter
    else if (isLast) {
      lines[lines.length - 1] = `${line.trimEnd()}…`
      break
    } else lines.push(letter.trimStart())
  }
  return lines.map((line) => line.trim())
}
