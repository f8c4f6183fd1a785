import { afterEach, beforeEach, expect, test } from 'vitest'
import { daysOfMonth } from '../../shared/calendar.ts'
import type { MonthlyStatement, MonthTotals } from '../../shared/contracts/monthly.ts'
import { DEFAULT_DURATIONS } from '../config.ts'
import {
  createTestEdge,
  type Member,
  type TestAnswer,
  type TestEdge,
  type Visitor,
} from '../runtimes/node/test-edge.ts'
import { changePaymentSettings, closeBalanced } from '../runtimes/node/test-money.ts'
import { movedRupiah } from './totals.ts'

const DAY_MS = 86_400_000
const ACCOUNT = { bank: 'BCA', accountNumber: '0987654321', accountName: 'Ani Lestari' }

let edge: TestEdge
let admin: Visitor
let bankId: string
let streamer: Member
let donor: Member
beforeEach(async () => {
  // Months pass; sessions last.
  edge = await createTestEdge({ config: { durations: { ...DEFAULT_DURATIONS, session: 1e12 } } })
  admin = await edge.setUp()
  bankId = idOf(
    await admin.send('POST', '/api/admin/receiving-accounts', { ...ACCOUNT, accountNumber: '1234567890' }),
  )
  await changePaymentSettings(admin, {
    donationFeePermille: 50,
    withdrawalFeeRupiah: 2_500,
    refundHours: 720,
  })
  streamer = await edge.member('streamer', { by: admin, rights: ['donations'] })
  await done(streamer.send('PUT', '/api/me/payout-account', ACCOUNT))
  donor = await edge.member('donatur')
})
afterEach(() => closeBalanced(edge))

let keys = 0
const key = () => ({ 'idempotency-key': `kunci-laporan-${(keys += 1)}-panjang` })

function idOf(answer: TestAnswer): string {
  if (answer.status >= 300) throw new Error(`${answer.status}: ${answer.text}`)
  return (answer.body as { id: string }).id
}

async function done(answer: Promise<TestAnswer>): Promise<void> {
  const { status, text } = await answer
  if (status >= 300) throw new Error(`${status}: ${text}`)
}

function credit(person: Member, amountRupiah: number): Promise<void> {
  const body = { amountRupiah, reason: '=HYPERLINK("x")' }
  return done(admin.send('POST', `/api/admin/members/${person.id}/credits`, body, key()))
}

async function donate(amountRupiah: number, senderName = 'Donatur'): Promise<string> {
  const body = { amountRupiah, senderName, feeRupiah: Math.floor(amountRupiah / 20) }
  return idOf(await donor.send('POST', '/api/channels/streamer/donations', body, key()))
}

async function withdraw(person: Member, amountRupiah: number): Promise<string> {
  return idOf(await person.send('POST', '/api/me/withdrawals', { amountRupiah, feeRupiah: 2_500 }, key()))
}

async function statement(person: Member, month: string): Promise<MonthlyStatement> {
  const { status, body, text } = await person.get(`/api/me/statements/${month}`)
  if (status !== 200) throw new Error(`${status}: ${text}`)
  return body as MonthlyStatement
}

/** What the entries themselves say. */
async function owedRupiah(person: Member, before: number): Promise<unknown> {
  const [row] = await edge.platform.database.read({
    sql: `SELECT COALESCE(SUM(amount), 0) AS owed FROM entry JOIN transfer ON transfer.id = transfer_id
      WHERE account_id LIKE 'member:' || ? || ':%' AND created_at < ?`,
    args: [person.id, before],
  })
  return row?.['owed']
}

