/** The edge on Deno with a libSQL server. */
import { migrateDatabase, startLibsqlServer } from '../support/sqld.ts'
import { startDenoEdge } from './deno-edge.ts'
import { startTarget } from './node-edge.ts'
import { addContractTests } from './suite.ts'

addContractTests(
  async () => {
    const database = await startLibsqlServer()
    const target = await startTarget((options) => startDenoEdge({ ...options, databaseUrl: database.url }))
    return {
      ...target,
      migrate: () => migrateDatabase(database.url),
      async stop() {
        try {
          await target.stop()
        } finally {
          await database.stop()
        }
      },
    }
  },
  { isMigratedByHand: true },
)
