/** Tables to be opened in a spreadsheet. */
import type { Context } from 'hono'

/**
 * What a spreadsheet takes for a formula, also in full width and behind quotes or spaces
 * (https://owasp.org/www-community/attacks/CSV_Injection): at the start of a cell, and after what another language's
 * spreadsheet takes for the end of one, as an Indonesian one does with `;`.
 */
const FORMULA = `(?=[\\s"']*[=+\\-@＝＋－＠])`
const AT_START = new RegExp(`^${FORMULA}`)
const AFTER_SEPARATOR = new RegExp(`([;|\\t\\r\\n])${FORMULA}`, 'g')

type Rows = readonly (readonly (string | number)[])[]

/** Without it spreadsheets read UTF-8 as something else. */
const BYTE_ORDER_MARK = '\uFEFF'

/** RFC 4180 with a byte order mark. */
export function csvText(rows: Rows): string {
  return BYTE_ORDER_MARK + csvLines(rows)
}

function csvLines(rows: Rows): string {
  return rows.map((row) => `${row.map(cell).join(',')}\r\n`).join('')
}

function cell(value: string | number): string {
  if (typeof value === 'number') return String(value)
  const inert = value.replaceAll(AFTER_SEPARATOR, "$1'").replace(AT_START, "'")
  return /[",;\t\r\n]/.test(inert) ? `"${inert.replaceAll('"', '""')}"` : inert
}

/** @param name without its ending */
export function csvAnswer(c: Context, name: string, rows: Rows): Response {
  return c.body(csvText(rows), 200, csvHeaders(name))
}

/** For tables of any length: each page is written when the reader has taken the one before. */
export function csvStream(c: Context, name: string, pages: AsyncGenerator<Rows>): Response {
  const encoder = new TextEncoder()
  let isFirst = true
  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      const next = await pages.next()
      if (next.done === true) return controller.close()
      controller.enqueue(encoder.encode((isFirst ? BYTE_ORDER_MARK : '') + csvLines(next.value)))
      isFirst = false
    },
    async cancel() {
      await pages.return(undefined)
    },
  })
  return c.body(body, 200, csvHeaders(name))
}

function csvHeaders(name: string) {
  return {
    'content-type': 'text/csv; charset=utf-8',
    'content-disposition': `attachment; filename="${name}.csv"`,
    'cache-control': 'private, no-store',
  }
}
