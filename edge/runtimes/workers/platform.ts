/** What the edge stands on when it runs on Cloudflare Workers. */
import { waitUntil } from 'cloudflare:workers'
import { openObjectStorage } from '../../assets/s3.ts'
import type { EdgeConfig } from '../../config.ts'
import { openRemoteDatabase } from '../../db/remote.ts'
import { MemorySegmentCache } from '../../delivery/memory-segment-cache.ts'
import { clientAddressOf } from '../../http/client-address.ts'
import { createHttpMail } from '../../mail/http-api.ts'
import type { Platform } from '../../ports.ts'
import { clock } from '../clock.ts'
import { fetchGateway } from '../gateway-fetch.ts'
import { readGivenEdge } from '../environment.ts'
import { remoteAudience } from './audience.ts'
import { remoteAlerts } from './alerts.ts'
import type { Bindings } from './bindings.ts'
import { log } from './log.ts'
import { createPasswordHasher } from './passwords.ts'
import { openR2Assets } from './r2-assets.ts'
import { remoteRateLimiter } from './rate-limits.ts'

/** Cloudflare compresses what leaves it, and writes the client's address itself. */
export type CommonPlatform = Omit<
  Platform,
  'hub' | 'rateLimiter' | 'audience' | 'segmentCache' | 'fetchOrigin'
>

/** For the Worker and its objects alike. Keeps nothing that belongs to one request. @throws SettingsError */
export function createCommonPlatform(bindings: Bindings): CommonPlatform {
  const { config, database } = readGivenEdge({ ...bindings })
  return {
    config,
    clock,
    random: { bytes: (length) => crypto.getRandomValues(new Uint8Array(length)) },
    database: openRemoteDatabase({ ...database, clock }),
    passwords: createPasswordHasher(config.passwordCost),
    ...assetsOf(bindings, config),
    clientAddress: (c) =>
      clientAddressOf({
        address: c.req.header('cf-connecting-ip'),
        forwardedFor: undefined,
        trustedProxies: 0,
      }),
    fetchGateway,
    ...(config.mail && { mail: createHttpMail(config.mail) }),
    pages: (path) => readPage(bindings.ASSETS, path),
    // A Worker's requests leave from Cloudflare's own network and reach no private one.
    postWebhook: async (url, { headers, body, signal }) => {
      const answer = await fetch(url, { method: 'POST', redirect: 'manual', headers, body, signal })
      await answer.body?.cancel()
      return { status: answer.status }
    },
    waitUntil: (work) =>
      waitUntil(
        work.catch((error: unknown) => log.error({ cause: String(error) }, 'background work failed')),
      ),
    log,
  }
}

/** The bucket that is bound comes first: it needs no key. */
function assetsOf(
  { FILES }: Bindings,
  { objectStorage }: EdgeConfig,
): Pick<Platform, 'assets' | 'videoBucket'> {
  const storage = objectStorage ? openObjectStorage(objectStorage) : {}
  return FILES ? { ...storage, assets: openR2Assets(FILES) } : storage
}

/** Of the Worker: streams, limits and fills live in objects. */
export function createWorkerPlatform(
  bindings: Bindings,
  forwardDelivery: NonNullable<Platform['forwardDelivery']>,
): Platform {
  const common = createCommonPlatform(bindings)
  return {
    ...common,
    ...remoteAlerts(bindings, common),
    rateLimiter: remoteRateLimiter(bindings.RATE_LIMITS),
    audience: remoteAudience(bindings.AUDIENCE, common),
    forwardDelivery,
    // Not asked for media: every fill is forwarded.
    segmentCache: new MemorySegmentCache(0, clock),
    fetchOrigin: (url, { lane: _lane, ...init }) => fetch(url, { ...init, redirect: 'manual' }),
  }
}

async function readPage(assets: Fetcher, path: string): Promise<Response | undefined> {
  const response = await assets.fetch(new URL(path, 'https://assets.local'))
  if (response.ok) return response
  await response.body?.cancel()
  return undefined
}
