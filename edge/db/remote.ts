/**
 * libSQL over HTTP (sqld, Turso). The same batch is sent again when its outcome is unknown, which idempotency keys
 * and ids made by the caller make safe.
 */
import { AppError } from '../../shared/errors.ts'
import type { Clock } from '../ports.ts'
import { codedMessage, constraintError } from './constraint.ts'
import type { MigratableDatabase } from './migrate.ts'
import { streamLender, toRow } from './remote-stream.ts'
import { NotTogetherError, writeOn, writesInTurn, type Outcome } from './remote-writes.ts'

export interface RemoteDatabaseOptions {
  readonly url: string
  readonly authToken?: string
  readonly clock: Clock
  /** For one attempt. */
  readonly timeoutMs?: number
  readonly attempts?: number
  /** False on Workers, where nobody may wait for another request's promise: then there is no state at all. */
  readonly keepsStreams?: boolean
}

export function openRemoteDatabase({
  url,
  authToken,
  clock,
  timeoutMs = 5_000,
  attempts = 3,
  keepsStreams = false,
}: RemoteDatabaseOptions): MigratableDatabase {
  const useStream = streamLender({
    // As the addresses of Turso are written.
    url: url.replace(/^libsql:/, 'https:'),
    authToken,
    clock,
    timeoutMs,
    keepsStreams,
  })

  async function run<T>(work: () => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await work()
      } catch (cause) {
        if (cause instanceof NotTogetherError || !mayHaveHappened(cause)) throw nameRule(cause)
        if (attempt >= attempts) throw new AppError('database_unavailable', { cause })
        await clock.sleep(50 * 2 ** attempt)
      }
    }
  }

  type Batches = Parameters<typeof writeOn>[1]
  const send = (batches: Batches) => run(() => useStream((stream) => writeOn(stream, batches)))

  /** @returns what became of each batch */
  async function write(batches: Batches): Promise<readonly Outcome[]> {
    try {
      return await send(batches)
    } catch (error) {
      if (!(error instanceof NotTogetherError)) throw error
    }
    const outcomes: Outcome[] = []
    for (const batch of batches)
      outcomes.push(...(await send([batch]).catch((error: unknown) => [{ error }])))
    return outcomes
  }

  async function writeAlone(batch: Batches[number]) {
    const [outcome] = await write([batch])
    if (!outcome) throw new TypeError('A batch has no outcome')
    if ('error' in outcome) throw outcome.error
    return outcome.results
  }

  const writeInTurn = keepsStreams ? writesInTurn(write) : writeAlone

  return {
    async read(statement) {
      return run(() =>
        useStream(async ({ hrana, toStmt }) => (await hrana.query(toStmt(statement))).rows.map(toRow)),
      )
    },
    async write(batch) {
      try {
        return await writeInTurn(batch)
      } catch (error) {
        throw nameRule(error)
      }
    },
    async executeScript(sql) {
      // Not repeated: a migration is not idempotent.
      try {
        await useStream(({ hrana }) => hrana.sequence(sql))
      } catch (cause) {
        if (mayHaveHappened(cause)) throw new AppError('database_unavailable', { cause })
        throw cause
      }
    },
    close: () => Promise.resolve(),
  }
}

function nameRule(error: unknown): unknown {
  return constraintError(codedMessage(error), error) ?? error
}

/** SQLite's own refusals are final; everything else (BUSY, network, time-out, 5xx) may be sent again. */
function mayHaveHappened(cause: unknown): boolean {
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : ''
  return !/^SQLITE_|^SQL_/.test(code) || /^SQLITE_(?:BUSY|LOCKED)/.test(code)
}
