/** What came in by a bank's statement. Pure: text in, lines out. */
import * as v from 'valibot'
import type { Bank } from '../../../shared/banks.ts'
import { line } from '../../../shared/contracts/fields.ts'
import { MAX_AMOUNT_RUPIAH } from '../../../shared/rupiah.ts'
import { readStatementAmount, readStatementBalance, readStatementDate, type Period } from './cells.ts'
import { decodeText, readings } from './csv.ts'
import { findColumns, type Columns } from './layouts.ts'

export const STATEMENT_MAX_LINES = 1_000
/** With what stands before the headings and after the lines. */
const MAX_ROWS = STATEMENT_MAX_LINES + 100
/** Before the headings banks write whose account it is. */
const MAX_HEAD_ROWS = 40
const DESCRIPTION_MAX_CHARS = 200

/** Money that came in. */
export interface StatementLine {
  /** YYYY-MM-DD */
  readonly bookedOn: string
  readonly amountRupiah: number
  readonly description: string
  /** What tells the line from all others, and the how manieth of equal ones it is: the same in every export. */
  readonly identity: string
  /** As it was told before, by the very letters of the file: lines that were imported then are known by it. */
  readonly identityBefore: string
}

export interface Statement {
  readonly lines: readonly StatementLine[]
  /** Digits; `undefined` when the file does not say. */
  readonly accountNumber: string | undefined
  /** Rows that are left out, by why. */
  readonly skipped: { readonly outgoing: number; readonly pending: number; readonly unreadable: number }
}

export type StatementProblem = 'statement_unknown' | 'statement_too_long'

/** @param today YYYY-MM-DD, for days without a year in a file that names no period */
export function readStatement(
  bytes: Uint8Array,
  { bank, today }: { bank: Bank; today: string },
): Statement | StatementProblem {
  const text = decodeText(bytes)
  // A binary file would be read as rows of nonsense.
  if (text.includes('\u0000')) return 'statement_unknown'
  for (const rows of readings(text, MAX_ROWS + 1)) {
    const at = rows.slice(0, MAX_HEAD_ROWS).findIndex((row) => findColumns(row, bank) !== undefined)
    const columns = findColumns(rows[at] ?? [], bank)
    if (!columns) continue
    if (rows.length > MAX_ROWS) return 'statement_too_long'
    const head = rows.slice(0, at).map((row) => row.join(' '))
    return readLines(rows.slice(at + 1), columns, head, today)
  }
  return 'statement_unknown'
}

function readLines(
  rows: readonly (readonly string[])[],
  columns: Columns,
  head: readonly string[],
  today: string,
): Statement {
  const period = periodOf(head, today)
  const lines: StatementLine[] = []
  const seen = new Map<string, number>()
  const skipped = { outgoing: 0, pending: 0, unreadable: 0 }
  let accountNumber = accountOf(head)
  for (const row of rows) {
    const cell = (index: number): string => (row[index] ?? '').replace(/^'/, '')
    if (columns.accountNumber >= 0) accountNumber ??= digitsOf(cell(columns.accountNumber))
    if (/^pend/i.test(cell(columns.date))) {
      skipped.pending += 1
      continue
    }
    const bookedOn = readStatementDate(cell(columns.date), period)
    // Below the lines banks write sums; they have no day.
    if (bookedOn === undefined) {
      if (/\d{1,2}\D\d/.test(cell(columns.date))) skipped.unreadable += 1
      continue
    }
    const incoming = incomingOf(row, columns)
    if (typeof incoming === 'string') {
      skipped[incoming] += 1
      continue
    }
    const description = v
      .parse(line(100_000), columns.description.map(cell).filter(Boolean).join(' '))
      .slice(0, DESCRIPTION_MAX_CHARS)
    const { amountRupiah } = incoming
    const letters = [
      cell(columns.date),
      amountRupiah,
      columns.description.map(cell),
      cell(columns.balance),
      cell(columns.reference),
    ]
    lines.push({
      bookedOn,
      amountRupiah,
      description,
      identity: nthOf([
        bookedOn,
        amountRupiah,
        ...tellingOf({ description, balance: cell(columns.balance), reference: cell(columns.reference) }),
      ]),
      identityBefore: `${bookedOn} ${nthOf(letters)}`,
    })
  }
  return { lines, accountNumber, skipped }

  function nthOf(parts: readonly unknown[]): string {
    const same = JSON.stringify(parts)
    const nth = (seen.get(same) ?? 0) + 1
    seen.set(same, nth)
    return `${nth} ${same}`
  }
}

/**
 * Beside day and amount. Banks write the words of one line differently in each of their exports, and so do spreadsheets
 * that a file went through; the balance after the line and the bank's number of it stay.
 */
function tellingOf(said: { description: string; balance: string; reference: string }): readonly string[] {
  const balance = readStatementBalance(said.balance)
  const reference = plain(said.reference)
  if (balance !== undefined) return ['balance', balance]
  return reference === '' ? ['words', plain(said.description)] : ['reference', reference]
}

function plain(text: string): string {
  return text
    .normalize('NFKC')
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]/gu, '')
}

