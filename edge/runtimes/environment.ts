/**
 * The settings that every runtime of the edge knows, by the same names: from the environment of a process or
 * the bindings of a Worker. README lists them.
 */
import * as v from 'valibot'
import type { BucketSettings } from '../../shared/storage/bucket.ts'
import { BUCKET_SETTINGS, bucketOf } from '../../shared/storage/settings.ts'
import {
  audienceIntervalOf,
  DEFAULT_DURATIONS,
  DEFAULT_LIMITS,
  type EdgeConfig,
  type EdgeDurations,
  type EdgeLimits,
  type MailConfig,
} from '../config.ts'
import type { GatewayConfig } from '../gateway/gateway.ts'
import { MAX_COST, MIN_COST } from './scrypt-hash.ts'

const WANTED = {
  origins: 'must be ID=URL, or several of them with commas between, such as main=http://127.0.0.1:1936',
  secret: 'must be 16 to 200 characters without spaces',
  setupCode: 'must be 12 to 64 characters, at least 8 of them no hyphens',
  passwordCost: 'must be a power of two from 1024 to 131072',
  count: 'must be a whole number from 1 to 999999',
  milliseconds: 'must be a whole number of milliseconds, at least 1',
  signingKeys: 'must be a JSON list of Ed25519 keys, as `npm run secrets` prints it',
  installationId: 'must be the id that `npm run secrets` prints',
  mailUrl: 'must be https://…, or on Node smtp://USER:PASSWORD@HOST:587 or smtps://…',
  mailFrom: 'must be an address such as Panggung <no-reply@example.org>',
  gatewayKey: 'must be 8 to 200 characters without spaces',
  serverUrl: 'must begin with https://, http:// or libsql://',
} as const

