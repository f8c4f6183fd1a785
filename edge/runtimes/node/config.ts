/** The only reader of the environment for the edge on Node. README lists these settings. */
import { join, resolve } from 'node:path'
import * as v from 'valibot'
import type { BucketSettings } from '../../../shared/storage/bucket.ts'
import type { EdgeDurations, EdgeLimits, MailConfig } from '../../config.ts'
import type { GatewayConfig } from '../../gateway/gateway.ts'
import {
  durationsOf,
  EDGE_SETTINGS,
  gatewayOf,
  internalSecretsOf,
  limitsOf,
  passwordCostOf,
  linesOf,
  mailOf,
  objectStorageOf,
  SettingsError,
} from '../environment.ts'
import type { LogLevel } from '../log-line.ts'
import { Host, Port, PROCESS_SETTINGS } from '../process-settings.ts'
import { reachable, shownHostOf, urlHost } from './addresses.ts'
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
  /** Where an origin that shares a volume with this edge finds what both must know. */
  readonly originCredentialsFile?: string
  /** HTTPS and HTTP/2 by the edge itself, beside the plain port. */
  readonly tls?: TlsSettings
  readonly publicUrl: string
  readonly rtmpUrl: string
  readonly mayRestreamToPrivate: boolean
  readonly mayWebhookToPrivate: boolean
  readonly gateway?: GatewayConfig
  readonly mail?: MailConfig
  readonly segmentCacheBytes: number
  /** Uploaded files are in this folder or that storage, not in the database. */
  readonly assetsDir?: string
  readonly objectStorage?: BucketSettings
  readonly logLevel: LogLevel
  readonly durations: EdgeDurations
  readonly limits: EdgeLimits
  readonly passwordCost?: number
  /** Reverse proxies in front of the edge, see `http/client-address`. */
  readonly trustedProxies: number
  /** Where `npm start` puts the origin that it brings up. */
  readonly ownOrigin: {
    readonly rtmpHost: string
    readonly rtmpPort: number
    readonly rtmpsPort: number | undefined
    readonly httpHost: string
    readonly httpPort: number
    readonly id: string
  }
}

export interface TlsSettings {
  readonly port: number
  /** PEM, the whole chain; read again when it changes. */
  readonly certFile: string
  readonly keyFile: string
}

const Settings = v.object({
  ...PROCESS_SETTINGS,
  DATA_DIR: v.optional(v.string(), './data'),
  DATABASE_URL: v.optional(
    v.pipe(
      v.string(),
      v.regex(
        /^(?:file:.|https?:\/\/.|libsql:\/\/.|\/[^:]*$)/,
        'must begin with https://, http:// or libsql://, or be a file: file:PATH',
      ),
    ),
  ),
  ...EDGE_SETTINGS,
  ASSETS_DIR: v.optional(v.string()),
  ORIGIN_ID: v.optional(
    v.pipe(v.string(), v.regex(/^[\w-]{1,32}$/, 'must be 1 to 32 letters, digits, - or _')),
    'main',
  ),
  RTMP_HOST: v.optional(Host, '0.0.0.0'),
  RTMP_PORT: v.optional(Port, '1935'),
  RTMPS_PORT: v.optional(Port),
  ORIGIN_HTTP_HOST: v.optional(Host, '127.0.0.1'),
  ORIGIN_HTTP_PORT: v.optional(Port, '1936'),
  ORIGIN_CREDENTIALS_FILE: v.optional(v.string()),
  TLS_CERT_FILE: v.optional(v.string()),
  TLS_KEY_FILE: v.optional(v.string()),
  TLS_PORT: v.optional(Port, '8443'),
})
const Environment = v.pipe(
  Settings,
  v.forward(
    v.check((read) => !hasOnly(read, 'TLS_KEY_FILE'), 'must be set too when TLS_KEY_FILE is'),
    ['TLS_CERT_FILE'],
  ),
  v.forward(
    v.check((read) => !hasOnly(read, 'TLS_CERT_FILE'), 'must be set too when TLS_CERT_FILE is'),
    ['TLS_KEY_FILE'],
  ),
)
type Environment = v.InferOutput<typeof Environment>

function hasOnly(read: v.InferOutput<typeof Settings>, name: 'TLS_CERT_FILE' | 'TLS_KEY_FILE'): boolean {
  const other = name === 'TLS_CERT_FILE' ? 'TLS_KEY_FILE' : 'TLS_CERT_FILE'
  return read[name] !== undefined && read[other] === undefined
}

