import { afterEach, beforeEach, expect, test } from 'vitest'
import { createTestPlatform, type TestPlatform } from '../runtimes/node/test-platform.ts'
import { msUntilNight, watchLedger } from './watch.ts'

let platform: TestPlatform
let stop: AbortController
beforeEach(async () => {
  platform = await createTestPlatform()
  stop = new AbortController()
})
afterEach(() => {
  stop.abort()
  return platform.close()
})

test.each([
  ['2026-01-01T19:59:59Z', 1000],
  ['2026-01-01T20:00:00Z', 86_400_000],
  ['2026-01-01T21:00:00Z', 23 * 3_600_000],
])('at %s the next night is in %i ms', (now, ms) => {
  expect(msUntilNight(Date.parse(now))).toBe(ms)
})

test('a fault is said at the start and again every night', async () => {
  const { clock, database, log, logged } = platform
  await database.write([
    { sql: 'DROP TRIGGER account_moves_by_entries' },
    { sql: `UPDATE account SET balance = 5 WHERE id = 'fee'` },
  ])
  const faults = () => logged.filter((line) => line.includes('not balanced') && line.includes('"fee"')).length
  // Each turn ends with a sleep, which tells that it is over.
  let asleep = Promise.withResolvers<void>()
  const told = {
    ...clock,
    sleep(ms: number, signal?: AbortSignal) {
      const slept = clock.sleep(ms, signal)
      asleep.resolve()
      return slept
    },
  }
  const watching = watchLedger({ database, clock: told, log, signal: stop.signal })
  await asleep.promise
  expect(faults()).toBe(1)
  asleep = Promise.withResolvers()
  clock.advance(msUntilNight(clock.now()))
  await asleep.promise
  expect(faults()).toBe(2)
  stop.abort()
  await watching
})
