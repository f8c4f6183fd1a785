/** A database thread: it alone touches its connection, one request after another. */
import { createClient, type Client, type Transaction } from '@libsql/client/sqlite3'
import { parentPort, workerData } from 'node:worker_threads'
import { constraintError } from '../../../db/constraint.ts'
import type { Row, SqlValue, Statement } from '../../../ports.ts'
import type { DatabaseAnswer, DatabaseFailure, DatabaseRequest, DatabaseThreadData } from './messages.ts'

const { path, role, timeoutMs, attempts, mustOwn } = workerData as DatabaseThreadData
const port = parentPort
if (!port) throw new TypeError('database-file/thread.ts runs as a worker thread only')

let ownership: { client: Client; held: Transaction } | undefined
let client: Client | undefined
let queue = open()

port.on('message', (request: DatabaseRequest) => {
  queue = queue.then(() => serve(request))
})

async function open(): Promise<void> {
  try {
    if (mustOwn && role === 'writer') ownership = await own()
    // One connection, so that what was set on it holds for every statement.
    client = createClient({ url: `file:${path}`, timeout: timeoutMs, concurrency: 1 })
    await setUp(client)
    answer({ kind: 'ready' })
  } catch (error) {
    answer({ kind: 'refused', message: messageOf(error) })
  }
}

/**
 * An exclusive transaction on a file of its own: the system releases it when the process dies, however it
 * dies, and it means the same in every container. A file with a process id in it does neither.
 */
async function own(): Promise<{ client: Client; held: Transaction }> {
  const lock = createClient({ url: `file:${path}.owner`, timeout: 0, concurrency: 1 })
  try {
    return { client: lock, held: await lock.transaction('write') }
  } catch (error) {
    lock.close()
    throw isBusy(error) ? new Error('it is in use by another Panggung process', { cause: error }) : error
  }
}

async function setUp(connection: Client): Promise<void> {
  // WAL stays in the file; the others belong to the connection.
  if (role === 'writer') await connection.execute('PRAGMA journal_mode = WAL')
  await connection.execute('PRAGMA synchronous = FULL')
  await connection.execute('PRAGMA foreign_keys = ON')
}

async function serve(request: DatabaseRequest): Promise<void> {
  const { id } = request
  try {
    if (!client) throw new Error('The database is not open')
    answer({ kind: 'done', id, results: await carryOut(client, request) })
  } catch (error) {
    answer({ kind: 'failed', id, failure: failureOf(error) })
  }
  if (request.kind === 'close') port?.close()
}

async function carryOut(connection: Client, request: DatabaseRequest): Promise<readonly (readonly Row[])[]> {
  switch (request.kind) {
    case 'read':
      return withRetry(connection, async () => [
        (await connection.execute(toLibsql(request.statement))).rows.map(toRow),
      ])
    case 'write':
      return withRetry(connection, async () =>
        (await connection.batch(request.batch.map(toLibsql), 'write')).map((result) =>
          result.rows.map(toRow),
        ),
      )
    case 'script':
      return withRetry(connection, async () => {
        await connection.executeMultiple(request.sql)
        return []
      })
    case 'close':
      connection.close()
      ownership?.held.close()
      ownership?.client.close()
      return []
  }
}

/**
 * After one SQLITE_BUSY the next statement on that connection reports success and is lost, so the
 * connection is replaced before anything else happens on it.
 */
async function withRetry<T>(connection: Client, work: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await work()
    } catch (error) {
      if (!isBusy(error)) throw error
      await reconnect(connection)
      if (attempt >= attempts) throw error
    }
  }
}

async function reconnect(connection: Client): Promise<void> {
  // Typed as synchronous by the package, but it answers with a promise.
  await Promise.resolve(connection.reconnect())
  await connection.execute('PRAGMA synchronous = FULL')
  await connection.execute('PRAGMA foreign_keys = ON')
}

function isBusy(error: unknown): boolean {
  return /SQLITE_(?:BUSY|LOCKED)|database is locked/.test(messageOf(error))
}

function failureOf(error: unknown): DatabaseFailure {
  const message = messageOf(error)
  if (constraintError(message)) return { kind: 'constraint', message }
  // IOERR, FULL and CANTOPEN are the disk's trouble, not the request's.
  return isBusy(error) || /SQLITE_(?:IOERR|FULL|CANTOPEN|READONLY)/.test(message)
    ? { kind: 'unavailable', message }
    : { kind: 'other', message }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
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

function answer(message: DatabaseAnswer): void {
  port?.postMessage(message)
}
