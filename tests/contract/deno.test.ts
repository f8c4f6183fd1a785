/** The edge on Deno with a libSQL server, and uploaded files in object storage. */
import { migrateDatabase, startLibsqlServer } from '../support/sqld.ts'
import { startS3Server } from '../support/s3-server.ts'
import { startDenoEdge } from './deno-edge.ts'
import { startTarget } from './node-edge.ts'
import { addContractTests } from './suite.ts'

addContractTests(
  async () => {
    const [database, storage] = await Promise.all([startLibsqlServer(), startS3Server()])
    const target = await startTarget((options) =>
      startDenoEdge({ ...options, databaseUrl: database.url, env: { ...options.env, ...storage.env } }),
    )
    return {
      ...target,
      migrate: () => migrateDatabase(database.url),
      async stop() {
        try {
          await target.stop()
        } finally {
          await Promise.all([database.stop(), storage.stop()])
        }
      },
    }
  },
  { isMigratedByHand: true },
)
