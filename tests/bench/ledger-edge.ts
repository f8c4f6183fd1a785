/** An edge on Node whose database the bench may open too. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ApiClient } from '../support/api-client.ts'
import { freePorts } from '../support/free-port.ts'
import { healthy, SETUP_CODE } from '../support/installation.ts'
import { setUpSite } from '../support/people.ts'
import { TestProcess } from '../support/process.ts'
import { startLibsqlServer } from '../support/sqld.ts'

export interface LedgerEdge {
  readonly where: 'a file' | 'a libSQL server'
  readonly url: string
  readonly admin: ApiClient
  readonly database:
    | { readonly kind: 'file'; readonly path: string }
    | { readonly kind: 'remote'; readonly url: string }
  stop(): Promise<void>
}

export async function startLedgerEdge(where: LedgerEdge['where']): Promise<LedgerEdge> {
  const dataDir = await mkdtemp(join(tmpdir(), 'panggung-ledger-'))
  const server = where === 'a file' ? undefined : await startLibsqlServer()
  const [port = 0] = await freePorts(1)
  const url = `http://127.0.0.1:${port}`
  const edge = new TestProcess({
    name: 'edge',
    command: process.execPath,
    args: ['edge/runtimes/node/main.ts'],
    env: {
      DATA_DIR: dataDir,
      HOST: '127.0.0.1',
      PORT: String(port),
      SETUP_CODE,
      LOG_LEVEL: 'error',
      DONATIONS_PER_ADDRESS: '999999',
      ...(server && { DATABASE_URL: server.url }),
    },
  })
  await healthy(edge, url)
  return {
    where,
    url,
    admin: await setUpSite(SETUP_CODE, url),
    database: server
      ? { kind: 'remote', url: server.url }
      : { kind: 'file', path: join(dataDir, 'panggung.db') },
    async stop() {
      await edge.stop()
      await server?.stop()
      await rm(dataDir, { recursive: true, force: true })
    },
  }
}
