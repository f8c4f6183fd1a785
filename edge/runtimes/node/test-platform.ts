/** A platform for tests: a real database file in a folder of its own, a clock that tests turn. */
import type { Context } from 'hono'
import { exportJWK, generateKeyPair } from 'jose'
import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DEFAULT_DURATIONS, DEFAULT_LIMITS, type EdgeConfig } from '../../config.ts'
import type { MigratableDatabase } from '../../db/migrate.ts'
import { MemoryRateLimiter } from '../../http/rate-limit.ts'
import type { AlertHub, CachedAnswer, Clock, Log, PasswordHasher, Platform } from '../../ports.ts'
import { postWebhook } from './webhook-post.ts'
import { countedAudience } from '../../viewers/counted.ts'
import { openTestDatabase } from './test-database.ts'

export const TEST_SETUP_CODE = 'test-setup-code'
export const TEST_INTERNAL_SECRET = 'test-internal-secret'
/** 2026-01-01T00:00:00Z */
const TEST_NOW_MS = 1_767_225_600_000

export interface TestPlatform extends Platform {
  readonly clock: TestClock
  /** Everything that was logged, one JSON text a line. */
  readonly logged: readonly string[]
  close(): Promise<void>
}

export interface TestClock extends Clock {
  /** Sleepers whose time has come wake up. */
  advance(ms: number): void
}

export type TestOverrides = Partial<Omit<Platform, 'config' | 'clock' | 'database'>> & {
  readonly config?: Partial<EdgeConfig>
  /** Migrated, instead of a file of its own; closed with the platform. */
  readonly database?: MigratableDatabase
  /** Time that passes by itself, for parts that poll. */
  readonly isRealTime?: boolean
}

export async function createTestPlatform(overrides: TestOverrides = {}): Promise<TestPlatform> {
  const { config, isRealTime = false, database: given, ...ports } = overrides
  const folder = await mkdtemp(join(tmpdir(), 'panggung-test-'))
  const database = given ?? (await openTestDatabase(folder))
  const logged: string[] = []
  const clock = isRealTime ? realClock() : manualClock()
  const core = {
    config: { ...(await testConfig()), ...config },
    clock,
    random: { bytes: (length: number) => new Uint8Array(randomBytes(length)) },
    database,
    waitUntil: (work: Promise<unknown>) => void work.catch(() => undefined),
    log: recordingLog(logged),
  }
  const platform = {
    ...core,
    passwords: weakPasswords,
    hub: silentHub,
    segmentCache: memoryCache(),
    clientAddress: (c: Context) => c.req.header('x-test-address') ?? '192.0.2.1',
    rateLimiter: new MemoryRateLimiter(clock),
    postWebhook,
    fetchOrigin: () => Promise.reject(new Error('Tests bring their own origin')),
    fetchGateway: () => Promise.reject(new Error('Tests bring their own gateway')),
    pages: testPages,
    audience: countedAudience(core),
    ...ports,
  }
  return {
    ...platform,
    logged,
    async close() {
      platform.hub.close()
      await database.close()
      await rm(folder, { recursive: true })
    },
  }
}

async function testConfig(): Promise<EdgeConfig> {
  const { privateKey } = await generateKeyPair('EdDSA', { crv: 'Ed25519', extractable: true })
  return {
    setupCode: TEST_SETUP_CODE,
    installationId: 'test',
    signingKeys: [{ ...(await exportJWK(privateKey)), kid: 'k01', alg: 'EdDSA' }],
    origins: [{ id: 'origin-1', url: 'http://origin.test' }],
    originSecret: 'test-origin-secret',
    internalSecrets: [TEST_INTERNAL_SECRET],
    mayRestreamToPrivate: false,
    mayWebhookToPrivate: false,
    defaultPublicUrl: 'http://localhost',
    defaultRtmpUrl: 'rtmp://localhost/live',
    // Nothing of a moment ago: the clock stands still while a test asks again and again.
    durations: { ...DEFAULT_DURATIONS, sharedRead: 0 },
    limits: DEFAULT_LIMITS,
  }
}

function manualClock(): TestClock {
  let nowMs = TEST_NOW_MS
  const sleepers = new Set<{ at: number; wake(): void }>()
  return {
    now: () => nowMs,
    sleep(ms, signal) {
      const { promise, resolve, reject } = Promise.withResolvers<void>()
      const sleeper = { at: nowMs + ms, wake: resolve }
      sleepers.add(sleeper)
      const abort = () => reject(signal?.reason as Error)
      if (signal?.aborted === true) abort()
      else signal?.addEventListener('abort', abort, { once: true })
      return promise.finally(() => {
        sleepers.delete(sleeper)
        signal?.removeEventListener('abort', abort)
      })
    },
    advance(ms) {
      nowMs += ms
      for (const sleeper of [...sleepers].filter(({ at }) => at <= nowMs)) sleeper.wake()
    },
  }
}

function realClock(): TestClock {
  let ahead = 0
  return {
    now: () => Date.now() + ahead,
    sleep(ms, signal) {
      const { promise, resolve, reject } = Promise.withResolvers<void>()
      const timer = setTimeout(resolve, ms)
      const abort = () => reject(signal?.reason as Error)
      if (signal?.aborted === true) abort()
      else signal?.addEventListener('abort', abort, { once: true })
      return promise.finally(() => {
        clearTimeout(timer)
        signal?.removeEventListener('abort', abort)
      })
    },
    advance(ms) {
      ahead += ms
    },
  }
}

/** Real scrypt, at a cost that suits thousands of tests. */
const weakPasswords: PasswordHasher = {
  async hash(password) {
    const salt = randomBytes(8)
    return `${salt.toString('hex')}:${(await derive(password, salt)).toString('hex')}`
  },
  async verify(password, hash) {
    const [salt = '', expected = ''] = hash.split(':')
    const wanted = Buffer.from(expected, 'hex')
    const derived = await derive(password, Buffer.from(salt, 'hex'))
    return wanted.length === derived.length && timingSafeEqual(wanted, derived)
  },
}

function derive(password: string, salt: Uint8Array): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    scrypt(password, salt, 16, { N: 2 }, (error, key) => (error ? reject(error) : resolve(key)))
  })
}

const silentHub: AlertHub = {
  ready: () => Promise.resolve(),
  publish: () => undefined,
  subscribe: () => () => undefined,
  wake: () => undefined,
  connectedOverlays: () => 0,
  close: () => undefined,
}

function memoryCache(): Platform['segmentCache'] {
  const answers = new Map<string, CachedAnswer>()
  return { get: (key) => answers.get(key), put: (key, answer) => void answers.set(key, answer) }
}

function testPages(path: string): Promise<Response | undefined> {
  const isPage = /^\/[a-z]+\.html$/.test(path)
  return Promise.resolve(
    isPage ? new Response(path, { headers: { 'content-type': 'text/html; charset=utf-8' } }) : undefined,
  )
}

function recordingLog(lines: string[]): Log {
  const record = (fields: Record<string, unknown>, message: string) =>
    void lines.push(JSON.stringify({ ...fields, message }))
  return { info: record, warn: record, error: record }
}
