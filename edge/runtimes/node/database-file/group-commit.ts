/** Batches that wait for the disk together: one transaction and one sync, in which each is whole or absent by itself. */
import type { Row, Statement } from '../../../ports.ts'
import { isBusy } from './failure.ts'
import type { PreparedConnection } from './prepared-connection.ts'

type Batch = readonly Statement[]
export type BatchResults = readonly (readonly Row[])[]
export type Outcome = { readonly results: BatchResults } | { readonly error: unknown }

/**
 * In the order given. What one batch breaks is taken back to where it began, so the others are kept; where that does
 * not do, each is written alone. Nothing is reported before it is on the disk.
 * @throws what befell all of them, as a foreign lock; nothing is written then
 */
export function writeTogether(connection: PreparedConnection, batches: readonly Batch[]): readonly Outcome[] {
  const [first] = batches
  if (first && batches.length === 1) return [writeAlone(connection, first)]
  try {
    return inTransaction(connection, () => batches.map((batch) => writeBeside(connection, batch)))
  } catch (error) {
    if (!(error instanceof NotTogetherError)) throw error
  }
  return batches.map((batch) => writeAlone(connection, batch))
}

/** The transaction is lost, or a rule that is checked at its end (a deferred reference) is broken by one of them. */
class NotTogetherError extends Error {
  override readonly name = 'NotTogetherError'
}

function writeAlone(connection: PreparedConnection, batch: Batch): Outcome {
  try {
    return { results: inTransaction(connection, () => batch.map((statement) => connection.run(statement))) }
  } catch (error) {
    if (isBusy(error)) throw error
    return { error: error instanceof NotTogetherError ? error.cause : error }
  }
}

function writeBeside(connection: PreparedConnection, batch: Batch): Outcome {
  connection.run(SAVEPOINT)
  try {
    const results = batch.map((statement) => connection.run(statement))
    connection.run(RELEASE)
    return { results }
  } catch (error) {
    // A full disk, for one, takes back all that was written before, too.
    if (!connection.inTransaction) throw new NotTogetherError('The transaction is gone', { cause: error })
    connection.run(ROLL_BACK_TO)
    connection.run(RELEASE)
    return { error }
  }
}

const SAVEPOINT: Statement = { sql: 'SAVEPOINT batch' }
const ROLL_BACK_TO: Statement = { sql: 'ROLLBACK TO batch' }
const RELEASE: Statement = { sql: 'RELEASE batch' }

function inTransaction<T>(connection: PreparedConnection, work: () => T): T {
  connection.run({ sql: 'BEGIN IMMEDIATE' })
  try {
    const done = work()
    try {
      connection.run({ sql: 'COMMIT' })
    } catch (cause) {
      throw isBusy(cause) ? cause : new NotTogetherError('The transaction was refused', { cause })
    }
    return done
  } finally {
    connection.rollBack()
  }
}
