import { createClient } from '@libsql/client'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, mkdtemp, readdir, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { migrate, MIGRATIONS } from '../../../db/migrate.ts'
import { schemaVersion } from '../../../db/schema.ts'
import { ConstraintError } from '../../../ports.ts'
import { openDatabaseFile } from './database-file.ts'

let folder: string
let path: string
const closing: (() => unknown)[] = []

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'panggung-db-'))
  path = join(folder, 'panggung.db')
})
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close()
  await rm(folder, { recursive: true })
})

async function open(options: Partial<Parameters<typeof openDatabaseFile>[0]> = {}) {
  const database = await openDatabaseFile({ path, ...options })
  closing.push(() => database.close())
  return database
}

/** Another process that takes the write lock now and lets go when told. */
async function lockElsewhere(): Promise<() => Promise<void>> {
  const script = `
    import { DatabaseSync } from 'node:sqlite'
    const db = new DatabaseSync(process.argv[1], { timeout: 10_000 })
    db.exec('BEGIN IMMEDIATE')
    console.log('locked')
    process.stdin.once('data', () => { db.exec('ROLLBACK'); db.close(); process.exit() })`
  const child = spawn(process.execPath, ['--no-warnings', '--input-type=module', '-e', script, path], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  closing.push(() => child.kill())
  await once(createInterface(child.stdout), 'line')
  return async () => {
    const exit = once(child, 'exit')
    child.stdin.write('let go\n')
    await exit
  }
}

async function namesOnDisk(): Promise<unknown[]> {
  const other = createClient({ url: `file:${path}` })
  const { rows } = await other.execute('SELECT name FROM setting ORDER BY name')
  other.close()
  return rows.map((row) => row['name'])
}

function put(name: string) {
  return { sql: 'INSERT INTO setting (name, value) VALUES (?, ?)', args: [name, 'x'] }
}

// Short, but longer than our own threads may keep each other waiting while they open the file on a busy machine.
test('a write after one that failed on a foreign lock is not lost', async () => {
  const database = await open({ timeoutMs: 300, attempts: 2 })
  await migrate(database, 0)
  const letGo = await lockElsewhere()
  await expect(database.write([put('refused')])).rejects.toMatchObject({ code: 'database_unavailable' })
  await letGo()
  await database.write([put('after')])
  expect(await namesOnDisk()).toEqual(['after'])
})

test('a batch that meets a foreign lock is tried again and kept once', async () => {
  const database = await open({ timeoutMs: 300, attempts: 100 })
  await migrate(database, 0)
  const letGo = await lockElsewhere()
  const written = database.write([put('a'), put('b')])
  // Reads go on while the writer waits.
  expect(await database.read({ sql: 'SELECT COUNT(*) AS n FROM setting' })).toEqual([{ n: 0 }])
  await letGo()
  await written
  await database.write([put('c')])
  expect(await namesOnDisk()).toEqual(['a', 'b', 'c'])
})

test('a batch happens as a whole or not at all, and names the rule', async () => {
  const database = await open()
  await migrate(database, 0)
  const refused = database.write([put('first'), put('first')])
  await expect(refused).rejects.toBeInstanceOf(ConstraintError)
  await expect(refused).rejects.toMatchObject({ rule: 'setting.name' })
  expect(await namesOnDisk()).toEqual([])
})

test('values come back as they went in', async () => {
  const database = await open()
  const bytes = new Uint8Array([0, 1, 255])
  const [rows] = await database.write([
    { sql: 'SELECT ? AS text, ? AS number, ? AS absent, ? AS bytes', args: ['é', 2 ** 50, null, bytes] },
  ])
  expect(rows).toEqual([{ text: 'é', number: 2 ** 50, absent: null, bytes }])
})

test('a second owner is refused with a clear line, also after which the first goes on', async () => {
  const database = await open()
  await migrate(database, 0)
  await expect(openDatabaseFile({ path })).rejects.toThrow(
    `Cannot open the database ${path}: it is in use by another Panggung process`,
  )
  await database.write([put('still here')])
  await database.close()
  const next = await open()
  expect(await next.read({ sql: 'SELECT name FROM setting' })).toEqual([{ name: 'still here' }])
})

test('a visitor beside the owner writes what the owner then reads', async () => {
  const database = await open()
  await migrate(database, 0)
  const visitor = await openDatabaseFile({ path, mustOwn: false })
  await Promise.all([visitor.write([put('visitor')]), database.write([put('owner')])])
  await visitor.close()
  const names = await database.read({ sql: 'SELECT name FROM setting ORDER BY name' })
  expect(names).toEqual([{ name: 'owner' }, { name: 'visitor' }])
})

test('migrating twice applies everything once; a broken migration leaves nothing behind', async () => {
  const database = await open()
  expect(await migrate(database, 0)).toEqual(MIGRATIONS.map(({ name }) => name))
  expect(await migrate(database, 0)).toEqual([])
  const version = await schemaVersion(database)
  const broken = {
    version: version + 1,
    name: 'broken',
    sql: 'CREATE TABLE half (x); CREATE TABLE half (x);',
  }
  await expect(migrate(database, 0, [broken])).rejects.toThrow(/already exists/)
  expect(await schemaVersion(database)).toBe(version)
  expect(await database.read({ sql: `SELECT name FROM sqlite_master WHERE name = 'half'` })).toEqual([])
})

test('an address that cannot be opened is one clear line', async () => {
  await expect(openDatabaseFile({ path: join(folder, 'missing', 'x.db') })).rejects.toThrow(
    /^Cannot open the database .*x\.db: /,
  )
})

test('what is asked after closing is refused', async () => {
  const database = await openDatabaseFile({ path })
  await database.close()
  await expect(database.read({ sql: 'SELECT 1' })).rejects.toMatchObject({ code: 'database_unavailable' })
})

test('the files are for their owner alone, also those that were there before', async () => {
  const modes = async () => {
    const names = (await readdir(folder)).toSorted()
    return Promise.all(
      names.map(async (name) => `${name} ${((await stat(join(folder, name))).mode & 0o777).toString(8)}`),
    )
  }
  const expected = ['panggung.db 600', 'panggung.db-shm 600', 'panggung.db-wal 600', 'panggung.db.owner 600']
  const umask = process.umask(0o022)
  closing.push(() => process.umask(umask))
  const database = await open()
  await migrate(database, 0)
  expect(await modes()).toEqual(expect.arrayContaining(expected))
  // A second process, such as a reset of a password, finds what an older version left.
  for (const name of await readdir(folder)) await chmod(join(folder, name), 0o644)
  await open({ mustOwn: false })
  expect(await modes()).toEqual(expect.arrayContaining(expected))
})
