/** The edge on Node with a libSQL server, and uploaded files in object storage. */
import { startS3Server } from '../support/s3-server.ts'
import { startLibsqlServer } from '../support/sqld.ts'
import { startNodeEdge, startTarget } from './node-edge.ts'
import { addContractTests } from './suite.ts'

addContractTests(async () => {
  const [database, storage] = await Promise.all([startLibsqlServer(), startS3Server()])
  const target = await startTarget((options) =>
    startNodeEdge({ ...options, databaseUrl: database.url, env: { ...options.env, ...storage.env } }),
  )
  return {
    ...target,
    async stop() {
      try {
        await target.stop()
      } finally {
        await Promise.all([database.stop(), storage.stop()])
      }
    },
  }
})