test('every line of a month equals the entries, and months join without a gap', async () => {
  // 2026-01-01T07:00 in Jakarta.
  await credit(donor, 1_000_000)
  await donate(100_000)
  await done(
    streamer.send('POST', `/api/studio/streamer/donations/${await donate(40_000)}/refund`, {
      reason: 'salah kirim',
    }),
  )
  edge.platform.clock.advance(3 * DAY_MS)
  const paid = await withdraw(streamer, 50_000)
  await done(
    admin.send('POST', `/api/admin/withdrawals/${paid}/pay`, {
      receivingAccountId: bankId,
      bankTransactionId: 'FT-1',
      isNameChecked: true,
    }),
  )
  await withdraw(streamer, 10_000)

  const january = await statement(streamer, '2026-01')
  expect(january).toMatchObject({
    openingRupiah: 0,
    closingRupiah: 45_000,
    totals: {
      receivedRupiah: 140_000,
      receivedCount: 2,
      feeRupiah: -5_000,
      refundedRupiah: -40_000,
      netRupiah: 95_000,
      withdrawnRupiah: -47_500,
      withdrawalFeeRupiah: -2_500,
      toppedUpRupiah: 0,
      sentRupiah: 0,
      correctedRupiah: 0,
    },
  })
  // What is only held has not left: the second request moves nothing.
  expect(january.days.map(({ date, balanceRupiah }) => [date, balanceRupiah])).toEqual([
    ['2026-01-01', 95_000],
    ['2026-01-04', 45_000],
  ])
  const ofDonor = await statement(donor, '2026-01')
  expect(ofDonor).toMatchObject({
    closingRupiah: 900_000,
    totals: { correctedRupiah: 1_000_000, sentRupiah: -100_000, feeRupiah: 0, receivedRupiah: 0 },
  })

  edge.platform.clock.advance(30 * DAY_MS)
  await done(admin.send('POST', `/api/admin/withdrawals/${paid}/reverse`, { reason: 'ditolak bank' }))
  await donate(20_000)
  const february = await statement(streamer, '2026-02')
  expect(february).toMatchObject({
    openingRupiah: 45_000,
    totals: {
      receivedRupiah: 20_000,
      feeRupiah: -1_000,
      withdrawnRupiah: 47_500,
      withdrawalFeeRupiah: 2_500,
    },
    closingRupiah: 114_000,
  })
  for (const [person, month] of [
    [streamer, january],
    [donor, ofDonor],
    [streamer, february],
  ] as const) {
    const { openingRupiah, closingRupiah, totals, days, endsAt } = month
    expect(openingRupiah + movedRupiah(totals)).toBe(closingRupiah)
    expect(closingRupiah).toBe(await owedRupiah(person, endsAt))
    const names = Object.keys(totals) as (keyof MonthTotals)[]
    for (const name of names) expect(days.reduce((sum, day) => sum + day[name], 0)).toBe(totals[name])
  }
  expect((await streamer.get('/api/me/statements')).body).toEqual({ months: ['2026-02', '2026-01'] })
})

test('a month begins at midnight of the zone, whatever the clock of UTC says', async () => {
  const [february] = daysOfMonth('2026-02', 'Asia/Jakarta')
  expect(new Date(february?.from ?? 0).toISOString()).toBe('2026-01-31T17:00:00.000Z')
  edge.platform.clock.advance((february?.from ?? 0) - 1 - edge.platform.clock.now())
  await credit(donor, 1_000)
  edge.platform.clock.advance(1)
  await credit(donor, 2_000)
  expect(await statement(donor, '2026-01')).toMatchObject({ openingRupiah: 0, closingRupiah: 1_000 })
  expect(await statement(donor, '2026-02')).toMatchObject({ openingRupiah: 1_000, closingRupiah: 3_000 })
  expect((await statement(donor, '2026-01')).days).toMatchObject([{ date: '2026-01-31' }])
})

test('the table has one line a transfer, a running balance and no formula', async () => {
  await credit(donor, 100_000)
  await donate(10_000, '=1+1')
  await donate(20_000)
  const { headers, text } = await streamer.get('/api/me/statements/2026-01/csv')
  expect(headers.get('content-disposition')).toContain('statement-2026-01.csv')
  const rows = text
    .trim()
    .split('\r\n')
    .map((line) => line.split(','))
  expect(rows.map((row) => [row[2], row[3], ...row.slice(4)])).toEqual([
    ['kind', 'name', 'gross', 'platform_fee', 'refund', 'withdrawal_fee', 'net', 'balance'],
    ['opening', '', '', '', '', '', '', '0'],
    ['donation', "'=1+1", '10000', '-500', '0', '0', '9500', '9500'],
    ['donation', 'Donatur', '20000', '-1000', '0', '0', '19000', '28500'],
    ['closing', '', '', '', '', '', '', '28500'],
  ])
  expect(rows[2]?.[0]).toBe('2026-01-01 07:00:00')
  const inIndonesian = (await streamer.get('/api/me/statements/2026-01/csv?language=id')).text.split('\r\n')
  expect(inIndonesian.slice(0, 2)).toEqual([
    'waktu,nomor,jenis,nama,bruto,biaya_platform,pengembalian,biaya_penarikan,neto,saldo',
    expect.stringContaining('saldo_awal'),
  ])
  expect((await streamer.get('/api/me/statements/2026-01/csv?language=fr')).status).toBe(422)
  expect((await donor.get('/api/me/statements/2026-01/csv')).text).toContain(`"'=HYPERLINK(""x"")"`)
})

test('there is no statement of nobody, of no month and of the future', async () => {
  expect((await edge.visitor().get('/api/me/statements')).status).toBe(401)
  expect((await donor.get('/api/me/statements')).body).toEqual({ months: [] })
  await credit(donor, 1)
  for (const month of ['2025-12', '2026-02', '2026-13', '2026', 'x'])
    expect([month, (await donor.get(`/api/me/statements/${month}`)).status]).toEqual([month, 404])
})
