/**
 * Batches that wait at the same time are written as one: one transaction, one sync of the disk, one request to a
 * server. For platforms where requests may wait for each other; on Workers they may not.
 */
import { AppError } from '../../shared/errors.ts'
import type { Row, Statement } from '../ports.ts'
import type { MigratableDatabase } from './migrate.ts'

type Rows = readonly (readonly Row[])[]

interface Waiting {
  readonly batch: readonly Statement[]
  readonly resolve: (rows: Rows) => void
  readonly reject: (error: unknown) => void
}

/** Beyond that, those at the beginning would wait for those at the end. */
const MAX_GROUP = 64
/** More than that waits only for a database that has stopped. */
const MAX_WAITING = 4096

/** A batch that breaks a rule takes nothing of the others with it: then each of them is written by itself, in turn. */
export function groupWrites(database: MigratableDatabase): MigratableDatabase {
  const waiting: Waiting[] = []
  let writing: Promise<void> | undefined

  async function writeAll(): Promise<void> {
    while (waiting.length > 0) await writeGroup(waiting.splice(0, MAX_GROUP))
    writing = undefined
  }

  async function writeGroup(group: readonly Waiting[]): Promise<void> {
    let rows: Rows
    try {
      rows = await database.write(group.flatMap(({ batch }) => batch))
    } catch (error) {
      const isAway = error instanceof AppError && error.code === 'database_unavailable'
      if (group.length === 1 || isAway) for (const { reject } of group) reject(error)
      else for (const each of group) await writeGroup([each])
      return
    }
    let from = 0
    for (const { batch, resolve } of group) resolve(rows.slice(from, (from += batch.length)))
  }

  return {
    ...database,
    write(batch) {
      if (waiting.length >= MAX_WAITING) return Promise.reject(new AppError('database_unavailable'))
      return new Promise((resolve, reject) => {
        waiting.push({ batch, resolve, reject })
        writing ??= writeAll()
      })
    },
    async close() {
      await writing
      await database.close()
    },
  }
}
