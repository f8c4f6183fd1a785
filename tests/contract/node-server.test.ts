/** The edge on Node with a libSQL server. */
import { startLibsqlServer } from '../support/sqld.ts'
import { startNodeEdge, startTarget } from './node-edge.ts'
import { addContractTests } from './suite.ts'

addContractTests(async () => {
  const database = await startLibsqlServer()
  const target = await startTarget((options) => startNodeEdge({ ...options, databaseUrl: database.url }))
  return {
    ...target,
    async stop() {
      try {
        await target.stop()
      } finally {
        await database.stop()
      }
    },
  }
})
