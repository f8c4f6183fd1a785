/** What the edge stands on when it runs in one Node process. */
import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import type { HttpBindings } from '@hono/node-server'
import type { Context } from 'hono'
import { startAlertHub } from '../../alerts/hub.ts'
import { openObjectStorage } from '../../assets/s3.ts'
import type { EdgeConfig } from '../../config.ts'
import { MemorySegmentCache } from '../../delivery/memory-segment-cache.ts'
import { createHttpMail } from '../../mail/http-api.ts'
import { MemoryRateLimiter } from '../../http/rate-limit.ts'
import type { Database, Log, Platform } from '../../ports.ts'
import { countedAudience } from '../../viewers/counted.ts'
import { clock } from '../clock.ts'
import { fetchGateway } from '../gateway-fetch.ts'
import { nodeClientAddress } from './client-address.ts'
import type { NodeSettings } from './config.ts'
import { openDiskAssets } from './disk-assets.ts'
import { openNodeEventStream } from './event-stream.ts'
import { HeldAnswers } from './held-answers.ts'
import { createOriginFetch } from './origin-fetch.ts'
import { loadPages } from './pages.ts'
import { createPasswordHasher } from './passwords.ts'
import type { Secrets } from './secrets.ts'
import { postWebhook } from './webhook-post.ts'

export const PAGES_DIR = join(import.meta.dirname, '../../../player/dist')

/** Viewers on slow lines must find room also where the cache has little. */
const MIN_HELD_BYTES = 128 * 1024 * 1024

export interface NodePlatformOptions {
  readonly settings: NodeSettings
  readonly secrets: Secrets
  readonly database: Database
  readonly log: Log
  readonly stopping?: AbortSignal
}

export async function createNodePlatform({
  settings,
  secrets,
  database,
  log,
  stopping,
}: NodePlatformOptions): Promise<Platform> {
  const config = edgeConfig(settings, secrets)
  const random = { bytes: (length: number) => new Uint8Array(randomBytes(length)) }
  const waitUntil = (work: Promise<unknown>): void => {
    work.catch((error: unknown) => log.error({ cause: String(error) }, 'background work failed'))
  }
  const held = new HeldAnswers(Math.max(settings.segmentCacheBytes, MIN_HELD_BYTES))
  const clientAddress = (c: Context): string => nodeClientAddress(c, settings.trustedProxies)
  return {
    config,
    clock,
    random,
    database,
    passwords: createPasswordHasher(config),
    ...assetsOf(settings),
    hub: startAlertHub({ database, clock, random, log, durations: config.durations }),
    openEventStream: openNodeEventStream,
    clientAddress,
    holdAnswer(c, body) {
      const { outgoing } = (c.env as Partial<HttpBindings> | undefined) ?? {}
      if (outgoing) held.hold(outgoing, clientAddress(c), body)
    },
    rateLimiter: new MemoryRateLimiter(clock),
    audience: countedAudience({ clock, config, database, random, log, waitUntil }),
    segmentCache: new MemorySegmentCache(settings.segmentCacheBytes, clock),
    fetchOrigin: createOriginFetch(),
    postWebhook,
    fetchGateway,
    ...(await mailTransportOf(settings)),
    gzip: compress,
    pages: await loadPages(PAGES_DIR),
    waitUntil,
    log,
    ...(stopping && { stopping }),
  }
}

function assetsOf({ assetsDir, objectStorage }: NodeSettings): Pick<Platform, 'assets' | 'videoBucket'> {
  if (objectStorage) return openObjectStorage(objectStorage)
  return assetsDir === undefined ? {} : { assets: openDiskAssets(assetsDir) }
}

/** The SMTP client is loaded only where it is used. */
async function mailTransportOf({ mail }: NodeSettings): Promise<Pick<Platform, 'mail'>> {
  if (!mail) return {}
  if (!mail.url.startsWith('smtp')) return { mail: createHttpMail(mail) }
  const { createSmtpMail } = await import('./smtp-mail.ts')
  return { mail: createSmtpMail(mail) }
}

const gzipInThreadPool = promisify(gzip)

/** Copied, because zlib's own buffer is 16 KiB however short the result is. */
async function compress(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await gzipInThreadPool(bytes))
}

function edgeConfig(settings: NodeSettings, secrets: Secrets): EdgeConfig {
  return {
    setupCode: settings.secrets.setupCode ?? secrets.setupCode,
    installationId: secrets.installationId,
    signingKeys: secrets.signingKeys,
    origins: settings.origins,
    originSecret: settings.secrets.originSecret ?? secrets.originSecret,
    internalSecrets: settings.secrets.internalSecrets ?? [secrets.internalSecret],
    mayRestreamToPrivate: settings.mayRestreamToPrivate,
    mayWebhookToPrivate: settings.mayWebhookToPrivate,
    defaultPublicUrl: settings.publicUrl,
    defaultRtmpUrl: settings.rtmpUrl,
    durations: settings.durations,
    limits: settings.limits,
    ...(settings.passwordCost !== undefined && { passwordCost: settings.passwordCost }),
    ...(settings.gateway && { gateway: settings.gateway }),
    ...(settings.mail && { mail: settings.mail }),
  }
}
