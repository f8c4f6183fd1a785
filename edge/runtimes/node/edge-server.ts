/** The edge as a server in this process: opened in order, closed in the reverse one. */
import { getRequestListener } from '@hono/node-server'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createEdge } from '../../app.ts'
import { AppError } from '../../../shared/errors.ts'
import { createDelivery } from '../../delivery/deliver.ts'
import { migrate, type MigratableDatabase } from '../../db/migrate.ts'
import { groupWrites } from '../../db/group-writes.ts'
import { openRemoteDatabase } from '../../db/remote.ts'
import { watchMail } from '../../mail/rules.ts'
import { watchWebhooks } from '../../webhooks/deliver.ts'
import type { Log, Platform } from '../../ports.ts'
import type { NodeSettings } from './config.ts'
import { openDatabaseFile } from './database-file/database-file.ts'
import { deliveryListener } from './delivery-listener.ts'
import { listen } from './listen.ts'
import { clock } from '../clock.ts'
import { watchMoney } from '../money-watch.ts'
import { boundPipelines } from './pipelines.ts'
import { answerPlainRequests } from './plain-requests.ts'
import { createNodePlatform } from './platform.ts'
import { loadSecrets } from './secrets.ts'
import { writeOriginCredentials } from './origin-credentials.ts'
import { StartError } from './start-error.ts'
import { listenTls, readCertificate } from './tls.ts'

export interface EdgeServer {
  readonly port: number
  /** Where HTTPS is spoken, when there is a certificate. */
  readonly tlsPort: number | undefined
  readonly platform: Platform
  /** Goes on serving; that an origin is gone is no news from here on. */
  beginStop(): void
  close(): Promise<void>
}

/** Connections that are still busy after this long are cut. */
const CLOSE_WITHIN_MS = 2_000
/** Longer than players pause between requests, so that they keep their connection. */
const KEEP_ALIVE_MS = 65_000

/** @throws StartError */
export async function startEdge(settings: NodeSettings, log: Log): Promise<EdgeServer> {
  const stop = new AbortController()
  if (settings.tls) await readCertificate(settings.tls)
  const secrets = await loadSecrets(settings.dataDir)
  const database = await openDatabase(settings)
  try {
    await migrate(database, clock.now())
    const platform = await createNodePlatform({ settings, secrets, database, log, stopping: stop.signal })
    try {
      const { originCredentialsFile } = settings
      if (originCredentialsFile !== undefined)
        await writeOriginCredentials(originCredentialsFile, platform.config)
      const edge = await serve(settings, platform, stop)
      platform.waitUntil(watchMoney(platform, stop.signal))
      platform.waitUntil(watchWebhooks(platform, { signal: stop.signal }))
      if (platform.mail) platform.waitUntil(watchMail(platform, { signal: stop.signal }))
      return edge
    } catch (error) {
      platform.hub.close()
      throw error
    }
  } catch (error) {
    await database.close()
    throw describe(error)
  }
}

/** @throws StartError when the file cannot be opened */
export async function openDatabase(
  { database }: Pick<NodeSettings, 'database'>,
  { mustOwn = true }: { mustOwn?: boolean } = {},
): Promise<MigratableDatabase> {
  if (database.kind === 'remote') return groupWrites(openRemoteDatabase({ ...database, clock }))
  try {
    return groupWrites(await openDatabaseFile({ path: database.path, mustOwn }))
  } catch (cause) {
    throw new StartError(lowerFirst(cause instanceof Error ? cause.message : String(cause)), { cause })
  }
}

async function serve(settings: NodeSettings, platform: Platform, stop: AbortController): Promise<EdgeServer> {
  const deliver = createDelivery(platform)
  const other = getRequestListener(createEdge(platform, deliver).fetch)
  const listener = boundPipelines(deliveryListener(deliver, other))
  const server = createServer({ keepAliveTimeout: KEEP_ALIVE_MS }, listener)
  // Whoever reads nothing holds an answer. Without a listener of its own, Node destroys what timed out.
  server.setTimeout(KEEP_ALIVE_MS)
  const plain = answerPlainRequests(server, { deliver, clock, keepAliveMs: KEEP_ALIVE_MS })
  await listen(server, { name: 'PORT', host: settings.host, port: settings.port })
  const tls =
    settings.tls &&
    (await listenTls({
      ...settings.tls,
      host: settings.host,
      listener,
      keepAliveMs: KEEP_ALIVE_MS,
      log: platform.log,
    }).catch((error: unknown) => {
      server.close()
      throw error
    }))
  return {
    port: (server.address() as AddressInfo).port,
    tlsPort: tls?.port,
    platform,
    beginStop: () => stop.abort(),
    async close() {
      stop.abort()
      const closed = new Promise<void>((resolve) => {
        server.close(() => resolve())
      })
      plain.endAll()
      platform.hub.close()
      const cut = setTimeout(() => {
        plain.cutAll()
        server.closeAllConnections()
      }, CLOSE_WITHIN_MS)
      await Promise.all([closed, tls?.close(CLOSE_WITHIN_MS)])
      clearTimeout(cut)
      await platform.database.close()
    },
  }
}

function describe(error: unknown): unknown {
  if (error instanceof AppError && error.code === 'database_unavailable')
    return new StartError('cannot reach the database: check DATABASE_URL and DATABASE_AUTH_TOKEN', {
      cause: error,
    })
  return error
}

function lowerFirst(text: string): string {
  return text.slice(0, 1).toLowerCase() + text.slice(1)
}
