import { afterEach, beforeEach, expect, test } from 'vitest'
import { createTestPlatform, type TestPlatform } from '../runtimes/node/test-platform.ts'
import { judge, putRule, sweepVideos, WARNING_MS } from './retention.ts'

const DAY_MS = 86_400_000

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

test('without a rule nothing is deleted, however old and large', async () => {
  await film('a', { ageDays: 4000, gigabytes: 9000 })
  await sweepVideos(platform)
  platform.clock.advance(30 * DAY_MS)
  await sweepVideos(platform)
  expect(await left()).toEqual([['a', 'stays']])
})

test('what is too old is announced a week before, once, and then deleted and logged', async () => {
  await film('a', { ageDays: 100 })
  await film('b', { ageDays: 1 })
  await film('c', { ageDays: 100, isKept: true })
  await platform.database.write([putRule({ keepDays: 30, keepGigabytes: null }, 'kanal')])
  await sweepVideos(platform)
  platform.clock.advance(WARNING_MS - 1)
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
  platform.clock.advance(30 * DAY_MS)
  await sweepVideos(platform)
  expect((await left()).map((row) => (row as unknown[])[0])).toEqual(['a', 'b', 'c'])
})

test('however many are announced, the next turn reaches those behind them', async () => {
  const count = 450
  for (let index = 0; index < count; index++)
    await film(`v${String(index).padStart(3, '0')}`, { ageDays: 100 })
  await platform.database.write([putRule({ keepDays: 30, keepGigabytes: null })])
  for (let turn = 0; turn < 3; turn++) await sweepVideos(platform)
  expect((await left()).filter((row) => (row as unknown[])[1] === 'goes')).toHaveLength(count)
  platform.clock.advance(WARNING_MS)
  for (let turn = 0; turn < 3; turn++) await sweepVideos(platform)
  expect(await left()).toEqual([])
})

test('nobody loses what was not announced', () => {
  const old = { isOverSize: false, deleteAfter: null }
  expect(judge({ ...old, oldAt: null }, 0, 0)).toBe('leave')
  expect(judge({ ...old, oldAt: 20 * DAY_MS }, 0, 20)).toBe('leave')
  expect(judge({ ...old, oldAt: 5 * DAY_MS }, 0, 20)).toEqual({ warn: WARNING_MS })
  // Kept for less than a week: announced from its first day.
  expect(judge({ ...old, oldAt: 2 * DAY_MS }, 0, 2)).toEqual({ warn: 2 * DAY_MS })
  expect(judge({ oldAt: null, isOverSize: false, deleteAfter: 1 }, 0, 0)).toBe('spare')
  expect(judge({ oldAt: null, isOverSize: true, deleteAfter: 1 }, 0, 0)).toBe('leave')
  expect(judge({ oldAt: null, isOverSize: true, deleteAfter: 1 }, 1, 0)).toBe('delete')
})
