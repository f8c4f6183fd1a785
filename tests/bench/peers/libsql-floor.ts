/** The client itself, with nothing around it, on the same database and with the same durability. */
import { createClient as openFile } from '@libsql/client/sqlite3'
import { createClient as openServer, LibsqlError } from '@libsql/client/http'
import type { Statement } from '../../../edge/ports.ts'
import type { LedgerEdge } from '../ledger-edge.ts'

export interface Floor {
  execute(batch: readonly Statement[]): Promise<void>
  close(): void
}

export function openFloor(database: LedgerEdge['database']): Floor {
  const client =
    database.kind === 'file'
      ? openFile({ url: `file:${database.path}`, timeout: 10_000, concurrency: 1 })
      : openServer({ url: database.url, concurrency: 32 })
  const ready =
    database.kind === 'file'
      ? client.execute('PRAGMA synchronous = FULL').then(() => client.execute('PRAGMA foreign_keys = ON'))
      : Promise.resolve()
  return {
    async execute(batch) {
      await ready
      const statements = batch.map(({ sql, args = [] }) => ({ sql, args: [...args] }))
      // A server with more writers than turns says so at once; whoever uses it asks again.
      for (;;)
        try {
          await client.batch(statements, 'write')
          return
        } catch (error) {
          if (!(error instanceof LibsqlError) || error.code !== 'SQLITE_BUSY') throw error
        }
    },
    close: () => client.close(),
  }
}