const Secret = v.pipe(v.string(), v.regex(/^\S{16,200}$/, WANTED.secret))
const HttpUrl = (wanted: string) =>
  v.pipe(v.string(), v.regex(/^https?:\/\/[^/?#\s]+\/?$/, wanted), v.url(wanted), v.transform(withoutSlash))
const Milliseconds = v.pipe(v.string(), v.regex(/^[1-9]\d{0,11}$/, WANTED.milliseconds), v.transform(Number))
const Count = v.pipe(v.string(), v.regex(/^[1-9]\d{0,5}$/, WANTED.count), v.transform(Number))
const PasswordCost = v.pipe(
  v.string(),
  v.regex(/^[1-9]\d{0,5}$/, WANTED.passwordCost),
  v.transform(Number),
  v.check((cost) => cost >= MIN_COST && cost <= MAX_COST && (cost & (cost - 1)) === 0, WANTED.passwordCost),
)

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

const PublicUrl = HttpUrl('must be the address of the site, such as https://tv.example.org')
const RtmpUrl = v.pipe(
  v.string(),
  v.regex(
    /^rtmps?:\/\/[^/?#\s]+\/live\/?$/,
    'must be the address for encoders, such as rtmp://tv.example.org/live',
  ),
  v.transform(withoutSlash),
)

/** Entries of a valibot object. */
export const EDGE_SETTINGS = {
  DATABASE_AUTH_TOKEN: v.optional(v.string()),
  ORIGINS: v.optional(Origins),
  ORIGIN_SECRET: v.optional(Secret),
  EDGE_SECRET: v.optional(Secret),
  EDGE_SECRET_NEXT: v.optional(Secret),
  SETUP_CODE: v.optional(SetupCode),
  PUBLIC_URL: v.optional(PublicUrl),
  RTMP_URL: v.optional(RtmpUrl),
  RESTREAM_PRIVATE: v.optional(v.picklist(['allow', 'refuse'], 'must be allow or refuse'), 'refuse'),
  WEBHOOK_PRIVATE: v.optional(v.picklist(['allow', 'refuse'], 'must be allow or refuse'), 'refuse'),
  ...BUCKET_SETTINGS,
  REGISTRATIONS_PER_ADDRESS: v.optional(Count),
  DONATIONS_PER_ADDRESS: v.optional(Count),
  PASSWORD_COST: v.optional(PasswordCost),
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
  VIEWER_TOKEN_MS: v.optional(Milliseconds),
  UPLOAD_CHUNK_MS: v.optional(Milliseconds),
  RETENTION_WARNING_MS: v.optional(Milliseconds),
  RETENTION_SWEEP_MS: v.optional(Milliseconds),
  MAIL_URL: v.optional(
    v.pipe(v.string(), v.regex(/^(?:https?|smtps?):\/\/\S+$/, WANTED.mailUrl), v.url(WANTED.mailUrl)),
  ),
  MAIL_TOKEN: v.optional(
    v.pipe(v.string(), v.regex(/^\S{8,400}$/, 'must be 8 to 400 characters without spaces')),
  ),
  MAIL_FROM: v.optional(
    v.pipe(
      v.string(),
      v.regex(/^(?:[^<>\r\n"]{1,80} <[^\s<>@]+@[^\s<>@]+>|[^\s<>@]+@[^\s<>@]+)$/, WANTED.mailFrom),
    ),
  ),
  GATEWAY: v.optional(v.picklist(['midtrans', 'xendit'], 'must be midtrans or xendit')),
  GATEWAY_KEY: v.optional(v.pipe(v.string(), v.regex(/^\S{8,200}$/, WANTED.gatewayKey))),
  GATEWAY_TOKEN: v.optional(v.pipe(v.string(), v.regex(/^\S{8,200}$/, WANTED.gatewayKey))),
  GATEWAY_URL: v.optional(
    HttpUrl('must be the address of the API, such as https://api.sandbox.midtrans.com'),
  ),
} as const

/** What a runtime without a data folder must be given: nothing could make it there and keep it. */
const GivenSettings = v.object({
  ...EDGE_SETTINGS,
  DATABASE_URL: v.pipe(v.string(WANTED.serverUrl), v.regex(/^(?:https?|libsql):\/\/./, WANTED.serverUrl)),
  ORIGINS: Origins,
  ORIGIN_SECRET: Secret,
  EDGE_SECRET: Secret,
  SETUP_CODE: SetupCode,
  INSTALLATION_ID: v.pipe(v.string(WANTED.installationId), v.regex(/^[\w-]{1,64}$/, WANTED.installationId)),
  SIGNING_KEYS: v.pipe(
    v.string(WANTED.signingKeys),
    v.rawTransform(({ dataset, addIssue, NEVER }) => {
      try {
        return JSON.parse(dataset.value) as unknown
      } catch {
        addIssue({ message: WANTED.signingKeys })
        return NEVER
      }
    }),
    v.array(
      v.object({
        kty: v.literal('OKP'),
        crv: v.literal('Ed25519'),
        x: v.string(),
        d: v.string(),
        kid: v.string(),
      }),
      WANTED.signingKeys,
    ),
    v.minLength(1, WANTED.signingKeys),
  ),
  PUBLIC_URL: PublicUrl,
  RTMP_URL: RtmpUrl,
})

export interface GivenEdge {
  readonly config: EdgeConfig
  readonly database: { readonly url: string; readonly authToken?: string }
}

/** Settings that are missing or wrong, a line each; no value is repeated, it could be a secret. */
export class SettingsError extends Error {
  override readonly name = 'SettingsError'
  readonly lines: readonly string[]

  constructor(lines: readonly string[]) {
    super(lines.join('; '))
    this.lines = lines
  }
}

/** @throws SettingsError */
export function readGivenEdge(environment: Readonly<Record<string, unknown>>): GivenEdge {
  const result = v.safeParse(GivenSettings, withoutEmpty(environment))
  if (!result.success) throw new SettingsError(linesOf(result.issues))
  const read = result.output
  const objectStorage = objectStorageOf(read)
  return {
    config: {
      setupCode: read.SETUP_CODE,
      installationId: read.INSTALLATION_ID,
      signingKeys: read.SIGNING_KEYS,
      origins: read.ORIGINS,
      originSecret: read.ORIGIN_SECRET,
      internalSecrets: internalSecretsOf(read),
      mayRestreamToPrivate: read.RESTREAM_PRIVATE === 'allow',
      mayWebhookToPrivate: read.WEBHOOK_PRIVATE === 'allow',
      defaultPublicUrl: read.PUBLIC_URL,
      defaultRtmpUrl: read.RTMP_URL,
      durations: durationsOf(read),
      limits: limitsOf(read),
      ...passwordCostOf(read),
      ...gatewayOf(read),
      ...(objectStorage && { objectStorage }),
      ...mailOf(read, { maySmtp: false }),
    },
    database: {
      url: read.DATABASE_URL,
      ...(read.DATABASE_AUTH_TOKEN !== undefined && { authToken: read.DATABASE_AUTH_TOKEN }),
    },
  }
}

/** An empty variable is how compose files and shells write "not set". */
function withoutEmpty(environment: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ''))
}

export function linesOf(issues: readonly v.BaseIssue<unknown>[]): string[] {
  const lines = new Map<string, string>()
  for (const { path, message, received } of issues) {
    const name = String(path?.[0]?.key)
    const isMissing = received === 'undefined'
    if (!lines.has(name)) lines.set(name, `the setting ${name} ${isMissing ? 'is missing' : message}`)
  }
  return [...lines.values()]
}

type Read = Partial<v.InferOutput<v.ObjectSchema<typeof EDGE_SETTINGS, undefined>>>

export function internalSecretsOf({ EDGE_SECRET, EDGE_SECRET_NEXT }: Read): string[] {
  return [EDGE_SECRET, EDGE_SECRET_NEXT].filter((each) => each !== undefined)
}

export function limitsOf(read: Read): EdgeLimits {
  return {
    registrationsPerAddress: read.REGISTRATIONS_PER_ADDRESS ?? DEFAULT_LIMITS.registrationsPerAddress,
    donationsPerAddress: read.DONATIONS_PER_ADDRESS ?? DEFAULT_LIMITS.donationsPerAddress,
  }
}

export function passwordCostOf({ PASSWORD_COST: passwordCost }: Read): { readonly passwordCost?: number } {
  return passwordCost === undefined ? {} : { passwordCost }
}

export function durationsOf(read: Read): EdgeDurations {
  const viewerToken = read.VIEWER_TOKEN_MS ?? DEFAULT_DURATIONS.viewerToken
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
    viewerToken,
    uploadChunk: read.UPLOAD_CHUNK_MS ?? DEFAULT_DURATIONS.uploadChunk,
    audience: audienceIntervalOf(viewerToken),
    sharedRead: DEFAULT_DURATIONS.sharedRead,
    retentionWarning: read.RETENTION_WARNING_MS ?? DEFAULT_DURATIONS.retentionWarning,
    retentionSweep: read.RETENTION_SWEEP_MS ?? DEFAULT_DURATIONS.retentionSweep,
  }
}

export const GATEWAY_URLS = { midtrans: 'https://api.midtrans.com', xendit: 'https://api.xendit.co' } as const

/** @throws SettingsError when a gateway is named without what it needs */
export function gatewayOf(read: Read): { readonly gateway?: GatewayConfig } {
  const { GATEWAY: name, GATEWAY_KEY: key, GATEWAY_TOKEN: callbackToken = '', GATEWAY_URL: url } = read
  if (name === undefined) return {}
  if (key === undefined) throw new SettingsError(['the setting GATEWAY_KEY is missing'])
  // Without it anybody could send notices.
  if (name === 'xendit' && callbackToken === '')
    throw new SettingsError(['the setting GATEWAY_TOKEN is missing'])
  return { gateway: { name, key, callbackToken, url: url ?? GATEWAY_URLS[name] } }
}

/** @throws SettingsError without a sender, and for SMTP where there are no sockets for it */
export function mailOf(read: Read, { maySmtp }: { maySmtp: boolean }): { readonly mail?: MailConfig } {
  const { MAIL_URL: url, MAIL_TOKEN: token, MAIL_FROM: from } = read
  if (url === undefined) return {}
  if (!maySmtp && url.startsWith('smtp'))
    throw new SettingsError(['the setting MAIL_URL must begin with https:// here: SMTP needs Node'])
  if (from === undefined) throw new SettingsError(['the setting MAIL_FROM is missing'])
  return { mail: { url, from, ...(token !== undefined && { token }) } }
}

/** @throws SettingsError when only some of them are given */
export function objectStorageOf(read: Read): BucketSettings | undefined {
  const bucket = bucketOf(read)
  if (bucket && 'missing' in bucket)
    throw new SettingsError(bucket.missing.map((name) => `the setting ${name} is missing`))
  return bucket
}

function withoutSlash(url: string): string {
  return url.replace(/\/$/, '')
}
