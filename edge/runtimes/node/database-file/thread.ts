/** A database thread: it alone touches its connection. */
import { parentPort, workerData } from 'node:worker_threads'
import { DatabaseConnection } from './connection.ts'
import { failureOf, messageOf } from './failure.ts'
import type { DatabaseAnswer, DatabaseRequest, DatabaseThreadData } from './messages.ts'

const port = parentPort
if (!port) throw new TypeError('database-file/thread.ts runs as a worker thread only')

const connection = new DatabaseConnection(workerData as DatabaseThreadData)
connection.opened.then(
  () => answer({ kind: 'ready' }),
  (error: unknown) => answer({ kind: 'refused', message: messageOf(error) }),
)

port.on('message', (request: DatabaseRequest) => void serve(request))

async function serve({ id, ...question }: DatabaseRequest): Promise<void> {
  try {
    answer({ kind: 'done', id, results: await connection.ask(question) })
  } catch (error) {
    answer({ kind: 'failed', id, failure: failureOf(error) })
  }
  if (question.kind === 'close') port?.close()
}

function answer(message: DatabaseAnswer): void {
  port?.postMessage(message)
}
