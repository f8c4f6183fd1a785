/** Amounts and dates as Indonesian banks write them into their statements. */

/** `fraction`: of a Rupiah, as interest is; it can be nobody's deposit. */
export type CellAmount = { readonly amountRupiah: number } | 'fraction' | 'unreadable'

/**
 * `1,234,567.00`, `1.234.567,00`, `1234567.00`, `1.234.567`, `Rp 1.234.567`; below zero with a minus or in brackets.
 * A separator before exactly three digits groups thousands.
 */
export function readStatementAmount(cell: string): CellAmount {
  const number = readNumber(cell)
  if (!number) return 'unreadable'
  const { isNegative, whole, sen } = number
  if (sen !== 0) return 'fraction'
  return { amountRupiah: isNegative ? -whole : whole }
}

/** The same text for the same balance, however a bank writes it; `undefined` for none. */
export function readStatementBalance(cell: string): string | undefined {
  const number = readNumber(cell)
  return number && `${number.isNegative ? '-' : ''}${number.whole}.${number.sen}`
}

function readNumber(cell: string): { isNegative: boolean; whole: number; sen: number } | undefined {
  const text = cell.replaceAll(/^'|(?:rp|idr)\.?|[\s\u00a0]/gi, '')
  const isNegative = /^-|^\(.*\)$|-$/.test(text)
  const match = /^(\d{1,3}(?:([.,])\d{3}(?:\2\d{3}){0,4})?|\d{1,15})(?:([.,])(\d{1,2}))?$/.exec(
    text.replaceAll(/[-+()]/g, ''),
  )
  const [, whole = '', group, point, decimals = ''] = match ?? []
  // `1.234.56`: the same mark cannot both group and end the whole.
  if (!match || (group !== undefined && group === point)) return undefined
  return { isNegative, whole: Number(whole.replaceAll(/[.,]/g, '')), sen: Number(decimals.padEnd(2, '0')) }
}

const MONTHS = [
  /^jan/,
  /^feb|^peb/,
  /^mar/,
  /^apr/,
  /^may|^mei/,
  /^jun/,
  /^jul/,
  /^aug|^agu|^agt/,
  /^sep/,
  /^oct|^okt/,
  /^nov|^nop/,
  /^dec|^des/,
]

/** Days that a statement is about, as YYYY-MM-DD. */
export interface Period {
  readonly from: string
  readonly to: string
}

/**
 * `05/09/2026`, `05-09-26`, `2026-09-05 10:15:00`, `05 September 2026 14:24:27`, `05/09` (the year is that of the
 * period). The day stands before the month, as it does in Indonesia.
 * @returns YYYY-MM-DD, or `undefined` for what is no day of the calendar
 */
export function readStatementDate(cell: string, period: Period): string | undefined {
  const text = cell.replace(/^'/, '').trim()
  const iso = /^(\d{4})[-/](\d{1,2})[-/](\d{1,2})(?!\d)/.exec(text)
  if (iso) return toDay(Number(iso[1]), Number(iso[2]), Number(iso[3]))
  const compact = /^(\d{4})(\d{2})(\d{2})$/.exec(text)
  if (compact) return toDay(Number(compact[1]), Number(compact[2]), Number(compact[3]))
  const named = /^(\d{1,2})[-\s/]([a-z]{3,9})[-\s/,]*(\d{4}|\d{2})(?!\d)/i.exec(text)
  if (named) {
    const month = MONTHS.findIndex((name) => name.test((named[2] ?? '').toLowerCase())) + 1
    return toDay(fullYear(named[3]), month, Number(named[1]))
  }
  const numeric = /^(\d{1,2})[-/.](\d{1,2})(?:[-/.](\d{4}|\d{2}))?(?!\d)/.exec(text)
  if (!numeric) return undefined
  const [day, month] = [Number(numeric[1]), Number(numeric[2])]
  if (numeric[3] !== undefined) return toDay(fullYear(numeric[3]), month, day)
  const years = [Number(period.to.slice(0, 4)), Number(period.from.slice(0, 4))]
  const days = years.map((year) => toDay(year, month, day)).filter((found) => found !== undefined)
  // 30/12 in a statement that ends in January is of the year before.
  return (
    days.find((found) => found >= period.from && found <= period.to) ??
    days.find((found) => found <= period.to)
  )
}

function fullYear(text = ''): number {
  return text.length === 2 ? 2000 + Number(text) : Number(text)
}

function toDay(year: number, month: number, day: number): string | undefined {
  const date = new Date(Date.UTC(year, month - 1, day))
  const isDay = date.getUTCMonth() === month - 1 && date.getUTCDate() === day
  return isDay && year >= 2000 && year < 2100 ? date.toISOString().slice(0, 10) : undefined
}
