/** The only reader of the environment for the edge on Node. README lists these settings. */
import { networkInterfaces } from 'node:os'
import { join, resolve } from 'node:path'
import * as v from 'valibot'
import { DEFAULT_DURATIONS, DEFAULT_LIMITS, type EdgeDurations, type EdgeLimits } from '../../config.ts'
import { StartError } from './start-error.ts'

export interface NodeSettings {
  readonly host: string
  readonly port: number
  readonly dataDir: string
  readonly database:
    | { readonly kind: 'file'; readonly path: string }
    | { readonly kind: 'remote'; readonly url: string; readonly authToken?: string }
  readonly origins: readonly { readonly id: string; readonly url: string }[]
  /** Instead of those in the data folder, for edges on several machines. */
  readonly secrets: {
    readonly setupCode?: string
    readonly originSecret?: string
    readonly internalSecrets?: readonly string[]
  }
  readonly publicUrl: string
  readonly rtmpUrl: string
  readonly mayRestreamToPrivate: boolean
  readonly segmentCacheBytes: number
  readonly logLevel: (typeof LOG_LEVELS)[number]
  readonly durations: EdgeDurations
  readonly limits: EdgeLimits
  /** Reverse proxies in front of the edge, see `http/client-address`. */
  readonly trustedProxies: number
  /** Where `npm start` puts the origin that it brings up. */
  readonly ownOrigin: {
    readonly rtmpHost: string
    readonly rtmpPort: number
    readonly httpHost: string
    readonly httpPort: number
    readonly id: string
  }
}

const LOG_LEVELS = ['silent', 'error', 'warn', 'info'] as const
const MEBIBYTE = 1024 * 1024

const WANTED = {
  port: 'must be a port number from 0 to 65535',
  host: 'must be an address to listen on, such as 0.0.0.0 or 127.0.0.1',
  origins: 'must be ID=URL, or several of them with commas between, such as main=http://127.0.0.1:1936',
  secret: 'must be 16 to 200 characters without spaces',
  setupCode: 'must be 12 to 64 characters, at least 8 of them no hyphens',
  count: 'must be a whole number from 1 to 999999',
  milliseconds: 'must be a whole number of milliseconds, at least 1',
} as const

