/**
 * libSQL over HTTP (sqld, Turso). No queue: the server has the one writer. The same batch is sent again when its
 * outcome is unknown, which idempotency keys and ids made by the caller make safe.
 */
import { BatchCond, Stmt, type HttpStream, type RowsResult } from '@libsql/hrana-client'
import { AppError } from '../../shared/errors.ts'
import type { Clock, Row, SqlValue, Statement } from '../ports.ts'
import { constraintError } from './constraint.ts'
import type { MigratableDatabase } from './migrate.ts'
import { openStreams } from './remote-stream.ts'

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
  // As the addresses of Turso are written.
  const address = url.replace(/^libsql:/, 'https:')
  const streams = openStreams({ url: address, authToken, clock, timeoutMs })

  async function run<T>(work: () => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await work()
      } catch (cause) {
        const broken = constraintError(codedMessage(cause), cause)
        if (broken) throw broken
        if (!mayHaveHappened(cause)) throw cause
        if (attempt >= attempts) throw new AppError('database_unavailable', { cause })
        await clock.sleep(50 * 2 ** attempt)
      }
    }
  }

  return {
    read: (statement) => run(() => streams.use((stream) => readOn(stream, statement))),
    write: (batch) => run(() => streams.use((stream) => writeOn(stream, batch))),
    async executeScript(sql) {
      // Not repeated: a migration is not idempotent.
      try {
        await streams.use((stream) => stream.sequence(sql))
      } catch (cause) {
        if (mayHaveHappened(cause)) throw new AppError('database_unavailable', { cause })
        throw cause
      }
    },
    close() {
      streams.forgetAll()
      return Promise.resolve()
    },
  }
}

async function readOn(stream: HttpStream, statement: Statement): Promise<readonly Row[]> {
  return rowsOf(await stream.query(toStmt(statement)))
}

/** One transaction, in one request: written as a whole, or not at all. */
async function writeOn(stream: HttpStream, statements: readonly Statement[]): Promise<(readonly Row[])[]> {
  const batch = stream.batch(false)
  const begin = batch.step()
  const steps: Promise<RowsResult | undefined>[] = []
  const begun = begin.run('BEGIN IMMEDIATE')
  let last = begin
  for (const statement of statements) {
    last = batch.step().condition(BatchCond.ok(last))
    steps.push(last.query(toStmt(statement)))
  }
  const commit = batch.step().condition(BatchCond.ok(last))
  const committed = commit.run('COMMIT')
  const rolledBack = batch
    .step()
    .condition(BatchCond.not(BatchCond.ok(commit)))
    .run('ROLLBACK')
  // Each is looked at below; without this, those behind the first that failed would be rejections of nobody.
  void Promise.allSettled([begun, ...steps, committed, rolledBack])
  await batch.execute()
  await begun
  const results: (readonly Row[])[] = []
  for (const step of steps) results.push(rowsOf(await step))
  if ((await committed) === undefined)
    throw new TypeError('A transaction did not end, and nothing in it has failed')
  return results
}

function rowsOf(result: RowsResult | undefined): readonly Row[] {
  if (!result) throw new TypeError('A statement was left out, and none before it has failed')
  return result.rows.map(toRow)
}

/** The code of SQLite before the text: the words of a broken rule are looked for in both. */
function codedMessage(error: unknown): string {
  if (!(error instanceof Error)) return ''
  return 'code' in error && typeof error.code === 'string' ? `${error.code}: ${error.message}` : error.message
}

/** SQLite's own refusals are final; everything else (BUSY, network, time-out, 5xx) may be sent again. */
function mayHaveHappened(cause: unknown): boolean {
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : ''
  return !/^SQLITE_|^SQL_/.test(code) || /^SQLITE_(?:BUSY|LOCKED)/.test(code)
}

function toStmt({ sql, args = [] }: Statement): Stmt {
  const stmt = new Stmt(sql)
  stmt.bindIndexes([...args])
  return stmt
}

function toRow(row: Readonly<Record<string, unknown>>): Row {
  return Object.fromEntries(Object.entries(row).map(([name, value]) => [name, toValue(value)]))
}

function toValue(value: unknown): SqlValue {
  return value instanceof ArrayBuffer ? new Uint8Array(value) : (value as SqlValue)
}
