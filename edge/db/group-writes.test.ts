import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { AppError } from '../../shared/errors.ts'
import { openTestDatabase } from '../runtimes/node/test-database.ts'
import { groupWrites } from './group-writes.ts'
import type { MigratableDatabase } from './migrate.ts'

let folder: string
let file: MigratableDatabase
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'group-writes-'))
  file = await openTestDatabase(folder)
  await file.executeScript('CREATE TABLE written (n INTEGER PRIMARY KEY CHECK (n <> 13)) STRICT')
})
afterEach(async () => {
  await file.close()
  await rm(folder, { recursive: true })
})

const entry = (n: number) => ({ sql: 'INSERT INTO written (n) VALUES (?) RETURNING n', args: [n] })

async function outcomesOf(database: MigratableDatabase, batches: readonly number[][]): Promise<unknown[]> {
  const outcomes = await Promise.allSettled(batches.map((batch) => database.write(batch.map(entry))))
  return outcomes.map((outcome) =>
    outcome.status === 'fulfilled'
      ? outcome.value.map((rows) => rows.map(({ n }) => n))
      : (outcome.reason as { rule: unknown }).rule,
  )
}

async function kept(): Promise<unknown[]> {
  return (await file.read({ sql: 'SELECT n FROM written ORDER BY n' })).map(({ n }) => n)
}

test('what waits together is one transaction, and each batch has its own rows', async () => {
  const write = vi.spyOn(file, 'write')
  const batches = Array.from({ length: 100 }, (_each, n) => [n + 100, n + 1000])
  expect(await outcomesOf(groupWrites(file), batches)).toEqual(batches.map((batch) => batch.map((n) => [n])))
  // The first is alone, nobody waited yet; the others are two groups.
  expect(write.mock.calls.map(([batch]) => batch.length)).toEqual([2, 128, 70])
  expect(await kept()).toHaveLength(200)
})

test('what breaks a rule leaves nothing of itself, and takes nothing with it', async () => {
  const outcomes = await outcomesOf(groupWrites(file), [[1], [2, 3], [4, 13], [5], [6, 1], [7]])
  expect(outcomes).toEqual([[[1]], [[2], [3]], 'n <> 13', [[5]], 'written.n', [[7]]])
  expect(await kept()).toEqual([1, 2, 3, 5, 7])
})

test('a database that is away is asked once, not for each that waits', async () => {
  const write = vi.fn<MigratableDatabase['write']>(() => Promise.reject(new AppError('database_unavailable')))
  const database = groupWrites({ ...file, write })
  const outcomes = await Promise.allSettled([[1], [2], [3]].map((batch) => database.write(batch.map(entry))))
  expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected'])
  expect(write).toHaveBeenCalledTimes(2)
})

test('closing waits for what was asked before', async () => {
  const database = groupWrites(file)
  const writes = outcomesOf(database, [[1], [2], [3]])
  const close = vi.spyOn(file, 'close').mockResolvedValueOnce()
  await database.close()
  expect(await kept()).toEqual([1, 2, 3])
  expect(close).toHaveBeenCalledOnce()
  await writes
})