const Port = v.pipe(
  v.string(),
  v.regex(/^\d{1,5}$/, WANTED.port),
  v.transform(Number),
  v.maxValue(65_535, WANTED.port),
)
const Host = v.pipe(v.string(), v.regex(/^[\w.:-]{1,253}$/, WANTED.host))
const Secret = v.pipe(v.string(), v.regex(/^\S{16,200}$/, WANTED.secret))
const HttpUrl = (wanted: string) =>
  v.pipe(v.string(), v.regex(/^https?:\/\/[^/?#\s]+\/?$/, wanted), v.url(wanted), v.transform(withoutSlash))
const Milliseconds = v.pipe(v.string(), v.regex(/^[1-9]\d{0,11}$/, WANTED.milliseconds), v.transform(Number))
const Count = v.pipe(v.string(), v.regex(/^[1-9]\d{0,5}$/, WANTED.count), v.transform(Number))

const Origins = v.pipe(
  v.string(),
  v.transform((text) => text.split(',').map((each) => /^([\w-]{1,32})=(.+)$/.exec(each.trim()))),
  v.check((matches) => matches.every((match) => match !== null), WANTED.origins),
  v.transform((matches) => matches.map((match) => ({ id: match?.[1] ?? '', url: match?.[2] ?? '' }))),
  v.array(v.object({ id: v.string(), url: HttpUrl(WANTED.origins) })),
  v.check((list) => new Set(list.map(({ id }) => id)).size === list.length, 'must name each id only once'),
)

/** Hyphens and the case of letters do not count when it is typed. */
const SetupCode = v.pipe(
  v.string(),
  v.regex(/^\S{12,64}$/, WANTED.setupCode),
  v.check((code) => code.replaceAll('-', '').length >= 8, WANTED.setupCode),
)

const Environment = v.object({
  HOST: v.optional(Host, '0.0.0.0'),
  PORT: v.optional(Port, '8080'),
  DATA_DIR: v.optional(v.string(), './data'),
  DATABASE_URL: v.optional(
    v.pipe(
      v.string(),
      v.regex(
        /^(?:file:.|https?:\/\/.|libsql:\/\/.|[^:]+$)/,
        'must be a file, or begin with https://, http:// or libsql://',
      ),
    ),
  ),
  DATABASE_AUTH_TOKEN: v.optional(v.string()),
  ORIGINS: v.optional(Origins),
  ORIGIN_SECRET: v.optional(Secret),
  EDGE_SECRET: v.optional(Secret),
  EDGE_SECRET_NEXT: v.optional(Secret),
  SETUP_CODE: v.optional(SetupCode),
  PUBLIC_URL: v.optional(HttpUrl('must be the address of the site, such as https://tv.example.org')),
  RTMP_URL: v.optional(
    v.pipe(
      v.string(),
      v.regex(
        /^rtmps?:\/\/[^/?#\s]+\/live\/?$/,
        'must be the address for encoders, such as rtmp://tv.example.org/live',
      ),
      v.transform(withoutSlash),
    ),
  ),
  RESTREAM_PRIVATE: v.optional(v.picklist(['allow', 'refuse'], 'must be allow or refuse'), 'refuse'),
  SEGMENT_CACHE_MB: v.optional(
    v.pipe(
      v.string(),
      v.regex(/^[1-9]\d{0,5}$/, 'must be a whole number of megabytes, at least 1'),
      v.transform(Number),
    ),
    '256',
  ),
  LOG_LEVEL: v.optional(v.picklist(LOG_LEVELS, `must be one of ${LOG_LEVELS.join(', ')}`), 'warn'),
  ORIGIN_ID: v.optional(
    v.pipe(v.string(), v.regex(/^[\w-]{1,32}$/, 'must be 1 to 32 letters, digits, - or _')),
    'main',
  ),
  RTMP_HOST: v.optional(Host, '0.0.0.0'),
  RTMP_PORT: v.optional(Port, '1935'),
  ORIGIN_HTTP_HOST: v.optional(Host, '127.0.0.1'),
  ORIGIN_HTTP_PORT: v.optional(Port, '1936'),
  TRUSTED_PROXIES: v.optional(
    v.pipe(
      v.string(),
      v.regex(/^\d$/, 'must be how many reverse proxies stand in front, from 0 to 9'),
      v.transform(Number),
    ),
    '0',
  ),
  REGISTRATIONS_PER_ADDRESS: v.optional(Count),
  DONATIONS_PER_ADDRESS: v.optional(Count),
  // The origin's own; checked here too, so that `npm start` says it once and before it starts anything.
  INGEST_WHEN_EDGE_DOWN: v.optional(v.picklist(['allow', 'refuse'], 'must be allow or refuse')),
  SESSION_MS: v.optional(Milliseconds),
  HEARTBEAT_MS: v.optional(Milliseconds),
  STREAM_LIFE_MS: v.optional(Milliseconds),
  OUTBOX_POLL_MS: v.optional(Milliseconds),
  SLOT_LEASE_MS: v.optional(Milliseconds),
  CLAIM_LEASE_MS: v.optional(Milliseconds),
  BROADCAST_LEASE_MS: v.optional(Milliseconds),
  GRACE_MS: v.optional(Milliseconds),
  KICK_HOLD_MS: v.optional(Milliseconds),
  FILL_TIMEOUT_MS: v.optional(Milliseconds),
})
type Environment = v.InferOutput<typeof Environment>

/** @throws StartError with one line for each setting that is wrong; no value is repeated, it could be a secret */
export function readSettings(environment: Readonly<Record<string, string | undefined>>): NodeSettings {
  // An empty variable is how compose files and shells write "not set".
  const given = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ''))
  const result = v.safeParse(Environment, given)
  if (!result.success) throw new StartError(linesOf(result.issues))
  return settingsOf(result.output)
}

/** The way into the database and the first visit: no business of a child process. */
const OWN_SECRETS = new Set(['DATABASE_URL', 'DATABASE_AUTH_TOKEN', 'SETUP_CODE'])

export function environmentForChild(
  environment: Readonly<Record<string, string | undefined>>,
): Record<string, string | undefined> {
  return Object.fromEntries(Object.entries(environment).filter(([name]) => !OWN_SECRETS.has(name)))
}

function linesOf(issues: readonly v.BaseIssue<unknown>[]): string[] {
  const lines = new Map<string, string>()
  for (const issue of issues) {
    const name = String(issue.path?.[0]?.key)
    if (!lines.has(name)) lines.set(name, `the setting ${name} ${issue.message}`)
  }
  return [...lines.values()]
}

function settingsOf(read: Environment): NodeSettings {
  const dataDir = resolve(read.DATA_DIR)
  const shownHost = shownHostOf(read.HOST)
  return {
    host: read.HOST,
    port: read.PORT,
    dataDir,
    database: databaseOf(read, dataDir),
    origins: read.ORIGINS ?? [
      {
        id: read.ORIGIN_ID,
        url: `http://${urlHost(reachable(read.ORIGIN_HTTP_HOST))}:${read.ORIGIN_HTTP_PORT}`,
      },
    ],
    secrets: {
      ...(read.SETUP_CODE !== undefined && { setupCode: read.SETUP_CODE }),
      ...(read.ORIGIN_SECRET !== undefined && { originSecret: read.ORIGIN_SECRET }),
      ...(read.EDGE_SECRET !== undefined && {
        internalSecrets: [read.EDGE_SECRET, read.EDGE_SECRET_NEXT].filter((each) => each !== undefined),
      }),
    },
    publicUrl: read.PUBLIC_URL ?? `http://${urlHost(shownHost)}${read.PORT === 80 ? '' : `:${read.PORT}`}`,
    rtmpUrl:
      read.RTMP_URL ??
      `rtmp://${urlHost(shownHost)}${read.RTMP_PORT === 1935 ? '' : `:${read.RTMP_PORT}`}/live`,
    mayRestreamToPrivate: read.RESTREAM_PRIVATE === 'allow',
    segmentCacheBytes: read.SEGMENT_CACHE_MB * MEBIBYTE,
    logLevel: read.LOG_LEVEL,
    durations: durationsOf(read),
    limits: {
      registrationsPerAddress: read.REGISTRATIONS_PER_ADDRESS ?? DEFAULT_LIMITS.registrationsPerAddress,
      donationsPerAddress: read.DONATIONS_PER_ADDRESS ?? DEFAULT_LIMITS.donationsPerAddress,
    },
    trustedProxies: read.TRUSTED_PROXIES,
    ownOrigin: {
      rtmpHost: read.RTMP_HOST,
      rtmpPort: read.RTMP_PORT,
      httpHost: read.ORIGIN_HTTP_HOST,
      httpPort: read.ORIGIN_HTTP_PORT,
      id: read.ORIGIN_ID,
    },
  }
}

function databaseOf(
  { DATABASE_URL: url, DATABASE_AUTH_TOKEN: authToken }: Environment,
  dataDir: string,
): NodeSettings['database'] {
  if (url === undefined) return { kind: 'file', path: join(dataDir, 'panggung.db') }
  if (!/^(?:https?|libsql):/.test(url)) return { kind: 'file', path: resolve(url.replace(/^file:/, '')) }
  return { kind: 'remote', url, ...(authToken !== undefined && { authToken }) }
}

function durationsOf(read: Environment): EdgeDurations {
  return {
    session: read.SESSION_MS ?? DEFAULT_DURATIONS.session,
    heartbeat: read.HEARTBEAT_MS ?? DEFAULT_DURATIONS.heartbeat,
    streamLife: read.STREAM_LIFE_MS ?? DEFAULT_DURATIONS.streamLife,
    outboxPoll: read.OUTBOX_POLL_MS ?? DEFAULT_DURATIONS.outboxPoll,
    slotLease: read.SLOT_LEASE_MS ?? DEFAULT_DURATIONS.slotLease,
    claimLease: read.CLAIM_LEASE_MS ?? DEFAULT_DURATIONS.claimLease,
    broadcastLease: read.BROADCAST_LEASE_MS ?? DEFAULT_DURATIONS.broadcastLease,
    grace: read.GRACE_MS ?? DEFAULT_DURATIONS.grace,
    kickHold: read.KICK_HOLD_MS ?? DEFAULT_DURATIONS.kickHold,
    fillTimeout: read.FILL_TIMEOUT_MS ?? DEFAULT_DURATIONS.fillTimeout,
  }
}

function shownHostOf(host: string): string {
  if (host === '127.0.0.1' || host === '::1') return 'localhost'
  return isEveryAddress(host) ? (lanAddress() ?? 'localhost') : host
}

/** The address a phone on the same network reaches. */
export function lanAddress(): string | undefined {
  return Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .find(({ family, internal }) => family === 'IPv4' && !internal)?.address
}

export function isEveryAddress(host: string): boolean {
  return host === '0.0.0.0' || host === '::'
}

/** Where this machine itself reaches what listens on `host`. */
export function reachable(host: string): string {
  return isEveryAddress(host) ? '127.0.0.1' : host
}

export function urlHost(host: string): string {
  return host.includes(':') ? `[${host}]` : host
}

function withoutSlash(url: string): string {
  return url.replace(/\/$/, '')
}
