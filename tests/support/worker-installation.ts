/** The scaled-out shape on one machine: an origin on Node, the edge on Workers, a libSQL server. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { loadSecrets } from '../../edge/runtimes/node/secrets.ts'
import type { ApiClient } from './api-client.ts'
import { type CountingProxy, startCountingProxy } from './counting-proxy.ts'
import { eventually } from './eventually.ts'
import { freePorts } from './free-port.ts'
import { SETUP_CODE } from './installation.ts'
import { setUpSite } from './people.ts'
import { TestProcess } from './process.ts'
import { migrateDatabase, startLibsqlServer } from './sqld.ts'
import { startWorker, type WorkerEdge } from './worker.ts'

const ORIGIN_SECRET = 'rahasia-edge-ke-origin'
const EDGE_SECRET = 'rahasia-origin-ke-edge'

export interface WorkerInstallation {
  readonly url: string
  readonly rtmpUrl: string
  readonly databaseUrl: string
  readonly admin: ApiClient
  /** Between the edge and the origin. */
  readonly proxy: CountingProxy
  stop(): Promise<void>
}

/**
 * @param bindings further settings of the Worker
 * @param start on what it runs: as a developer starts it, unless somebody measures
 */
export async function startWorkerInstallation(
  bindings: Readonly<Record<string, string>> = {},
  start: (bindings: Readonly<Record<string, string>>) => Promise<WorkerEdge> = startWorker,
): Promise<WorkerInstallation> {
  const [rtmp = 0, http = 0] = await freePorts(2)
  const rtmpUrl = `rtmp://127.0.0.1:${rtmp}/live`
  const dataDir = await mkdtemp(join(tmpdir(), 'panggung-origin-'))
  const closing: (() => Promise<unknown>)[] = [() => rm(dataDir, { recursive: true, force: true })]
  async function stop(): Promise<void> {
    for (const close of closing.splice(0).toReversed()) await close()
  }
  try {
    const database = await startLibsqlServer()
    closing.push(() => database.stop())
    await migrateDatabase(database.url)
    const proxy = await startCountingProxy(`http://127.0.0.1:${http}`)
    closing.push(() => proxy.close())
    const { installationId, signingKeys } = await loadSecrets(dataDir)
    const worker = await start({
      INSTALLATION_ID: installationId,
      SIGNING_KEYS: JSON.stringify(signingKeys),
      DATABASE_URL: database.url,
      ORIGINS: `main=${proxy.url}`,
      ORIGIN_SECRET,
      EDGE_SECRET,
      SETUP_CODE,
      PUBLIC_URL: 'http://127.0.0.1',
      RTMP_URL: rtmpUrl,
      ...bindings,
    })
    closing.push(() => worker.stop())
    const origin = new TestProcess({
      name: 'origin',
      command: process.execPath,
      args: ['origin/main.ts'],
      env: {
        ORIGIN_ID: 'main',
        INSTALLATION_ID: installationId,
        RTMP_HOST: '127.0.0.1',
        RTMP_PORT: String(rtmp),
        ORIGIN_HTTP_PORT: String(http),
        EDGE_URL: worker.url,
        ORIGIN_SECRET,
        EDGE_SECRET,
        DATA_DIR: dataDir,
        STATUS_POLL_MS: '500',
        EDGE_TIMEOUT_MS: '10000',
      },
    })
    closing.push(() => origin.stop())
    await eventually('the origin listens', () => fetch(`http://127.0.0.1:${http}/health`))
    const admin = await setUpSite(SETUP_CODE, worker.url, { publicUrl: worker.url, rtmpUrl })
    return { url: worker.url, rtmpUrl, databaseUrl: database.url, admin, proxy, stop }
  } catch (error) {
    await stop()
    throw error
  }
}