function incomingOf(
  row: readonly string[],
  columns: Columns,
): { readonly amountRupiah: number } | 'outgoing' | 'unreadable' {
  if (columns.credit >= 0) {
    const text = row[columns.credit] ?? ''
    const amount = text === '' || text === '-' ? { amountRupiah: 0 } : readStatementAmount(text)
    if (typeof amount === 'string') return 'unreadable'
    return amount.amountRupiah > 0 ? bounded(amount) : 'outgoing'
  }
  const text = row[columns.amount] ?? ''
  const mark = /(cr|db|dr|k|d)\.?$/i.exec(text)?.[1]
  const direction = (
    mark ??
    row[columns.direction >= 0 ? columns.direction : columns.amount + 1] ??
    ''
  ).toLowerCase()
  const amount = readStatementAmount(mark === undefined ? text : text.replace(/\s*[a-z]+\.?$/i, ''))
  if (typeof amount === 'string') return 'unreadable'
  if (/^(?:db|dr|d$|debit|debet|keluar)/.test(direction) || amount.amountRupiah <= 0) return 'outgoing'
  // A number alone does not say which way it went, unless banks write debits with a minus; then it says so too rarely.
  return /^(?:cr|k$|kredit|credit|masuk)/.test(direction) ? bounded(amount) : 'unreadable'
}

function bounded(amount: {
  readonly amountRupiah: number
}): { readonly amountRupiah: number } | 'unreadable' {
  return amount.amountRupiah <= MAX_AMOUNT_RUPIAH ? amount : 'unreadable'
}

/** `Periode : 01/09/2026 - 30/09/2026`; without it the twelve months up to today. */
function periodOf(head: readonly string[], today: string): Period {
  const year = Number(today.slice(0, 4))
  const fallback = { from: `${year - 1}${today.slice(4)}`, to: today }
  for (const text of head) {
    const [, from, to] =
      /period\D*(\d{1,2}\/\d{1,2}\/\d{2,4})\D+(\d{1,2}\/\d{1,2}\/\d{2,4})/i.exec(text) ?? []
    const days = [from, to].map((day) => readStatementDate(day ?? '', fallback))
    if (days[0] !== undefined && days[1] !== undefined) return { from: days[0], to: days[1] }
  }
  return fallback
}

function accountOf(head: readonly string[]): string | undefined {
  for (const text of head) {
    const [, number] = /(?:rek(?:ening)?|account)\b\D*([\d][\d .-]{3,30})/i.exec(text) ?? []
    const digits = digitsOf(number ?? '')
    if (digits !== undefined && !/period/i.test(text)) return digits
  }
  return undefined
}

function digitsOf(text: string): string | undefined {
  const digits = text.replaceAll(/\D/g, '')
  return digits.length >= 5 ? digits : undefined
}
