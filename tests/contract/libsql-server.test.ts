/** The adapter for servers on a real one: what waits together is written together, and what one batch breaks stays its own. */
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { openDatabase } from '../../edge/runtimes/node/edge-server.ts'
import { startLibsqlServer, type LibsqlServer } from '../support/sqld.ts'

let server: LibsqlServer
beforeAll(async () => {
  server = await startLibsqlServer()
})
afterAll(() => server.stop())

const entry = (n: number) => ({ sql: 'INSERT INTO entry (n) VALUES (?) RETURNING n', args: [n] })
const unposted = { sql: `INSERT INTO entry (n, posting) VALUES (99, 'nowhere')` }

const open = () => openDatabase({ database: { kind: 'remote', url: server.url } })

beforeEach(async () => {
  await (
    await open()
  ).executeScript(`DROP TABLE IF EXISTS entry;
      CREATE TABLE IF NOT EXISTS posting (id TEXT PRIMARY KEY) STRICT;
      CREATE TABLE entry (
        n INTEGER UNIQUE CHECK (n <> 13),
        posting TEXT REFERENCES posting (id) DEFERRABLE INITIALLY DEFERRED
      ) STRICT;`)
})

async function kept(): Promise<unknown[]> {
  return (await (await open()).read({ sql: 'SELECT n FROM entry ORDER BY n' })).map(({ n }) => n)
}

/** What became of batches sent at once: their numbers, or the rule that refused them. */
async function written(
  { write }: Pick<Awaited<ReturnType<typeof open>>, 'write'>,
  ...batches: Parameters<typeof write>[0][]
): Promise<unknown[]> {
  const outcomes = await Promise.allSettled(batches.map((batch) => write(batch)))
  return outcomes.map((outcome) =>
    outcome.status === 'fulfilled'
      ? outcome.value.flat().map(({ n }) => n)
      : (outcome.reason as { rule: unknown }).rule,
  )
}

test('what a batch breaks leaves nothing of it, and its neighbours are kept', async () => {
  const database = await open()
  const outcomes = await written(
    database,
    [entry(1)],
    [entry(2), entry(3)],
    [entry(4), entry(13)],
    [entry(5), unposted],
    [entry(6), entry(1)],
    [entry(7)],
  )
  expect(outcomes).toEqual([[1], [2, 3], 'n <> 13', 'foreign_key', 'entry.n', [7]])
  expect(await kept()).toEqual([1, 2, 3, 7])
})

test('neighbours of what breaks no rule at its end are written in one transaction', async () => {
  const database = await open()
  const batches = Array.from({ length: 40 }, (_each, n) => [entry(n === 13 ? 113 : n)])
  expect((await written(database, ...batches)).flat()).toHaveLength(40)
  expect(await kept()).toHaveLength(40)
})

test('a server that was killed takes the streams with it, and the next request opens another', async () => {
  const database = await open()
  expect(await written(database, [entry(1)], [entry(2)])).toEqual([[1], [2]])
  await server.kill()
  await server.restart()
  expect(await database.read({ sql: 'SELECT COUNT(*) AS n FROM entry' })).toEqual([{ n: 2 }])
  expect(await written(database, [entry(3)], [entry(4)])).toEqual([[3], [4]])
  expect(await kept()).toEqual([1, 2, 3, 4])
})
