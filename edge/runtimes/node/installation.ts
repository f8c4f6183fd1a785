/** Edge and origin together on this machine: what `npm start` and `npm run demo` bring up. */
import { join } from 'node:path'
import type { Log } from '../../ports.ts'
import { SupervisedChild } from './child-process.ts'
import { isEveryAddress, lanAddress, reachable, urlHost } from './addresses.ts'
import { environmentForChild, type NodeSettings } from './config.ts'
import { type EdgeServer, startEdge } from './edge-server.ts'
import { requireFreePort } from './listen.ts'
import { buildPagesIfNeeded } from './pages-build.ts'
import { StartError } from './start-error.ts'

export interface Installation {
  readonly edge: EdgeServer
  /** Where this machine reaches the edge. */
  readonly localUrl: string
  /** Where others on the network reach it, when it listens there. */
  readonly lanUrl: string | undefined
  /** The address of the site, when the edge has a certificate. */
  readonly tlsUrl: string | undefined
  close(): Promise<void>
}

const ORIGIN_MAIN = join(import.meta.dirname, '../../../origin/main.ts')
const ORIGIN_UP_WITHIN_MS = 15_000
const ORIGIN_POLL_MS = 50

/** @throws StartError */
export async function startInstallation(
  settings: NodeSettings,
  environment: Readonly<Record<string, string | undefined>>,
  log: Log,
  buildPages: () => Promise<void> = buildPagesIfNeeded,
): Promise<Installation> {
  const { rtmpHost, rtmpPort, httpHost, httpPort } = settings.ownOrigin
  // Before what takes long, and before anything is made in the data folder.
  await requireFreePort({ name: 'PORT', host: settings.host, port: settings.port })
  if (settings.tls) await requireFreePort({ name: 'TLS_PORT', host: settings.host, port: settings.tls.port })
  await requireFreePort({ name: 'RTMP_PORT', host: rtmpHost, port: rtmpPort })
  await requireFreePort({ name: 'ORIGIN_HTTP_PORT', host: httpHost, port: httpPort })
  await buildPages()
  const edge = await startEdge(settings, log)
  const origin = new SupervisedChild({
    name: 'origin',
    script: ORIGIN_MAIN,
    env: { ...environmentForOrigin(environment), ...originEnvironment(settings, edge) },
    log,
  })
  try {
    origin.start()
    await originIsUp(origin, edge, settings)
  } catch (error) {
    await origin.stop()
    await edge.close()
    throw error
  }
  const lan = isEveryAddress(settings.host) ? lanAddress() : undefined
  return {
    edge,
    localUrl: localUrlOf(settings, edge),
    lanUrl: lan === undefined ? undefined : `http://${lan}:${edge.port}`,
    tlsUrl: edge.tlsPort === undefined ? undefined : settings.publicUrl,
    async close() {
      edge.beginStop()
      // First, because it reports the end of its broadcasts to the edge.
      await origin.stop()
      await edge.close()
    },
  }
}

/** A certificate without RTMPS_PORT is for the pages alone. */
function environmentForOrigin(environment: Readonly<Record<string, string | undefined>>) {
  const env = environmentForChild(environment)
  return env['RTMPS_PORT'] === undefined ? { ...env, TLS_CERT_FILE: '', TLS_KEY_FILE: '' } : env
}

function originEnvironment(settings: NodeSettings, edge: EdgeServer): Record<string, string> {
  const { config } = edge.platform
  const { rtmpHost, rtmpPort, httpHost, httpPort, id } = settings.ownOrigin
  return {
    ORIGIN_ID: id,
    INSTALLATION_ID: config.installationId,
    RTMP_HOST: rtmpHost,
    RTMP_PORT: String(rtmpPort),
    ORIGIN_HTTP_HOST: httpHost,
    ORIGIN_HTTP_PORT: String(httpPort),
    EDGE_URL: localUrlOf(settings, edge),
    ORIGIN_SECRET: config.originSecret,
    EDGE_SECRET: config.internalSecrets[0] ?? '',
    DATA_DIR: join(settings.dataDir, 'origin'),
    LOG_LEVEL: settings.logLevel,
    GRACE_MS: String(settings.durations.grace),
  }
}

function localUrlOf(settings: NodeSettings, edge: EdgeServer): string {
  const host = isEveryAddress(settings.host) ? 'localhost' : reachable(settings.host)
  return `http://${urlHost(host)}:${edge.port}`
}

async function originIsUp(
  origin: SupervisedChild,
  edge: EdgeServer,
  { ownOrigin }: NodeSettings,
): Promise<void> {
  const { clock } = edge.platform
  const url = `http://${urlHost(reachable(ownOrigin.httpHost))}:${ownOrigin.httpPort}/health`
  const until = clock.now() + ORIGIN_UP_WITHIN_MS
  while (clock.now() < until && origin.deaths === 0) {
    const isUp = await fetch(url, { signal: AbortSignal.timeout(1000) }).then(
      ({ ok }) => ok,
      () => false,
    )
    if (isUp) return
    await clock.sleep(ORIGIN_POLL_MS)
  }
  throw new StartError('the origin did not start: see the lines above')
}
