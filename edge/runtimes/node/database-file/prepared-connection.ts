/** One connection of libSQL whose statements are prepared once, for a thread that may wait for the disk. */
import Libsql from 'libsql'
import type { Row, SqlValue, Statement } from '../../../ports.ts'

/** More than the product has texts; those whose text depends on a request push each other out. */
const MAX_PREPARED = 600

interface Prepared {
  readonly statement: ReturnType<Libsql.Database['prepare']>
  /** What is not bound anew keeps the value of the last use, so nothing else may be bound than the first time. */
  readonly bound: number
  /** Of those that answer with rows. */
  columns: readonly string[] | undefined
}

export class PreparedConnection {
  readonly #path: string
  readonly #timeoutMs: number
  readonly #prepared = new Map<string, Prepared>()
  #database: Libsql.Database

  /** @param timeoutMs how long a statement waits for a lock that another process holds */
  constructor(path: string, timeoutMs: number) {
    this.#path = path
    this.#timeoutMs = timeoutMs
    this.#database = this.#open()
  }

  /** In a transaction that has not ended, also not by itself as after a full disk. */
  get inTransaction(): boolean {
    return this.#database.inTransaction
  }

  /** @throws SqliteError */
  run({ sql, args = [] }: Statement): Row[] {
    const prepared = this.#prepare(sql, args.length)
    const { statement, columns } = prepared
    const values = args.map((value) => (value instanceof Uint8Array ? Buffer.from(value) : value))
    if (!columns) {
      statement.run(values)
      return []
    }
    const rows = statement.all(values) as unknown[][]
    // `SELECT *` after another process has changed the table.
    const [first] = rows
    if (first && first.length !== columns.length) prepared.columns = namesOf(statement)
    return rows.map((row) => toRow(prepared.columns ?? columns, row))
  }

  /** A script of several statements; what it leaves open is taken back. @throws SqliteError */
  runScript(sql: string): void {
    try {
      this.#database.exec(sql)
    } finally {
      this.#prepared.clear()
      this.rollBack()
    }
  }

  rollBack(): void {
    if (this.#database.inTransaction) this.#database.exec('ROLLBACK')
  }

  /**
   * After SQLITE_BUSY, before anything else: a connection that met a lock reports the next statement as done and loses
   * it. What was open on it is taken back.
   */
  reconnect(): void {
    this.close()
    this.#database = this.#open()
  }

  close(): void {
    this.#prepared.clear()
    if (!this.#database.open) return
    // A connection lives as long as its statements do, and so would its locks.
    this.rollBack()
    this.#database.close()
  }

  #open(): Libsql.Database {
    const database = new Libsql(this.#path, { timeout: this.#timeoutMs })
    // Of the connection, not of the file.
    database.exec('PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON')
    return database
  }

  #prepare(sql: string, bound: number): Prepared {
    const known = this.#prepared.get(sql)
    const prepared = known?.bound === bound ? known : prepare(this.#database, sql, bound)
    // Anew at the end: the order of the map is the order of use.
    this.#prepared.delete(sql)
    this.#prepared.set(sql, prepared)
    if (this.#prepared.size > MAX_PREPARED) {
      const [oldest] = this.#prepared.keys()
      if (oldest !== undefined) this.#prepared.delete(oldest)
    }
    return prepared
  }
}

function prepare(database: Libsql.Database, sql: string, bound: number): Prepared {
  const statement = database.prepare(sql)
  if (!statement.reader) return { statement, bound, columns: undefined }
  statement.raw(true)
  return { statement, bound, columns: namesOf(statement) }
}

function namesOf(statement: Prepared['statement']): readonly string[] {
  return statement.columns().map(({ name }) => name)
}

function toRow(columns: readonly string[], values: readonly unknown[]): Row {
  const row: Record<string, SqlValue> = {}
  // Of equal names the first counts, as in the client for servers.
  for (const [index, name] of columns.entries())
    if (!Object.hasOwn(row, name)) row[name] = toValue(values[index])
  return row
}

/** @throws RangeError for an integer that a number cannot hold */
function toValue(value: unknown): SqlValue {
  if (typeof value === 'number' && Number.isInteger(value) && !Number.isSafeInteger(value))
    throw new RangeError('A column holds a number beyond what JavaScript can count')
  return value instanceof Buffer ? new Uint8Array(value) : (value as SqlValue)
}
