import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { writeTogether } from './group-commit.ts'
import { PreparedConnection } from './prepared-connection.ts'

let folder: string
let connection: PreparedConnection
let other: PreparedConnection

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'panggung-group-'))
  const path = join(folder, 'group.db')
  connection = new PreparedConnection(path, 20)
  connection.runScript(`PRAGMA journal_mode = WAL;
    CREATE TABLE posting (id TEXT PRIMARY KEY) STRICT;
    CREATE TABLE entry (
      n INTEGER UNIQUE CHECK (n <> 13),
      posting TEXT REFERENCES posting (id) DEFERRABLE INITIALLY DEFERRED
    ) STRICT;`)
  other = new PreparedConnection(path, 20)
})
afterEach(async () => {
  connection.close()
  other.close()
  await rm(folder, { recursive: true })
})

const entry = (n: number) => ({ sql: 'INSERT INTO entry (n) VALUES (?) RETURNING n', args: [n] })
const unposted = { sql: `INSERT INTO entry (n, posting) VALUES (99, 'nowhere')` }
const kept = () => other.run({ sql: 'SELECT n FROM entry ORDER BY n' }).map(({ n }) => n)

/** What became of each batch: the numbers that it returned, or which kind of rule refused it. */
function written(...batches: Parameters<typeof writeTogether>[1][number][]): unknown[] {
  return writeTogether(connection, batches).map((outcome) =>
    'results' in outcome
      ? outcome.results.flat().map(({ n }) => n)
      : /(?:CHECK|UNIQUE|FOREIGN KEY|no such)/.exec(String(outcome.error))?.[0],
  )
}

test('a batch that breaks a rule leaves nothing, and its neighbours are kept', () => {
  expect(written([entry(1), entry(2)], [entry(3), entry(13)], [entry(4)], [entry(1)], [entry(5)])).toEqual([
    [1, 2],
    'CHECK',
    [4],
    'UNIQUE',
    [5],
  ])
  expect(kept()).toEqual([1, 2, 4, 5])
})

test('a batch sees what those before it in the group have written', () => {
  const count = { sql: 'SELECT COUNT(*) AS n FROM entry' }
  expect(written([entry(1)], [count, entry(2)], [count])).toEqual([[1], [1, 2], [2]])
})

test('a rule that is checked at the end refuses its own batch only', () => {
  expect(written([entry(1)], [entry(2), unposted], [entry(3)])).toEqual([[1], 'FOREIGN KEY', [3]])
  expect(kept()).toEqual([1, 3])
})

test('a batch that ends the transaction of all is refused alone', () => {
  expect(written([entry(1)], [{ sql: 'ROLLBACK' }, { sql: 'SELECT * FROM absent' }], [entry(3)])).toEqual([
    [1],
    'no such',
    [3],
  ])
  expect(kept()).toEqual([1, 3])
})

test('behind a foreign lock nothing is written and nothing reported; afterwards everything is, once', () => {
  other.run({ sql: 'BEGIN IMMEDIATE' })
  expect(() => written([entry(1)], [entry(2)])).toThrow(/locked|BUSY/)
  other.rollBack()
  connection.reconnect()
  expect(written([entry(1)], [entry(2)])).toEqual([[1], [2]])
  expect(kept()).toEqual([1, 2])
})

test('what was bound to a text before is never bound again', () => {
  expect(connection.run({ sql: 'SELECT ?1 AS a, ?2 AS b', args: ['x', 'of somebody else'] })).toEqual([
    { a: 'x', b: 'of somebody else' },
  ])
  expect(connection.run({ sql: 'SELECT ?1 AS a, ?2 AS b', args: ['y'] })).toEqual([{ a: 'y', b: null }])
})

test('a table that another connection has changed is read as it is now', () => {
  connection.run(entry(1))
  const all = { sql: 'SELECT * FROM entry' }
  expect(connection.run(all)).toEqual([{ n: 1, posting: null }])
  other.runScript('ALTER TABLE entry ADD COLUMN note TEXT')
  expect(connection.run(all)).toEqual([{ n: 1, posting: null, note: null }])
})
