/** A member's own months: a page reads the sums, a spreadsheet every line. */
import { Hono } from 'hono'
import * as v from 'valibot'
import { daysOfMonth, localTimeWriter, monthOf } from '../../shared/calendar.ts'
import { Month, MonthlyStatement, type MonthDay, MonthList } from '../../shared/contracts/monthly.ts'
import type { Site } from '../../shared/contracts/site.ts'
import { AppError } from '../../shared/errors.ts'
import type { Auth } from '../http/auth.ts'
import { csvStream } from '../http/csv.ts'
import { check } from '../http/input.ts'
import type { Database, Platform } from '../ports.ts'
import { CSV_WORDS, type CsvLanguage } from './csv-words.ts'
import { balanceAt, firstMovedAt, type Span, statementLines, sumsByDay } from './store.ts'
import { addTotals, lineOf, movedRupiah, NOTHING_MOVED } from './totals.ts'

export interface StatementDeps {
  readonly platform: Pick<Platform, 'clock' | 'database'>
  readonly auth: Auth
  readonly site: () => Promise<Pick<Site, 'timeZone'>>
}

const CsvQuery = v.object({ language: v.optional(v.picklist(['id', 'en']), 'en') })

export function statementRoutes({ platform, auth, site }: StatementDeps): Hono {
  const { clock, database } = platform
  const app = new Hono()

  /** Newest first. */
  async function monthsOf(memberId: string, timeZone: string): Promise<string[]> {
    const firstAt = await firstMovedAt(database, memberId)
    if (firstAt === undefined) return []
    const months: string[] = []
    const first = monthOf(firstAt, timeZone)
    let month = monthOf(clock.now(), timeZone)
    for (; month >= first; month = monthBefore(month)) months.push(month)
    return months
  }

  /** @throws AppError `not_found` */
  async function asked(memberId: string, month: string) {
    const { timeZone } = await site()
    if (!v.is(Month, month) || !(await monthsOf(memberId, timeZone)).includes(month))
      throw new AppError('not_found')
    return { month, timeZone, days: daysOfMonth(month, timeZone) }
  }

  app.get('/api/me/statements', async (c) => {
    const { memberId } = await auth.member(c)
    const { timeZone } = await site()
    return c.json(check(MonthList, { months: await monthsOf(memberId, timeZone) }))
  })

  app.get('/api/me/statements/:month', async (c) => {
    const { memberId, username } = await auth.member(c)
    const { month, timeZone, days } = await asked(memberId, c.req.param('month'))
    const figures = await readMonth(database, memberId, days)
    const endsAt = days.at(-1)?.until ?? 0
    return c.json(v.parse(MonthlyStatement, { month, timeZone, member: { username }, endsAt, ...figures }))
  })

  app.get('/api/me/statements/:month/csv', async (c) => {
    const { memberId } = await auth.member(c)
    const { language } = check(CsvQuery, c.req.query())
    const { month, timeZone, days } = await asked(memberId, c.req.param('month'))
    const span = { from: days.at(0)?.from ?? 0, until: days.at(-1)?.until ?? 0 }
    return csvStream(c, `statement-${month}`, csvRows(database, memberId, { span, timeZone, language }))
  })

  return app
}

async function readMonth(
  database: Database,
  memberId: string,
  days: readonly (Span & { readonly date: string })[],
): Promise<Pick<MonthlyStatement, 'openingRupiah' | 'closingRupiah' | 'totals' | 'days'>> {
  const openingRupiah = await balanceAt(database, memberId, days.at(0)?.from ?? 0)
  const sums = await sumsByDay(database, memberId, days)
  const moved: MonthDay[] = []
  let balanceRupiah = openingRupiah
  for (const [index, { date }] of days.entries()) {
    const ofDay = sums.filter(({ day }) => day === index)
    if (ofDay.length === 0) continue
    const totals = ofDay.reduce(addTotals, NOTHING_MOVED)
    balanceRupiah += movedRupiah(totals)
    moved.push({ ...totals, date, balanceRupiah })
  }
  return {
    openingRupiah,
    closingRupiah: balanceRupiah,
    totals: sums.reduce(addTotals, NOTHING_MOVED),
    days: moved,
  }
}

async function* csvRows(
  database: Database,
  memberId: string,
  { span, timeZone, language }: { span: Span; timeZone: string; language: CsvLanguage },
): AsyncGenerator<readonly (readonly (string | number)[])[]> {
  const { heads, opening, closing } = CSV_WORDS[language]
  const timeText = localTimeWriter(timeZone)
  let balance = await balanceAt(database, memberId, span.from)
  yield [heads, ['', '', opening, '', '', '', '', '', '', balance]]
  for await (const lines of statementLines(database, memberId, span))
    yield lines.map((line) => {
      const { receivedRupiah = 0, feeRupiah = 0, refundedRupiah = 0, withdrawalFeeRupiah = 0 } = lineOf(line)
      balance += line.amountRupiah
      const gross = line.amountRupiah - feeRupiah - refundedRupiah - withdrawalFeeRupiah
      return [
        timeText(line.createdAt),
        line.transferId,
        line.kind,
        receivedRupiah > 0 ? (line.senderName ?? '') : line.description,
        gross,
        feeRupiah,
        refundedRupiah,
        withdrawalFeeRupiah,
        line.amountRupiah,
        balance,
      ]
    })
  yield [['', '', closing, '', '', '', '', '', '', balance]]
}

function monthBefore(month: string): string {
  const [year = 0, number = 0] = month.split('-').map(Number)
  return number > 1 ? `${year}-${String(number - 1).padStart(2, '0')}` : `${year - 1}-12`
}
