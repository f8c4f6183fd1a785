import { afterEach, beforeEach, expect, test } from 'vitest'
import { createTestPlatform, type TestPlatform } from '../runtimes/node/test-platform.ts'
import { DEFAULT_DURATIONS } from '../config.ts'
import { judge, putRule, sweepVideos } from './retention.ts'
import { jumpOf } from './rule-clock.ts'

const DAY_MS = 86_400_000
const HOUR_MS = DAY_MS / 24
const YEAR_MS = 365 * DAY_MS
const { retentionWarning: WARNING_MS, retentionSweep: SWEEP_MS } = DEFAULT_DURATIONS

let platform: TestPlatform
beforeEach(async () => {
  platform = await createTestPlatform()
  await platform.database.write(
    [
      `INSERT INTO member (id, username, email, password_hash, registered_at) VALUES ('pemilik', 'pemilik', 'a@b.id', '', 0)`,
      `INSERT INTO channel (id, slug, title, owner_id, created_at) VALUES ('kanal', 'klinik', 'Klinik', 'pemilik', 0)`,
    ].map((sql) => ({ sql, args: [] })),
  )
})
afterEach(() => platform.close())

async function film(id: string, options: { ageDays: number; gigabytes?: number; isKept?: boolean }) {
  const { ageDays, gigabytes = 1, isKept = false } = options
  await platform.database.write([
    {
      sql: `INSERT INTO video (id, channel_id, origin_id, state, is_published, started_at, size_bytes, is_kept)
            VALUES (?, 'kanal', 'main', 'ready', 1, ?, ?, ?)`,
      args: [id, platform.clock.now() - ageDays * DAY_MS, gigabytes * 1e9, Number(isKept)],
    },
  ])
}

async function left(): Promise<unknown[]> {
  const rows = await platform.database.read({
    sql: `SELECT id, delete_after FROM video WHERE state = 'ready' ORDER BY id`,
  })
  return rows.map((row) => [row['id'], row['delete_after'] === null ? 'stays' : 'goes'])
}

const warnings = () =>
  platform.database.read({ sql: `SELECT payload FROM notification WHERE kind = 'videos_expiring'` })

/** @param days in which somebody looks as often as always */
async function runFor(days: number): Promise<void> {
  for (let passedMs = 0; passedMs < days * DAY_MS; passedMs += 6 * HOUR_MS) {
    platform.clock.advance(6 * HOUR_MS)
    await sweepVideos(platform)
  }
}

test('without a rule nothing is deleted, however old and large', async () => {
  await film('a', { ageDays: 4000, gigabytes: 9000 })
  await sweepVideos(platform)
  await runFor(30)
  expect(await left()).toEqual([['a', 'stays']])
})

test('what is too old is announced a week before, once, and then deleted and logged', async () => {
  await film('a', { ageDays: 100 })
  await film('b', { ageDays: 1 })
  await film('c', { ageDays: 100, isKept: true })
  await platform.database.write([putRule({ keepDays: 30, keepGigabytes: null }, 'kanal')])
  await sweepVideos(platform)
  await runFor(6.75)
  platform.clock.advance(DAY_MS / 4 - 1)
  await sweepVideos(platform)
  expect(await left()).toEqual([
    ['a', 'goes'],
    ['b', 'stays'],
    ['c', 'stays'],
  ])
  expect(await warnings()).toHaveLength(1)
  platform.clock.advance(1)
  await sweepVideos(platform)
  expect(await left()).toEqual([
    ['b', 'stays'],
    ['c', 'stays'],
  ])
  const log = await platform.database.read({
    sql: `SELECT details FROM activity WHERE action = 'video_expired'`,
  })
  expect(log.map((row) => JSON.parse(String(row['details'])))).toMatchObject([
    { video: 'a', channel: 'klinik' },
  ])
})

test('the oldest go when all take too much, and stay when there is room again', async () => {
  await film('a', { ageDays: 3 })
  await film('b', { ageDays: 2, gigabytes: 4 })
  await film('c', { ageDays: 1, gigabytes: 4 })
  await platform.database.write([putRule({ keepDays: null, keepGigabytes: 8 })])
  await sweepVideos(platform)
  expect((await left())[0]).toEqual(['a', 'goes'])
  await platform.database.write([{ sql: `UPDATE video SET is_kept = 1 WHERE id = 'c'`, args: [] }])
  await sweepVideos(platform)
  await runFor(30)
  expect((await left()).map((row) => (row as unknown[])[0])).toEqual(['a', 'b', 'c'])
})

test('however many are announced, the next turn reaches those behind them', async () => {
  const count = 450
  for (let index = 0; index < count; index++)
    await film(`v${String(index).padStart(3, '0')}`, { ageDays: 100 })
  await platform.database.write([putRule({ keepDays: 30, keepGigabytes: null })])
  for (let turn = 0; turn < 3; turn++) await sweepVideos(platform)
  expect((await left()).filter((row) => (row as unknown[])[1] === 'goes')).toHaveLength(count)
  await runFor(7)
  for (let turn = 0; turn < 3; turn++) await sweepVideos(platform)
  expect(await left()).toEqual([])
})

