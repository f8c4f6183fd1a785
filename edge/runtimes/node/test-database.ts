/**
 * A real database file without its threads: one connection in this process, on a copy of a file that was migrated
 * once. A thread and sixteen migrations for each test cost more than all that is tested.
 */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { AppError } from '../../../shared/errors.ts'
import { type MigratableDatabase, migrate } from '../../db/migrate.ts'
import { DatabaseConnection } from './database-file/connection.ts'
import { errorOf, failureOf } from './database-file/failure.ts'
import type { DatabaseQuestion } from './database-file/messages.ts'

/** When the migrations were applied. Tests that mind migrate by themselves. */
const MIGRATED_AT_MS = 0

let migrated: Promise<Uint8Array> | undefined

/** @param folder of this test alone; whoever made it removes it */
export async function openTestDatabase(folder: string): Promise<MigratableDatabase> {
  migrated ??= migratedFile()
  const path = join(folder, 'panggung.db')
  await writeFile(path, await migrated)
  return connect(path)
}

async function migratedFile(): Promise<Uint8Array> {
  const folder = await mkdtemp(join(tmpdir(), 'panggung-migrated-'))
  try {
    const path = join(folder, 'panggung.db')
    const database = await connect(path)
    await migrate(database, MIGRATED_AT_MS)
    await database.executeScript('PRAGMA wal_checkpoint(TRUNCATE)')
    await database.close()
    return await readFile(path)
  } finally {
    await rm(folder, { recursive: true })
  }
}

async function connect(path: string): Promise<MigratableDatabase> {
  const connection = new DatabaseConnection({
    path,
    role: 'writer',
    timeoutMs: 2_000,
    attempts: 3,
    mustOwn: false,
  })
  await connection.opened
  let isClosed = false
  async function ask(question: DatabaseQuestion) {
    if (isClosed) throw new AppError('database_unavailable')
    try {
      return await connection.ask(question)
    } catch (error) {
      throw errorOf(failureOf(error))
    }
  }
  // Nothing of a test outlives a power cut.
  await ask({ kind: 'script', sql: 'PRAGMA synchronous = OFF' })
  return {
    async read(statement) {
      const [rows = []] = await ask({ kind: 'read', statement })
      return rows
    },
    write: (batch) => ask({ kind: 'write', batch }),
    async executeScript(sql) {
      await ask({ kind: 'script', sql })
    },
    async close() {
      if (isClosed) return
      await ask({ kind: 'close' })
      isClosed = true
    },
  }
}
