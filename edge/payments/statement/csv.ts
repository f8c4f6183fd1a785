/** Rows of a CSV file as banks write them: any of four separators, quotes as in RFC 4180, several encodings. */

const SEPARATORS = [',', ';', '\t', '|'] as const

/** UTF-16 and UTF-8 by their marks, UTF-8 when it is valid, otherwise what old Windows programs write. */
export function decodeText(bytes: Uint8Array): string {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return new TextDecoder('utf-16le').decode(bytes)
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return new TextDecoder('utf-16be').decode(bytes)
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: false }).decode(bytes)
  } catch {
    return new TextDecoder('windows-1252').decode(bytes)
  }
}

/** The rows for each separator that the text uses at all, the likeliest first. */
export function readings(text: string, maxRows: number): readonly (readonly (readonly string[])[])[] {
  return SEPARATORS.map((separator) => ({ separator, uses: text.split(separator).length }))
    .filter(({ uses }) => uses > 1)
    .toSorted((a, b) => b.uses - a.uses)
    .map(({ separator }) => parseCsv(text, separator, maxRows))
}

/** At most `maxRows` rows; cells are trimmed. A quote in the middle of a cell is a character like any other. */
export function parseCsv(text: string, separator: string, maxRows: number): readonly (readonly string[])[] {
  const rows: string[][] = []
  let row: string[] = []
  let at = 0
  while (at < text.length && rows.length < maxRows) {
    const { cell, end } = readCell(text, at, separator)
    row.push(cell)
    at = end
    if (text[at] === separator) {
      at += 1
      // A separator at the very end opens one more, empty cell.
      if (at === text.length) row.push('')
      continue
    }
    if (text[at] === '\r' && text[at + 1] === '\n') at += 1
    at += 1
    rows.push(row)
    row = []
  }
  if (row.length > 0 && rows.length < maxRows) rows.push(row)
  return rows
}

function readCell(text: string, start: number, separator: string): { cell: string; end: number } {
  if (text[start] !== '"') {
    let end = start
    while (end < text.length && text[end] !== separator && text[end] !== '\n' && text[end] !== '\r') end += 1
    return { cell: text.slice(start, end).trim(), end }
  }
  let cell = ''
  let at = start + 1
  for (;;) {
    const quote = text.indexOf('"', at)
    if (quote === -1) return { cell: (cell + text.slice(at)).trim(), end: text.length }
    cell += text.slice(at, quote)
    at = quote + 1
    if (text[at] !== '"') break
    cell += '"'
    at += 1
  }
  // What stands between the closing quote and the separator belongs to nobody.
  while (at < text.length && text[at] !== separator && text[at] !== '\n' && text[at] !== '\r') at += 1
  return { cell: cell.trim(), end: at }
}