test('nobody loses what was not announced', () => {
  const old = { isOverSize: false, deleteAfter: null, keepDays: 20 }
  expect(judge({ ...old, oldAt: null, keepDays: 0 }, 0, WARNING_MS)).toBe('leave')
  expect(judge({ ...old, oldAt: 20 * DAY_MS }, 0, WARNING_MS)).toBe('leave')
  expect(judge({ ...old, oldAt: 5 * DAY_MS }, 0, WARNING_MS)).toEqual({ warn: WARNING_MS })
  // Kept for less than a week: announced from its first day.
  expect(judge({ ...old, oldAt: 2 * DAY_MS, keepDays: 2 }, 0, WARNING_MS)).toEqual({ warn: 2 * DAY_MS })
  const announced = { oldAt: null, deleteAfter: 1, keepDays: 0 }
  expect(judge({ ...announced, isOverSize: false }, 0, WARNING_MS)).toBe('spare')
  expect(judge({ ...announced, isOverSize: true }, 0, WARNING_MS)).toBe('leave')
  expect(judge({ ...announced, isOverSize: true }, 1, WARNING_MS)).toBe('delete')
  // The rule became milder after the announcement.
  const milder = { ...old, oldAt: 3 * DAY_MS, deleteAfter: DAY_MS }
  expect(judge(milder, DAY_MS, WARNING_MS)).toEqual({ warn: 3 * DAY_MS })
  expect(judge({ ...milder, isOverSize: true }, DAY_MS, WARNING_MS)).toBe('delete')
})

test('what was lost takes no space that others would have to make', async () => {
  await film('a', { ageDays: 3, gigabytes: 4 })
  await film('b', { ageDays: 2, gigabytes: 9 })
  await platform.database.write([
    putRule({ keepDays: null, keepGigabytes: 8 }),
    { sql: `UPDATE video SET is_missing = 1 WHERE id = 'b'`, args: [] },
  ])
  await sweepVideos(platform)
  expect((await left())[0]).toEqual(['a', 'stays'])
})

test('a rule that became milder moves what it has announced', async () => {
  await film('a', { ageDays: 25 })
  await platform.database.write([putRule({ keepDays: 30, keepGigabytes: null })])
  await sweepVideos(platform)
  await platform.database.write([putRule({ keepDays: 31, keepGigabytes: null })])
  await runFor(6.75)
  expect(await left()).toEqual([['a', 'goes']])
  await runFor(1)
  expect(await left()).toEqual([])
})

test.each([
  ['forward by a year', YEAR_MS],
  ['back by a year', -YEAR_MS],
  ['forward by a month in which nothing ran', 30 * DAY_MS],
])(
  'a clock that jumps %s takes nothing of the warning, and does not put it off for ever',
  async (_name, jumpMs) => {
    await film('a', { ageDays: 800 })
    await platform.database.write([putRule({ keepDays: 30, keepGigabytes: null })])
    await sweepVideos(platform)
    await runFor(1)
    platform.clock.advance(jumpMs)
    await sweepVideos(platform)
    await runFor(5)
    expect(await left()).toEqual([['a', 'goes']])
    expect(await warnings()).toHaveLength(1)
    await runFor(2)
    expect(await left()).toEqual([])
  },
)

test('a clock that is wrong for an hour announces too much, and takes it back', async () => {
  await film('a', { ageDays: 3 })
  await platform.database.write([putRule({ keepDays: 30, keepGigabytes: null })])
  await sweepVideos(platform)
  platform.clock.advance(YEAR_MS)
  await sweepVideos(platform)
  expect(await left()).toEqual([['a', 'goes']])
  platform.clock.advance(HOUR_MS - YEAR_MS)
  await sweepVideos(platform)
  expect(await left()).toEqual([['a', 'stays']])
})

test('edges whose clocks differ by a year do not make time pass faster', async () => {
  await film('a', { ageDays: 800 })
  await platform.database.write([putRule({ keepDays: 30, keepGigabytes: null })])
  await sweepVideos(platform)
  for (let looks = 0; looks < 40; looks++) {
    platform.clock.advance((looks % 2 === 0 ? YEAR_MS : -YEAR_MS) + SWEEP_MS)
    await sweepVideos(platform)
  }
  expect(await left()).toEqual([['a', 'goes']])
})

test('two that look at once follow a jump once', async () => {
  await film('a', { ageDays: 800 })
  await platform.database.write([putRule({ keepDays: 30, keepGigabytes: null })])
  await sweepVideos(platform)
  platform.clock.advance(YEAR_MS)
  await Promise.all([sweepVideos(platform), sweepVideos(platform)])
  const [row] = await platform.database.read({ sql: `SELECT delete_after FROM video` })
  const remainingMs = Number(row?.['delete_after']) - platform.clock.now()
  expect(remainingMs).toBe(WARNING_MS - DAY_MS / 2)
})

test('time that passes as it does is no jump', () => {
  expect([0, SWEEP_MS, -HOUR_MS, DAY_MS / 2].map((ms) => jumpOf(ms, WARNING_MS))).toEqual([0, 0, 0, 0])
  expect(jumpOf(DAY_MS, WARNING_MS)).toBe(DAY_MS / 2)
  expect(jumpOf(-DAY_MS, WARNING_MS)).toBe(-DAY_MS / 2)
  // Half of a short warning is always left.
  expect(jumpOf(YEAR_MS, HOUR_MS)).toBe(YEAR_MS - HOUR_MS / 2)
})
