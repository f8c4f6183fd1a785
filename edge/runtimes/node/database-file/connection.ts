/** A connection to the file: one request after another, and none is lost to a lock that another process holds. */
import { createClient, type Client, type Transaction } from '@libsql/client/sqlite3'
import type { Row, SqlValue, Statement } from '../../../ports.ts'
import { isBusy } from './failure.ts'
import type { DatabaseQuestion, DatabaseThreadData } from './messages.ts'

type Settings = DatabaseThreadData

/** Opens at once; what is asked meanwhile waits. */
export class DatabaseConnection {
  readonly #settings: Settings
  #ownership: { client: Client; held: Transaction } | undefined
  #client: Client | undefined
  #queue: Promise<unknown>
  /** Rejects when the file cannot be opened or another process owns it. */
  readonly opened: Promise<void>

  constructor(settings: Settings) {
    this.#settings = settings
    this.opened = this.#open()
    this.#queue = this.opened.catch(() => undefined)
  }

  /** @throws what libSQL says; `failureOf` reads it */
  ask(question: DatabaseQuestion): Promise<readonly (readonly Row[])[]> {
    const answered = this.#queue.then(() => {
      if (!this.#client) throw new Error('The database is not open')
      return this.#carryOut(this.#client, question)
    })
    this.#queue = answered.catch(() => undefined)
    return answered
  }

  async #open(): Promise<void> {
    const { path, role, timeoutMs, mustOwn } = this.#settings
    if (mustOwn && role === 'writer') this.#ownership = await own(path)
    // One connection, so that what was set on it holds for every statement.
    const client = createClient({ url: `file:${path}`, timeout: timeoutMs, concurrency: 1 })
    // WAL stays in the file; the others belong to the connection.
    if (role === 'writer') await client.execute('PRAGMA journal_mode = WAL')
    await setUp(client)
    this.#client = client
  }

  async #carryOut(connection: Client, request: DatabaseQuestion): Promise<readonly (readonly Row[])[]> {
    switch (request.kind) {
      case 'read':
        return this.#withRetry(connection, async () => [
          (await connection.execute(toLibsql(request.statement))).rows.map(toRow),
        ])
      case 'write':
        return this.#withRetry(connection, async () =>
          (await connection.batch(request.batch.map(toLibsql), 'write')).map((result) =>
            result.rows.map(toRow),
          ),
        )
      case 'script':
        return this.#withRetry(connection, async () => {
          await connection.executeMultiple(request.sql)
          return []
        })
      case 'close':
        connection.close()
        this.#ownership?.held.close()
        this.#ownership?.client.close()
        return []
    }
  }

  /**
   * After one SQLITE_BUSY the next statement on that connection reports success and is lost, so the
   * connection is replaced before anything else happens on it.
   */
  async #withRetry<T>(connection: Client, work: () => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await work()
      } catch (error) {
        if (!isBusy(error)) throw error
        // Typed as synchronous by the package, but it answers with a promise.
        await Promise.resolve(connection.reconnect())
        await setUp(connection)
        if (attempt >= this.#settings.attempts) throw error
      }
    }
  }
}

async function setUp(connection: Client): Promise<void> {
  await connection.execute('PRAGMA synchronous = FULL')
  await connection.execute('PRAGMA foreign_keys = ON')
}

/**
 * An exclusive transaction on a file of its own: the system releases it when the process dies, however it
 * dies, and it means the same in every container. A file with a process id in it does neither.
 */
async function own(path: string): Promise<{ client: Client; held: Transaction }> {
  const lock = createClient({ url: `file:${path}.owner`, timeout: 0, concurrency: 1 })
  try {
    return { client: lock, held: await lock.transaction('write') }
  } catch (error) {
    lock.close()
    throw isBusy(error) ? new Error('it is in use by another Panggung process', { cause: error }) : error
  }
}

function toLibsql({ sql, args = [] }: Statement): { sql: string; args: (string | number | null | Buffer)[] } {
  return { sql, args: args.map((value) => (value instanceof Uint8Array ? Buffer.from(value) : value)) }
}

function toRow(row: Readonly<Record<string, unknown>>): Row {
  return Object.fromEntries(Object.entries(row).map(([name, value]) => [name, toValue(value)]))
}

function toValue(value: unknown): SqlValue {
  return value instanceof ArrayBuffer ? new Uint8Array(value) : (value as SqlValue)
}
