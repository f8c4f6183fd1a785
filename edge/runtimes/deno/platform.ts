/** What the edge stands on when it runs in one Deno process. */
import { startAlertHub } from '../../alerts/hub.ts'
import { openObjectStorage } from '../../assets/s3.ts'
import { groupWrites } from '../../db/group-writes.ts'
import { openRemoteDatabase } from '../../db/remote.ts'
import { MemorySegmentCache } from '../../delivery/memory-segment-cache.ts'
import { clientAddressOf } from '../../http/client-address.ts'
import { createHttpMail } from '../../mail/http-api.ts'
import { MemoryRateLimiter } from '../../http/rate-limit.ts'
import type { Platform } from '../../ports.ts'
import { countedAudience } from '../../viewers/counted.ts'
import { clock } from '../clock.ts'
import { fetchGateway } from '../gateway-fetch.ts'
import { createLineLog } from '../log-line.ts'
import type { DenoSettings } from './config.ts'
import { loadPages } from './pages.ts'
import { createPasswordHasher } from './passwords.ts'
import { postWebhook } from './webhook-post.ts'

const PAGES_DIR = 'player/dist'

/** What `serve` hands to the app beside each request. */
export interface DenoBindings {
  readonly remoteAddress: string
}

export async function createDenoPlatform(settings: DenoSettings, stopping: AbortSignal): Promise<Platform> {
  const { config, trustedProxies } = settings
  const random = { bytes: (length: number) => crypto.getRandomValues(new Uint8Array(length)) }
  const database = groupWrites(openRemoteDatabase({ ...settings.database, clock }))
  const log = createLineLog({
    level: settings.logLevel,
    now: () => clock.now(),
    write: (line) => console.error(line),
  })
  const waitUntil = (work: Promise<unknown>): void => {
    work.catch((error: unknown) => log.error({ cause: String(error) }, 'background work failed'))
  }
  return {
    config,
    clock,
    random,
    database,
    passwords: createPasswordHasher(random, config.passwordCost),
    ...(config.objectStorage && openObjectStorage(config.objectStorage)),
    hub: startAlertHub({ database, clock, random, log, durations: config.durations }),
    clientAddress: (c) =>
      clientAddressOf({
        address: (c.env as DenoBindings).remoteAddress,
        forwardedFor: c.req.header('x-forwarded-for'),
        trustedProxies,
      }),
    rateLimiter: new MemoryRateLimiter(clock),
    audience: countedAudience({ clock, config, database, random, log, waitUntil }),
    segmentCache: new MemorySegmentCache(settings.segmentCacheBytes, clock),
    fetchOrigin: (url, { lane: _lane, ...init }) => fetch(url, { ...init, redirect: 'manual' }),
    postWebhook,
    fetchGateway,
    ...(config.mail && { mail: createHttpMail(config.mail) }),
    gzip: compress,
    pages: await loadPages(PAGES_DIR),
    waitUntil,
    log,
    stopping,
  }
}

async function compress(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
  const compressed = new Blob([bytes]).stream().pipeThrough(new CompressionStream('gzip'))
  return new Uint8Array(await new Response(compressed).arrayBuffer())
}
