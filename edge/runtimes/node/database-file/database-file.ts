/**
 * A libSQL file owned by this process. One thread has the one writing connection and its queue, another one
 * reads (WAL), so that neither a commit nor a foreign lock stalls delivery or alerts.
 */
import { chmod, writeFile } from 'node:fs/promises'
import { Worker } from 'node:worker_threads'
import { AppError } from '../../../../shared/errors.ts'
import type { MigratableDatabase } from '../../../db/migrate.ts'
import type { Row } from '../../../ports.ts'
import { errorOf } from './failure.ts'
import type { DatabaseAnswer, DatabaseQuestion, DatabaseThreadData } from './messages.ts'

/** Far more than a healthy disk ever has waiting; beyond it, waiting longer helps nobody. */
const MAX_PENDING = 5_000

export interface DatabaseFileOptions {
  /** Made when there is none; its folder must exist. */
  readonly path: string
  readonly timeoutMs?: number
  /** How often a batch is tried while another process holds the lock. */
  readonly attempts?: number
  /** False for a short visit beside a running edge, e.g. to reset a password. */
  readonly mustOwn?: boolean
}

/** @throws Error with one clear line when the file cannot be opened or another process owns it */
export async function openDatabaseFile({
  path,
  timeoutMs = 2_000,
  attempts = 3,
  mustOwn = true,
}: DatabaseFileOptions): Promise<MigratableDatabase> {
  const settings = { path, timeoutMs, attempts, mustOwn }
  await keepFromOthers(path, { mustOwn })
  const [writing, reading] = await Promise.allSettled([
    DatabaseThread.start({ ...settings, role: 'writer' }),
    DatabaseThread.start({ ...settings, role: 'reader' }),
  ])
  if (writing.status === 'rejected' || reading.status === 'rejected') {
    for (const started of [writing, reading]) if (started.status === 'fulfilled') await started.value.close()
    throw writing.status === 'rejected' ? writing.reason : (reading as PromiseRejectedResult).reason
  }
  const [writer, reader] = [writing.value, reading.value]
  return {
    async read(statement) {
      const [rows = []] = await reader.ask({ kind: 'read', statement })
      return rows
    },
    write: (batch) => writer.ask({ kind: 'write', batch }),
    async executeScript(sql) {
      await writer.ask({ kind: 'script', sql })
    },
    async close() {
      await reader.close()
      await writer.close()
    },
  }
}

/**
 * Password hashes and session hashes are in it: for the owner alone, whatever the umask and the folder allow.
 * What SQLite makes beside a database gets that database's mode. Never by an open file of our own: closing one
 * would drop the locks that this process has on it.
 */
async function keepFromOthers(path: string, { mustOwn }: { mustOwn: boolean }): Promise<void> {
  const made = mustOwn ? [path, `${path}.owner`] : [path]
  const all = [path, `${path}-wal`, `${path}-shm`, `${path}.owner`, `${path}.owner-journal`]
  // A folder that does not let us is reported by whoever opens the database.
  await Promise.allSettled(made.map((file) => writeFile(file, '', { flag: 'wx', mode: 0o600 })))
  await Promise.allSettled(all.map((file) => chmod(file, 0o600)))
}

type Results = readonly (readonly Row[])[]

/** Rows are copied out and forgotten: without a bound the thread would keep tens of megabytes of young garbage. */
const THREAD_LIMITS = { maxYoungGenerationSizeMb: 8 } as const

class DatabaseThread {
  readonly #worker: Worker
  readonly #pending = new Map<number, { resolve(results: Results): void; reject(error: unknown): void }>()
  #lastId = 0
  #isGone = false

  private constructor(worker: Worker) {
    this.#worker = worker
    worker.on('message', (message: DatabaseAnswer) => this.#settle(message))
    worker.on('error', (error) => this.#fail(error))
    worker.on('exit', () => this.#fail(new Error('The database thread has ended')))
  }

  static async start(data: DatabaseThreadData): Promise<DatabaseThread> {
    const worker = new Worker(new URL('thread.ts', import.meta.url), {
      workerData: data,
      resourceLimits: THREAD_LIMITS,
    })
    const thread = new DatabaseThread(worker)
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    worker.once('message', (message: DatabaseAnswer) => {
      if (message.kind === 'ready') resolve()
      else if (message.kind === 'refused')
        reject(new Error(`Cannot open the database ${data.path}: ${message.message}`))
    })
    worker.once('error', reject)
    try {
      await promise
    } catch (error) {
      await worker.terminate()
      throw error
    }
    return thread
  }

  ask(question: DatabaseQuestion): Promise<Results> {
    if (this.#isGone || this.#pending.size >= MAX_PENDING)
      return Promise.reject(new AppError('database_unavailable'))
    const id = ++this.#lastId
    return new Promise((resolve, reject) => {
      this.#pending.set(id, { resolve, reject })
      this.#worker.postMessage({ ...question, id }, [])
    })
  }

  /** Waits for what was asked before. */
  async close(): Promise<void> {
    if (this.#isGone) return
    await this.ask({ kind: 'close' })
    this.#isGone = true
    await this.#worker.terminate()
  }

  #settle(message: DatabaseAnswer): void {
    if (message.kind !== 'done' && message.kind !== 'failed') return
    const waiting = this.#pending.get(message.id)
    this.#pending.delete(message.id)
    if (message.kind === 'done') waiting?.resolve(message.results)
    else waiting?.reject(errorOf(message.failure))
  }

  #fail(cause: Error): void {
    this.#isGone = true
    for (const waiting of this.#pending.values())
      waiting.reject(new AppError('database_unavailable', { cause }))
    this.#pending.clear()
  }
}
