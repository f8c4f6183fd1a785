/** Edge and origin together on this machine: what `npm start` and `npm run demo` bring up. */
import { join } from 'node:path'
import type { Log } from '../../ports.ts'
import { SupervisedChild } from './child-process.ts'
import { isEveryAddress, lanAddress, reachable, urlHost } from './addresses.ts'
import { environmentForChild, type NodeSettings } from './config.ts'
import { type EdgeServer, startEdge } from './edge-server.ts'
import { requireFreePort } from './listen.ts'
import { listenersOf, originsProblem, portConflicts } from './listeners.ts'
import { checkOriginSettings } from './origin-check.ts'
import { buildPagesIfNeeded } from './pages-build.ts'
import { StartError } from './start-error.ts'
import { readCertificate } from './tls.ts'

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

type Environment = Readonly<Record<string, string | undefined>>

const ORIGIN_MAIN = join(import.meta.dirname, '../../../origin/main.ts')
const ORIGIN_UP_WITHIN_MS = 15_000
const ORIGIN_POLL_MS = 50

/** @throws StartError */
export async function startInstallation(
  settings: NodeSettings,
  environment: Environment,
  log: Log,
  buildPages: () => Promise<void> = buildPagesIfNeeded,
): Promise<Installation> {
  await checkBeforeAnythingIsMade(settings, environment)
  await buildPages()
  const edge = await startEdge(settings, log)
  const origin = new SupervisedChild({
    name: 'origin',
    script: ORIGIN_MAIN,
    env: originEnvironment(settings, environment, edge),
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
    localUrl: localUrlOf(settings, edge.port),
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

/** What is wrong is said before what takes long, and while the data folder is as it was. @throws StartError */
async function checkBeforeAnythingIsMade(settings: NodeSettings, environment: Environment): Promise<void> {
  const listeners = listenersOf(settings)
  const problems = [...portConflicts(listeners), originsProblem(settings)].filter(
    (each) => each !== undefined,
  )
  if (problems.length > 0) throw new StartError(problems)
  if (settings.tls) await readCertificate(settings.tls)
  await checkOriginSettings(originEnvironment(settings, environment))
  for (const address of listeners) await requireFreePort(address)
}

/** Before there is an edge, for a check of the rest, with secrets that nobody knows. */
const UNKNOWN_SECRET = 'not-made-at-the-time-of-the-check'

function originEnvironment(
  settings: NodeSettings,
  environment: Environment,
  edge?: EdgeServer,
): Record<string, string | undefined> {
  const { rtmpHost, rtmpPort, rtmpsPort, httpHost, httpPort, id } = settings.ownOrigin
  const config = edge?.platform.config
  return {
    ...environmentForChild(environment),
    // A certificate without RTMPS_PORT is for the pages alone.
    ...(rtmpsPort === undefined && { TLS_CERT_FILE: '', TLS_KEY_FILE: '' }),
    // All that it holds is given here.
    ORIGIN_CREDENTIALS_FILE: '',
    ORIGIN_ID: id,
    INSTALLATION_ID: config?.installationId ?? '',
    RTMP_HOST: rtmpHost,
    RTMP_PORT: String(rtmpPort),
    ORIGIN_HTTP_HOST: httpHost,
    ORIGIN_HTTP_PORT: String(httpPort),
    EDGE_URL: localUrlOf(settings, edge?.port ?? settings.port),
    ORIGIN_SECRET: config?.originSecret ?? UNKNOWN_SECRET,
    EDGE_SECRET: config?.internalSecrets[0] ?? UNKNOWN_SECRET,
    DATA_DIR: join(settings.dataDir, 'origin'),
    LOG_LEVEL: settings.logLevel,
    GRACE_MS: String(settings.durations.grace),
  }
}

function localUrlOf(settings: NodeSettings, port: number): string {
  const host = isEveryAddress(settings.host) ? 'localhost' : reachable(settings.host)
  return `http://${urlHost(host)}:${port}`
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
