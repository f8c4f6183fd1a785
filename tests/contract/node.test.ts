/**
 * The edge on Node, or any other at PANGGUNG_URL. For another one, these must say how it was started:
 * PANGGUNG_SETUP_CODE, PANGGUNG_ORIGIN_SECRET, PANGGUNG_EDGE_SECRET and PANGGUNG_ORIGIN_PORT, where
 * the suite then plays the origin called `main`.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { FakeOrigin } from '../support/fake-origin.ts'
import { healthy, SETUP_CODE } from '../support/installation.ts'
import { TestProcess } from '../support/process.ts'
import { addContractTests } from './suite.ts'
import type { ContractTarget } from './target.ts'

const ORIGIN_SECRET = 'rahasia-edge-ke-origin'
const EDGE_SECRET = 'rahasia-origin-ke-edge'

const given = process.env['PANGGUNG_URL']
addContractTests(given === undefined ? startNodeEdge : () => useEdge(given))

async function startNodeEdge(): Promise<ContractTarget> {
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
      HEARTBEAT_MS: '300',
      BROADCAST_LEASE_MS: '2500',
      GRACE_MS: '1500',
      FILL_TIMEOUT_MS: '5000',
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

async function useEdge(url: string): Promise<ContractTarget> {
  const origin = await FakeOrigin.start(Number(setting('PANGGUNG_ORIGIN_PORT')))
  return {
    url,
    setupCode: setting('PANGGUNG_SETUP_CODE'),
    origin,
    originId: 'main',
    originSecret: setting('PANGGUNG_ORIGIN_SECRET'),
    internalSecret: setting('PANGGUNG_EDGE_SECRET'),
    stop: () => origin.close(),
  }
}

function setting(name: string): string {
  const value = process.env[name]
  if (value === undefined) throw new Error(`PANGGUNG_URL is set, so ${name} must be set too`)
  return value
}
