/** A connection to the file: one request after another, and none is lost to a lock that another process holds. */
import type { Row, Statement } from '../../../ports.ts'
import { isBusy } from './failure.ts'
import { writeTogether, type Outcome } from './group-commit.ts'
import type { DatabaseQuestion, DatabaseThreadData } from './messages.ts'
import { PreparedConnection } from './prepared-connection.ts'

/** Batches in one transaction: beyond that, those at its beginning would wait for those at its end. */
const MAX_GROUP = 64

type Results = readonly (readonly Row[])[]

interface Waiting<Question = DatabaseQuestion> {
  readonly question: Question
  readonly settle: (outcome: Outcome) => void
}

/** Opens at once; what is asked meanwhile waits. */
export class DatabaseConnection {
  readonly #settings: DatabaseThreadData
  readonly #waiting: Waiting[] = []
  #isDue = false
  #lock: PreparedConnection | undefined
  #connection: PreparedConnection | undefined
  /** Rejects when the file cannot be opened or another process owns it. */
  readonly opened: Promise<void>

  constructor(settings: DatabaseThreadData) {
    this.#settings = settings
    this.opened = Promise.resolve().then(() => this.#open())
  }

  /** @throws what libSQL says; `failureOf` reads it */
  ask(question: DatabaseQuestion): Promise<Results> {
    return new Promise((resolve, reject) => {
      const settle = (outcome: Outcome): void => {
        if ('results' in outcome) resolve(outcome.results)
        else reject(outcome.error)
      }
      this.#waiting.push({ question, settle })
      if (this.#isDue) return
      this.#isDue = true
      // What else is asked in this moment waits for the disk together with it.
      void this.opened.catch(() => undefined).then(() => this.#serve())
    })
  }

  #open(): void {
    const { path, role, timeoutMs, mustOwn } = this.#settings
    if (mustOwn && role === 'writer') this.#lock = own(path)
    const connection = new PreparedConnection(path, timeoutMs)
    // Stays in the file.
    if (role === 'writer') connection.run({ sql: 'PRAGMA journal_mode = WAL' })
    this.#connection = connection
  }

  #serve(): void {
    this.#isDue = false
    for (let writes = this.#nextWrites(); ; writes = this.#nextWrites())
      if (writes.length > 0) this.#write(writes)
      else if (!this.#answerNext()) return
  }

  #nextWrites(): readonly Waiting<readonly Statement[]>[] {
    const writes: Waiting<readonly Statement[]>[] = []
    for (const { question, settle } of this.#waiting) {
      if (question.kind !== 'write' || writes.length === MAX_GROUP) break
      writes.push({ question: question.batch, settle })
    }
    this.#waiting.splice(0, writes.length)
    return writes
  }

  #write(writes: readonly Waiting<readonly Statement[]>[]): void {
    const batches = writes.map(({ question }) => question)
    let outcomes: readonly Outcome[]
    try {
      outcomes = this.#withRetry((connection) => writeTogether(connection, batches))
    } catch (error) {
      outcomes = writes.map(() => ({ error }))
    }
    for (const [index, { settle }] of writes.entries())
      settle(outcomes[index] ?? { error: new TypeError('A batch has no outcome') })
  }

  /** @returns false when nothing waits */
  #answerNext(): boolean {
    const next = this.#waiting.shift()
    if (!next) return false
    try {
      next.settle({ results: this.#carryOut(next.question) })
    } catch (error) {
      next.settle({ error })
    }
    return true
  }

  #carryOut(question: DatabaseQuestion): Results {
    switch (question.kind) {
      case 'read':
        return this.#withRetry((connection) => [connection.run(question.statement)])
      case 'write':
        throw new TypeError('Batches are written in groups')
      case 'script':
        this.#withRetry((connection) => connection.runScript(question.sql))
        return []
      case 'close':
        this.#connection?.close()
        this.#lock?.close()
        return []
    }
  }

  #withRetry<T>(work: (connection: PreparedConnection) => T): T {
    const connection = this.#connection
    if (!connection) throw new Error('The database is not open')
    for (let attempt = 1; ; attempt++) {
      try {
        return work(connection)
      } catch (error) {
        if (!isBusy(error)) throw error
        connection.reconnect()
        if (attempt >= this.#settings.attempts) throw error
      }
    }
  }
}

/**
 * An exclusive transaction on a file of its own: the system releases it when the process dies, however it
 * dies, and it means the same in every container. A file with a process id in it does neither.
 */
function own(path: string): PreparedConnection {
  try {
    const lock = new PreparedConnection(`${path}.owner`, 0)
    lock.run({ sql: 'BEGIN IMMEDIATE' })
    return lock
  } catch (error) {
    throw isBusy(error) ? new Error('it is in use by another Panggung process', { cause: error }) : error
  }
}
