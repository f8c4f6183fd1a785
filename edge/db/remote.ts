/**
 * libSQL over HTTP (sqld, Turso). No queue and no state: the server has the one writer. The same batch is sent
 * again when its outcome is unknown, which idempotency keys and ids made by the caller make safe.
 */
import { createClient } from '@libsql/client/http'
import { AppError } from '../../shared/errors.ts'
import type { Clock, Row, SqlValue, Statement } from '../ports.ts'
import { constraintError } from './constraint.ts'
import type { MigratableDatabase } from './migrate.ts'

export interface RemoteDatabaseOptions {
  readonly url: string
  readonly authToken?: string
  readonly clock: Clock
  /** For one attempt. */
  readonly timeoutMs?: number
  readonly attempts?: number
}

export function openRemoteDatabase({
  url,
  authToken,
  clock,
  timeoutMs = 5_000,
  attempts = 3,
}: RemoteDatabaseOptions): MigratableDatabase {
  // One for each call: a client queues its calls, and on Workers nobody may wait for another request's promise.
  const connect = () =>
    createClient({
      url,
      ...(authToken !== undefined && { authToken }),
      intMode: 'number',
      fetch: (input: Request) =>
        fetch(input, { signal: AbortSignal.any([input.signal, AbortSignal.timeout(timeoutMs)]) }),
    })

  async function run<T>(work: () => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await work()
      } catch (cause) {
        const message = cause instanceof Error ? cause.message : ''
        const broken = constraintError(message, cause)
        if (broken) throw broken
        if (!mayHaveHappened(cause)) throw cause
        if (attempt >= attempts) throw new AppError('database_unavailable', { cause })
        await clock.sleep(50 * 2 ** attempt)
      }
    }
  }

  return {
    async read(statement) {
      return run(async () => (await connect().execute(toLibsql(statement))).rows.map(toRow))
    },
    async write(batch) {
      return run(async () =>
        (await connect().batch(batch.map(toLibsql), 'write')).map((result) => result.rows.map(toRow)),
      )
    },
    async executeScript(sql) {
      // Not repeated: a migration is not idempotent.
      try {
        await connect().executeMultiple(sql)
      } catch (cause) {
        if (mayHaveHappened(cause)) throw new AppError('database_unavailable', { cause })
        throw cause
      }
    },
    close: () => Promise.resolve(),
  }
}

/** SQLite's own refusals are final; everything else (BUSY, network, time-out, 5xx) may be sent again. */
function mayHaveHappened(cause: unknown): boolean {
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : ''
  return !/^SQLITE_|^SQL_/.test(code) || /^SQLITE_(?:BUSY|LOCKED)/.test(code)
}

function toLibsql({ sql, args = [] }: Statement): { sql: string; args: SqlValue[] } {
  return { sql, args: [...args] }
}

function toRow(row: Readonly<Record<string, unknown>>): Row {
  return Object.fromEntries(Object.entries(row).map(([name, value]) => [name, toValue(value)]))
}

function toValue(value: unknown): SqlValue {
  return value instanceof ArrayBuffer ? new Uint8Array(value) : (value as SqlValue)
}
