/** The edge on Workers with a libSQL server. */
import { migrateDatabase, startLibsqlServer } from '../support/sqld.ts'
import { startTarget } from './node-edge.ts'
import { addContractTests } from './suite.ts'
import { startWorkerEdge } from './worker-edge.ts'

addContractTests(
  async () => {
    const database = await startLibsqlServer()
    const target = await startTarget((options) => startWorkerEdge({ ...options, databaseUrl: database.url }))
    return {
      ...target,
      migrate: () => migrateDatabase(database.url),
      async stop() {
        await target.stop()
        await database.stop()
      },
    }
  },
  { isMigratedByHand: true },
)
