/** The schema that this edge needs. The migrations themselves stay out of what is uploaded to Workers. */
import { AppError } from '../../shared/errors.ts'
import type { Database } from '../ports.ts'

/** Of the newest migration; `migrate.test.ts` holds it to the list. */
export const SCHEMA_VERSION = 50

/** 0 for an empty database. */
export async function schemaVersion(database: Database): Promise<number> {
  const [table] = await database.read({
    sql: `SELECT 1 AS found FROM sqlite_master WHERE type = 'table' AND name = 'schema_migration'`,
  })
  if (!table) return 0
  const [row] = await database.read({
    sql: 'SELECT COALESCE(MAX(version), 0) AS version FROM schema_migration',
  })
  return Number(row?.version ?? 0)
}

/**
 * A check that asks the database until it is new enough, and never again after that.
 * The returned function throws AppError `schema_outdated`.
 */
export function schemaGuard(database: Database): () => Promise<void> {
  let isCurrent = false
  return async () => {
    if (isCurrent) return
    if ((await schemaVersion(database)) < SCHEMA_VERSION) throw new AppError('schema_outdated')
    isCurrent = true
  }
}
