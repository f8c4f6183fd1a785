/** Starts the edge on Node for the suite, on a database file of its own or on a libSQL server. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { FakeOrigin } from '../support/fake-origin.ts'
import { healthy, SETUP_CODE } from '../support/installation.ts'
import { TestProcess } from '../support/process.ts'
import { type ContractTarget, EDGE_SECRET, ORIGIN_SECRET, SMALL_DURATIONS } from './target.ts'

export async function startNodeEdge({ databaseUrl }: { databaseUrl?: string } = {}): Promise<ContractTarget> {
  const origin = await FakeOrigin.start()
  const dataDir = await mkdtemp(join(tmpdir(), 'panggung-contract-'))
  const server = new TestProcess({
    name: 'edge',
    command: process.execPath,
    args: ['edge/runtimes/node/main.ts'],
    env: {
      HOST: '127.0.0.1',
      PORT: '0',
      DATA_DIR: dataDir,
      ORIGINS: `main=${origin.url}`,
      ORIGIN_SECRET,
      EDGE_SECRET,
      SETUP_CODE,
      ...SMALL_DURATIONS,
      ...(databaseUrl !== undefined && { DATABASE_URL: databaseUrl }),
    },
  })
  return {
    url: await readyUrl(server),
    setupCode: SETUP_CODE,
    origin,
    originId: 'main',
    originSecret: ORIGIN_SECRET,
    internalSecret: EDGE_SECRET,
    async stop() {
      await server.stop()
      await origin.close()
      await rm(dataDir, { recursive: true, force: true })
    },
  }
}

async function readyUrl(server: TestProcess): Promise<string> {
  try {
    const [, port] = await server.sees(/on port (\d+)/, 20_000)
    const url = `http://127.0.0.1:${port}`
    await healthy(server, url)
    return url
  } catch (error) {
    server.kill()
    throw error
  }
}
