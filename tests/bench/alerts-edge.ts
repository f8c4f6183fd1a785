/**
 * The product's edge for the alerts bench, in a process of its own: everything as `main.ts` starts it, but
 * the database port is wrapped, so that the moment of each commit is known without a hook in the product.
 */
import { createAdaptorServer } from '@hono/node-server'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { createEdge } from '../../edge/app.ts'
import type { Database, SqlValue } from '../../edge/ports.ts'
import { migrate } from '../../edge/db/migrate.ts'
import { readSettings } from '../../edge/runtimes/node/config.ts'
import { openDatabase } from '../../edge/runtimes/node/edge-server.ts'
import { createLog } from '../../edge/runtimes/node/log.ts'
import { clock } from '../../edge/runtimes/clock.ts'
import { createNodePlatform } from '../../edge/runtimes/node/platform.ts'
import { loadSecrets } from '../../edge/runtimes/node/secrets.ts'
import { nowNs, tell, tellMemory } from './bench-messages.ts'

const settings = readSettings(process.env)
const secrets = await loadSecrets(settings.dataDir)
const database = await openDatabase(settings)
await migrate(database, clock.now())
const platform = await createNodePlatform({
  settings,
  secrets,
  database: stamped(database),
  log: createLog(settings.logLevel),
})
const server = createAdaptorServer({ fetch: createEdge(platform).fetch })
server.listen(0, '127.0.0.1')
await once(server, 'listening')
tellMemory()
tell({ type: 'ready', port: (server.address() as AddressInfo).port })

process.once('SIGTERM', () => process.exit(0))
// The bench holds the other end; without it there is nothing left to do.
process.once('disconnect', () => process.exit(0))

function stamped(inner: Database): Database {
  return {
    read: (statement) => inner.read(statement),
    close: () => inner.close(),
    async write(batch) {
      const answer = await inner.write(batch)
      const at = nowNs()
      const mark = batch.flatMap(({ args }) => args ?? []).find(isMark)
      // Later, so that telling the bench does not stand in the product's way.
      if (mark !== undefined) setImmediate(() => tell({ type: 'committed', mark, at }))
      return answer
    },
  }
}

/** The bench marks each donation in its message, which is an argument of the batch. */
function isMark(value: SqlValue): value is string {
  return typeof value === 'string' && value.startsWith('bench-')
}
