/** Starts the edge on Node for the suite, on a database file of its own or on a libSQL server. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startMailServer } from '../../edge/runtimes/node/test-mail-server.ts'
import { FakeOrigin } from '../support/fake-origin.ts'
import { startTestGateway } from '../support/gateway.ts'
import { healthy, SETUP_CODE } from '../support/installation.ts'
import { TestProcess } from '../support/process.ts'
import { type ContractTarget, EDGE_SECRET, EDGE_SETTINGS, ORIGIN_SECRET } from './target.ts'

export interface EdgeOptions {
  readonly originUrl: string
  /** Of the installation: its secrets are in here. */
  readonly dataDir: string
  readonly databaseUrl?: string
  readonly env?: Readonly<Record<string, string>>
}

export interface RunningEdge {
  readonly url: string
  readonly server: TestProcess
  stop(): Promise<void>
}

export async function startNodeEdge(options: EdgeOptions): Promise<RunningEdge> {
  const { databaseUrl, originUrl, dataDir, env } = options
  const server = new TestProcess({
    name: 'edge on Node',
    command: process.execPath,
    args: ['edge/runtimes/node/main.ts'],
    env: {
      ...EDGE_SETTINGS,
      HOST: '127.0.0.1',
      PORT: '0',
      DATA_DIR: dataDir,
      ORIGINS: `main=${originUrl}`,
      ...(databaseUrl === undefined && { ASSETS_DIR: join(dataDir, 'files') }),
      ...(databaseUrl !== undefined && { DATABASE_URL: databaseUrl }),
      ...env,
    },
  })
  try {
    const [, port] = await server.sees(/on port (\d+)/, 20_000)
    const url = `http://127.0.0.1:${port}`
    await healthy(server, url)
    return { url, server, stop: () => server.stop() }
  } catch (error) {
    server.kill()
    throw error
  }
}

/** An edge with an origin under the test's control. */
export async function startTarget(
  start: (options: EdgeOptions) => Promise<RunningEdge>,
): Promise<ContractTarget> {
  const origin = await FakeOrigin.start()
  const dataDir = await mkdtemp(join(tmpdir(), 'panggung-contract-'))
  const gateway = await startTestGateway()
  const mail = await startMailServer()
  const edge = await start({ originUrl: origin.url, dataDir, env: { ...gateway.env, ...mail.env } })
  gateway.use(edge.url)
  return {
    url: edge.url,
    setupCode: SETUP_CODE,
    origin,
    originId: 'main',
    originSecret: ORIGIN_SECRET,
    internalSecret: EDGE_SECRET,
    gateway: gateway.simulator,
    mail,
    async stop() {
      await edge.stop()
      await gateway.simulator.close()
      await mail.stop()
      await origin.close()
      await rm(dataDir, { recursive: true, force: true })
    },
  }
}