/** @throws StartError with one line for each setting that is wrong; no value is repeated, it could be a secret */
export function readSettings(environment: Readonly<Record<string, string | undefined>>): NodeSettings {
  // An empty variable is how compose files and shells write "not set".
  const given = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ''))
  const result = v.safeParse(Environment, given)
  if (!result.success) throw new StartError(linesOf(result.issues))
  try {
    return settingsOf(result.output)
  } catch (error) {
    throw error instanceof SettingsError ? new StartError(error.lines) : error
  }
}

/** The way into the database and the first visit: no business of a child process. */
const OWN_SECRETS = new Set([
  'DATABASE_URL',
  'DATABASE_AUTH_TOKEN',
  'SETUP_CODE',
  'GATEWAY_KEY',
  'GATEWAY_TOKEN',
  'MAIL_URL',
  'MAIL_TOKEN',
])

export function environmentForChild(
  environment: Readonly<Record<string, string | undefined>>,
): Record<string, string | undefined> {
  return Object.fromEntries(Object.entries(environment).filter(([name]) => !OWN_SECRETS.has(name)))
}

function settingsOf(read: Environment): NodeSettings {
  const dataDir = resolve(read.DATA_DIR)
  const shownHost = shownHostOf(read.HOST)
  const tls = tlsOf(read)
  const objectStorage = storageOf(read)
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
        internalSecrets: internalSecretsOf(read),
      }),
    },
    ...(read.ORIGIN_CREDENTIALS_FILE !== undefined && {
      originCredentialsFile: resolve(read.ORIGIN_CREDENTIALS_FILE),
    }),
    ...(tls && { tls }),
    publicUrl: read.PUBLIC_URL ?? shownUrl(shownHost, read.PORT, tls),
    rtmpUrl:
      read.RTMP_URL ??
      `rtmp://${urlHost(shownHost)}${read.RTMP_PORT === 1935 ? '' : `:${read.RTMP_PORT}`}/live`,
    mayRestreamToPrivate: read.RESTREAM_PRIVATE === 'allow',
    mayWebhookToPrivate: read.WEBHOOK_PRIVATE === 'allow',
    segmentCacheBytes: read.SEGMENT_CACHE_MB,
    ...(read.ASSETS_DIR !== undefined && { assetsDir: resolve(read.ASSETS_DIR) }),
    ...(objectStorage && { objectStorage }),
    logLevel: read.LOG_LEVEL,
    durations: durationsOf(read),
    limits: limitsOf(read),
    ...passwordCostOf(read),
    ...gatewayOf(read),
    ...mailOf(read, { maySmtp: true }),
    trustedProxies: read.TRUSTED_PROXIES,
    ownOrigin: {
      rtmpHost: read.RTMP_HOST,
      rtmpPort: read.RTMP_PORT,
      rtmpsPort: read.RTMPS_PORT,
      httpHost: read.ORIGIN_HTTP_HOST,
      httpPort: read.ORIGIN_HTTP_PORT,
      id: read.ORIGIN_ID,
    },
  }
}

function storageOf(read: Environment): BucketSettings | undefined {
  try {
    return objectStorageOf(read)
  } catch (error) {
    if (error instanceof SettingsError) throw new StartError(error.lines)
    throw error
  }
}

function tlsOf({ TLS_CERT_FILE: cert, TLS_KEY_FILE: key, TLS_PORT: port }: Environment) {
  if (cert === undefined || key === undefined) return undefined
  return { port, certFile: resolve(cert), keyFile: resolve(key) }
}

function shownUrl(host: string, port: number, tls: TlsSettings | undefined): string {
  const [scheme, shown, usual] = tls ? ['https', tls.port, 443] : ['http', port, 80]
  return `${scheme}://${urlHost(host)}${shown === usual ? '' : `:${shown}`}`
}

function databaseOf(
  { DATABASE_URL: url, DATABASE_AUTH_TOKEN: authToken }: Environment,
  dataDir: string,
): NodeSettings['database'] {
  if (url === undefined) return { kind: 'file', path: join(dataDir, 'panggung.db') }
  if (!/^(?:https?|libsql):/.test(url)) return { kind: 'file', path: resolve(url.replace(/^file:/, '')) }
  return { kind: 'remote', url, ...(authToken !== undefined && { authToken }) }
}
