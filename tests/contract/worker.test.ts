/** The edge on Workers with a libSQL server. */
import { FakeOrigin } from '../support/fake-origin.ts'
import { SETUP_CODE } from '../support/installation.ts'
import { migrateDatabase, startLibsqlServer } from '../support/sqld.ts'
import { startWorker } from '../support/worker.ts'
import { addContractTests } from './suite.ts'
import { EDGE_SECRET, ORIGIN_SECRET, SMALL_DURATIONS } from './target.ts'

addContractTests(
  async () => {
    const [origin, database] = await Promise.all([FakeOrigin.start(), startLibsqlServer()])
    const worker = await startWorker({
      DATABASE_URL: database.url,
      ORIGINS: `main=${origin.url}`,
      ORIGIN_SECRET,
      EDGE_SECRET,
      SETUP_CODE,
      PUBLIC_URL: 'http://127.0.0.1',
      RTMP_URL: 'rtmp://127.0.0.1/live',
      ...SMALL_DURATIONS,
    })
    return {
      url: worker.url,
      setupCode: SETUP_CODE,
      origin,
      originId: 'main',
      originSecret: ORIGIN_SECRET,
      internalSecret: EDGE_SECRET,
      migrate: () => migrateDatabase(database.url),
      async stop() {
        await worker.stop()
        await origin.close()
        await database.stop()
      },
    }
  },
  { isMigratedByHand: true },
)
