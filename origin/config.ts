/** The only reader of the environment. Each bad setting gets one line that names its variable. */
import { join } from 'node:path'
import * as v from 'valibot'
import type { BucketSettings } from '../shared/storage/bucket.ts'
import { BUCKET_SETTINGS, bucketOf } from '../shared/storage/settings.ts'
import { type LadderRung, ladderProblem, parseLadder } from './ladder/variants.ts'
import type { CertificateFiles } from './ingest/tls-certificate.ts'
import { LOG_LEVELS, type LogLevel } from './observe/log.ts'
import type { ImportBounds } from './uploads/import-file.ts'
import type { SpeechOptions } from './speech/speech.ts'
import { MESSAGES_A_SECOND } from './ingest/message-pace.ts'

export interface OriginConfig {
  readonly originId: string
  /** `iss` a stream key must carry; without it the edge's published keys alone decide. */
  readonly installationId?: string
  readonly rtmp: Listener
  /** Absent: no RTMPS. It listens at the host of RTMP. */
  readonly rtmps?: { readonly port: number } & CertificateFiles
  readonly http: Listener
  readonly edgeUrl: string
  /** Accepted from the edge: current and next. */
  readonly acceptedSecrets: readonly string[]
  /** Sent to the edge. */
  readonly edgeSecret: string
  readonly dataDir: string
  readonly whenEdgeDown: 'allow' | 'refuse'
  readonly maxConnections: number
  readonly maxConnectionsPerAddress: number
  readonly messagesASecond: number
  readonly logLevel: LogLevel
  /** RFC 8216 EXT-X-TARGETDURATION; fixed for the life of a broadcast. */
  readonly targetDurationSeconds: number
  /** How much of a broadcast its playlist names. */
  readonly windowSeconds: number
  /** Renditions besides the source's own; none: no ladder. */
  readonly ladder: readonly LadderRung[]
  /** A path, or a name to look for in PATH. */
  readonly ffmpegPath: string
  /** Who speaks alerts: a service when one is set, else espeak-ng when it is there. */
  readonly speech: SpeechOptions
  readonly recordings: RecordingSettings
  /** Object storage for finished videos; absent: they stay on the disk. */
  readonly storage?: StorageSettings
  readonly uploads: UploadSettings
  readonly durations: OriginDurations
}

export interface RecordingSettings {
  readonly folder: string
  /** Of the file system that holds the folder, in per cent: the streamer is warned, and recording stops. */
  readonly warnPercent: number
  readonly stopPercent: number
  /** What one broadcast may have waiting for the disk. */
  readonly maxQueueBytes: number
}

export interface StorageSettings {
  readonly bucket: BucketSettings
  /** The disk keeps what is in the storage, too. */
  readonly keepsLocal: boolean
  /** Of an upload in parts; one is in memory at a time. */
  readonly partBytes: number
}

export interface UploadSettings {
  readonly maxSizeBytes: number
  readonly expireMs: number
  /** How often it is looked for those that are over. */
  readonly sweepMs: number
  readonly bounds: ImportBounds
}

export interface Listener {
  readonly host: string
  /** 0: any free port. */
  readonly port: number
}

/** All in ms. Tests make them small. */
export interface OriginDurations {
  /** From the first byte to a valid `connect`. */
  readonly connect: number
  /** From `connect` to `publish`. */
  readonly publish: number
  /** A publisher that sends no media for this long is lost. */
  readonly silence: number
  /** A publisher silent for this long gives way to the same key. */
  readonly takeover: number
  /** How long a closing connection may take to read its last status. */
  readonly linger: number
  readonly edgeTimeout: number
  readonly renew: number
  readonly statusPoll: number
  /** How often running sessions are held against the expiry of their keys. */
  readonly enforce: number
  /** Least time between two fetches of the edge's public keys. */
  readonly jwksRefetch: number
  /** How long a broadcast may be over an admin's limit on bit rate or resolution. */
  readonly limitGrace: number
  /** How long before the end of the allowed time the streamer is told. */
  readonly timeWarning: number
  /** Until another server has taken a forwarded broadcast. */
  readonly restreamConnect: number
  /** Before it is tried again, doubled up to the longest time. */
  readonly restreamRetry: number
  readonly restreamMaxRetry: number
  /** A server that takes nothing for this long is tried anew. */
  readonly restreamStall: number
  /** How often the certificate's files are looked at. */
  readonly tlsCheck: number
  /** How long the edge's word on a short key holds without asking again. */
  readonly rememberShortKey: number
  /** How long a lost broadcast may be resumed. */
  readonly grace: number
  /** The longest a blocking playlist request is held. */
  readonly hold: number
  /** A smaller picture that is later than this is given up. */
  readonly ladderBehind: number
  /** Least time from one failure of ffmpeg to the next attempt; doubles each time. */
  readonly ladderRestart: number
  /** How often a recorder looks at the disk's space, and tries again after a failure. */
  readonly recordingCheck: number
  /** What is lost of a recording when the process is killed; longer costs less. */
  readonly recordingWrite: number
  /** How often what is on the disk is compared with what the edge lists. */
  readonly inventory: number
  /** After a failure of object storage, doubled up to the longest time. */
  readonly storageRetry: number
  readonly storageMaxRetry: number
  /** Of one request to object storage, which carries at most one part. */
  readonly storageTimeout: number
}

export const DEFAULT_DURATIONS: OriginDurations = {
  connect: 5000,
  publish: 5000,
  silence: 10_000,
  takeover: 3000,
  linger: 1000,
  edgeTimeout: 2000,
  renew: 5000,
  statusPoll: 2000,
  enforce: 1000,
  jwksRefetch: 10_000,
  limitGrace: 15_000,
  timeWarning: 300_000,
  restreamConnect: 10_000,
  restreamRetry: 1000,
  restreamMaxRetry: 60_000,
  restreamStall: 10_000,
  tlsCheck: 10_000,
  rememberShortKey: 60_000,
  grace: 60_000,
  hold: 8000,
  ladderBehind: 5000,
  ladderRestart: 2000,
  recordingCheck: 10_000,
  recordingWrite: 500,
  inventory: 3_600_000,
  storageRetry: 5000,
  storageMaxRetry: 600_000,
  storageTimeout: 300_000,
}

export class ConfigError extends Error {
  override readonly name = 'ConfigError'
  readonly lines: readonly string[]

  constructor(lines: readonly string[]) {
    super(lines.join('\n'))
    this.lines = lines
  }
}

const MIN_SECRET_CHARS = 16
const MEBIBYTE = 1024 * 1024

/** @throws ConfigError */
export function readConfig(environment: Readonly<Record<string, string | undefined>>): OriginConfig {
  const result = v.safeParse(Environment, withoutEmpty(environment))
  if (!result.success) throw new ConfigError(result.issues.map(problemLine))
  const env = result.output
  return {
    originId: env.ORIGIN_ID,
    ...(env.INSTALLATION_ID !== undefined && { installationId: env.INSTALLATION_ID }),
    rtmp: { host: env.RTMP_HOST, port: env.RTMP_PORT },
    ...rtmpsOf(env),
    http: { host: env.ORIGIN_HTTP_HOST, port: env.ORIGIN_HTTP_PORT },
    edgeUrl: env.EDGE_URL,
    acceptedSecrets: [env.ORIGIN_SECRET, env.ORIGIN_SECRET_NEXT].filter((secret) => secret !== undefined),
    edgeSecret: env.EDGE_SECRET,
    dataDir: env.DATA_DIR,
    whenEdgeDown: env.INGEST_WHEN_EDGE_DOWN,
    maxConnections: env.RTMP_MAX_CONNECTIONS,
    maxConnectionsPerAddress: env.RTMP_MAX_CONNECTIONS_PER_ADDRESS,
    messagesASecond: env.RTMP_MESSAGES_PER_SECOND,
    logLevel: env.LOG_LEVEL,
    targetDurationSeconds: env.HLS_TARGET_DURATION_SECONDS,
    windowSeconds: env.HLS_WINDOW_SECONDS,
    ladder: env.LADDER ?? [],
    ffmpegPath: env.FFMPEG_PATH,
    speech: {
      espeakPath: env.ESPEAK_PATH,
      ...(env.SPEECH_URL !== undefined && {
        service: {
          url: env.SPEECH_URL,
          ...(env.SPEECH_TOKEN !== undefined && { token: env.SPEECH_TOKEN }),
        },
      }),
    },
    recordings: {
      folder: env.RECORDINGS_DIR ?? join(env.DATA_DIR, 'recordings'),
      warnPercent: Math.min(env.RECORDINGS_WARN_PERCENT, env.RECORDINGS_STOP_PERCENT),
      stopPercent: env.RECORDINGS_STOP_PERCENT,
      maxQueueBytes: env.RECORDINGS_QUEUE_MB * MEBIBYTE,
    },
    ...storageOf(env),
    uploads: {
      maxSizeBytes: env.UPLOAD_MAX_MB * 1024 * 1024,
      expireMs: env.UPLOAD_EXPIRE_MS,
      sweepMs: env.UPLOAD_SWEEP_MS,
      bounds: {
        importMsPerGb: env.UPLOAD_IMPORT_MS_PER_GB,
        encodeMs: env.UPLOAD_ENCODE_MS,
        silenceMs: env.UPLOAD_SILENCE_MS,
        checkMs: env.UPLOAD_CHECK_MS,
        maxMemoryBytes: env.UPLOAD_MEMORY_MB * 1024 * 1024,
      },
    },
    durations: {
      connect: env.RTMP_CONNECT_MS,
      publish: env.RTMP_PUBLISH_MS,
      silence: env.RTMP_SILENCE_MS,
      takeover: env.RTMP_TAKEOVER_MS,
      linger: env.RTMP_LINGER_MS,
      edgeTimeout: env.EDGE_TIMEOUT_MS,
      renew: env.BROADCAST_RENEW_MS,
      statusPoll: env.STATUS_POLL_MS,
      enforce: env.ENFORCE_MS,
      jwksRefetch: env.JWKS_REFETCH_MS,
      limitGrace: env.LIMIT_GRACE_MS,
      timeWarning: env.LIMIT_TIME_WARNING_MS,
      restreamConnect: env.RESTREAM_CONNECT_MS,
      restreamRetry: env.RESTREAM_RETRY_MS,
      restreamMaxRetry: env.RESTREAM_MAX_RETRY_MS,
      restreamStall: env.RESTREAM_STALL_MS,
      tlsCheck: env.TLS_CHECK_MS,
      rememberShortKey: env.SHORT_KEY_MS,
      grace: env.GRACE_MS,
      hold: env.HLS_HOLD_MS,
      ladderBehind: env.LADDER_BEHIND_MS,
      ladderRestart: env.LADDER_RESTART_MS,
      recordingCheck: env.RECORDINGS_CHECK_MS,
      recordingWrite: env.RECORDINGS_WRITE_MS,
      inventory: env.INVENTORY_MS,
      storageRetry: env.STORAGE_RETRY_MS,
      storageMaxRetry: env.STORAGE_MAX_RETRY_MS,
      storageTimeout: env.STORAGE_TIMEOUT_MS,
    },
  }
}

function count(options: { readonly min: number; readonly max: number; readonly otherwise: number }) {
  const { min, max, otherwise } = options
  const range = `must be a whole number from ${min} to ${max}`
  return v.optional(
    v.pipe(
      v.string(),
      v.regex(/^\d{1,9}$/, range),
      v.transform(Number),
      v.minValue(min, range),
      v.maxValue(max, range),
    ),
    String(otherwise),
  )
}

function ms(otherwise: number) {
  return count({ min: 1, max: 86_400_000, otherwise })
}

const PORT_RANGE = 'must be a whole number from 0 to 65535'

function port(otherwise: number) {
  return count({ min: 0, max: 65_535, otherwise })
}

const Secret = v.pipe(
  v.string('must be set'),
  v.minLength(MIN_SECRET_CHARS, `must have at least ${MIN_SECRET_CHARS} characters`),
  v.regex(/^[\x21-\x7e]+$/, 'must be printable ASCII without spaces'),
)
const Host = v.pipe(v.string(), v.regex(/^[\w.:-]{1,253}$/, 'must be an IP address or a host name'))

const optionalPath = v.optional(v.pipe(v.string(), v.maxLength(1024, 'is too long')))
const optionalPort = v.optional(
  v.pipe(v.string(), v.regex(/^\d{1,5}$/, PORT_RANGE), v.transform(Number), v.maxValue(65_535, PORT_RANGE)),
)

const Environment = v.object({
  ORIGIN_ID: v.optional(
    v.pipe(v.string(), v.regex(/^[\w-]{1,64}$/, 'must be 1 to 64 letters, digits, - or _')),
    'main',
  ),
  INSTALLATION_ID: v.optional(v.pipe(v.string(), v.maxLength(64, 'must have at most 64 characters'))),
  RTMP_HOST: v.optional(Host, '0.0.0.0'),
  RTMP_PORT: port(1935),
  RTMPS_PORT: optionalPort,
  TLS_CERT_FILE: optionalPath,
  TLS_KEY_FILE: optionalPath,
  ORIGIN_HTTP_HOST: v.optional(Host, '127.0.0.1'),
  ORIGIN_HTTP_PORT: port(1936),
  EDGE_URL: v.pipe(
    v.string('must be set'),
    v.check(isHttpOrigin, 'must be an http or https address without a path, a query or credentials'),
    v.transform((url) => new URL(url).origin),
  ),
  ORIGIN_SECRET: Secret,
  ORIGIN_SECRET_NEXT: v.optional(Secret),
  EDGE_SECRET: Secret,
  DATA_DIR: v.optional(v.pipe(v.string(), v.maxLength(1024, 'is too long')), './data/origin'),
  INGEST_WHEN_EDGE_DOWN: v.optional(v.picklist(['allow', 'refuse'], 'must be allow or refuse'), 'allow'),
  RTMP_MAX_CONNECTIONS: count({ min: 1, max: 100_000, otherwise: 1000 }),
  RTMP_MAX_CONNECTIONS_PER_ADDRESS: count({ min: 1, max: 100_000, otherwise: 50 }),
  RTMP_MESSAGES_PER_SECOND: count({ min: 200, max: 1_000_000, otherwise: MESSAGES_A_SECOND }),
  LOG_LEVEL: v.optional(v.picklist(LOG_LEVELS, `must be one of ${LOG_LEVELS.join(', ')}`), 'info'),
  RTMP_CONNECT_MS: ms(DEFAULT_DURATIONS.connect),
  RTMP_PUBLISH_MS: ms(DEFAULT_DURATIONS.publish),
  RTMP_SILENCE_MS: ms(DEFAULT_DURATIONS.silence),
  RTMP_TAKEOVER_MS: ms(DEFAULT_DURATIONS.takeover),
  RTMP_LINGER_MS: ms(DEFAULT_DURATIONS.linger),
  EDGE_TIMEOUT_MS: ms(DEFAULT_DURATIONS.edgeTimeout),
  BROADCAST_RENEW_MS: ms(DEFAULT_DURATIONS.renew),
  STATUS_POLL_MS: ms(DEFAULT_DURATIONS.statusPoll),
  ENFORCE_MS: ms(DEFAULT_DURATIONS.enforce),
  JWKS_REFETCH_MS: ms(DEFAULT_DURATIONS.jwksRefetch),
  LIMIT_GRACE_MS: ms(DEFAULT_DURATIONS.limitGrace),
  LIMIT_TIME_WARNING_MS: ms(DEFAULT_DURATIONS.timeWarning),
  RESTREAM_CONNECT_MS: ms(DEFAULT_DURATIONS.restreamConnect),
  RESTREAM_RETRY_MS: ms(DEFAULT_DURATIONS.restreamRetry),
  RESTREAM_MAX_RETRY_MS: ms(DEFAULT_DURATIONS.restreamMaxRetry),
  RESTREAM_STALL_MS: ms(DEFAULT_DURATIONS.restreamStall),
  TLS_CHECK_MS: ms(DEFAULT_DURATIONS.tlsCheck),
  SHORT_KEY_MS: ms(DEFAULT_DURATIONS.rememberShortKey),
  GRACE_MS: ms(DEFAULT_DURATIONS.grace),
  HLS_HOLD_MS: ms(DEFAULT_DURATIONS.hold),
  LADDER: v.optional(
    v.pipe(
      v.string(),
      v.check(
        (text) => ladderProblem(text) === undefined,
        ({ input }) => ladderProblem(input) ?? '',
      ),
      v.transform(parseLadder),
    ),
  ),
  FFMPEG_PATH: v.optional(v.pipe(v.string(), v.maxLength(1024, 'is too long')), 'ffmpeg'),
  ESPEAK_PATH: v.optional(v.pipe(v.string(), v.maxLength(1024, 'is too long')), 'espeak-ng'),
  SPEECH_URL: v.optional(
    v.pipe(
      v.string(),
      v.maxLength(500, 'is too long'),
      v.regex(/^https?:\/\/[^/?#\s@]+/, 'must be an address'),
    ),
  ),
  SPEECH_TOKEN: v.optional(v.pipe(v.string(), v.regex(/^[\x21-\x7e]{1,500}$/, 'must be printable ASCII'))),
  LADDER_BEHIND_MS: ms(DEFAULT_DURATIONS.ladderBehind),
  LADDER_RESTART_MS: ms(DEFAULT_DURATIONS.ladderRestart),
  RECORDINGS_DIR: optionalPath,
  RECORDINGS_WARN_PERCENT: count({ min: 1, max: 100, otherwise: 80 }),
  RECORDINGS_STOP_PERCENT: count({ min: 1, max: 100, otherwise: 90 }),
  RECORDINGS_QUEUE_MB: count({ min: 1, max: 1024, otherwise: 48 }),
  RECORDINGS_CHECK_MS: ms(DEFAULT_DURATIONS.recordingCheck),
  RECORDINGS_WRITE_MS: ms(DEFAULT_DURATIONS.recordingWrite),
  RECORDINGS_STORAGE: v.optional(v.picklist(['disk', 's3'], 'must be disk or s3'), 'disk'),
  RECORDINGS_LOCAL_COPY: v.optional(v.picklist(['keep', 'remove'], 'must be keep or remove'), 'remove'),
  // The storage's own rule: every part but the last has at least so many.
  RECORDINGS_PART_MB: count({ min: 5, max: 512, otherwise: 8 }),
  INVENTORY_MS: ms(DEFAULT_DURATIONS.inventory),
  STORAGE_RETRY_MS: ms(DEFAULT_DURATIONS.storageRetry),
  STORAGE_MAX_RETRY_MS: ms(DEFAULT_DURATIONS.storageMaxRetry),
  STORAGE_TIMEOUT_MS: ms(DEFAULT_DURATIONS.storageTimeout),
  ...BUCKET_SETTINGS,
  UPLOAD_MAX_MB: count({ min: 1, max: 1_000_000, otherwise: 10_240 }),
  UPLOAD_EXPIRE_MS: ms(86_400_000),
  UPLOAD_SWEEP_MS: ms(60_000),
  UPLOAD_IMPORT_MS_PER_GB: ms(300_000),
  UPLOAD_ENCODE_MS: ms(21_600_000),
  UPLOAD_SILENCE_MS: ms(60_000),
  UPLOAD_CHECK_MS: ms(500),
  UPLOAD_MEMORY_MB: count({ min: 128, max: 16_384, otherwise: 1024 }),
  HLS_TARGET_DURATION_SECONDS: count({ min: 1, max: 10, otherwise: 4 }),
  // At least three target durations at the largest (RFC 8216bis, 6.2.2).
  HLS_WINDOW_SECONDS: count({ min: 30, max: 600, otherwise: 30 }),
})

/** @throws ConfigError when videos shall be in a bucket that is not named */
function storageOf(env: v.InferOutput<typeof Environment>): Pick<OriginConfig, 'storage'> {
  // The names may be there for the edge alone, which keeps uploaded pictures there.
  if (env.RECORDINGS_STORAGE === 'disk') return {}
  const bucket = bucketOf(env) ?? { missing: ['S3_ENDPOINT'] }
  if ('missing' in bucket)
    throw new ConfigError(
      bucket.missing.map((variable) => `the setting ${variable} must be set for RECORDINGS_STORAGE=s3`),
    )
  const keepsLocal = env.RECORDINGS_LOCAL_COPY === 'keep'
  return { storage: { bucket, keepsLocal, partBytes: env.RECORDINGS_PART_MB * MEBIBYTE } }
}

/** All three or none. @throws ConfigError */
function rtmpsOf(env: v.InferOutput<typeof Environment>): Pick<OriginConfig, 'rtmps'> {
  const { RTMPS_PORT, TLS_CERT_FILE, TLS_KEY_FILE } = env
  if (RTMPS_PORT !== undefined && TLS_CERT_FILE !== undefined && TLS_KEY_FILE !== undefined)
    return { rtmps: { port: RTMPS_PORT, certFile: TLS_CERT_FILE, keyFile: TLS_KEY_FILE } }
  const given = { RTMPS_PORT, TLS_CERT_FILE, TLS_KEY_FILE }
  const missing = Object.entries(given).filter(([, value]) => value === undefined)
  if (missing.length === 3) return {}
  throw new ConfigError(missing.map(([variable]) => `the setting ${variable} must be set for RTMPS`))
}

/** Compose files and shells set variables to nothing when they mean "not set". */
function withoutEmpty(environment: Readonly<Record<string, string | undefined>>) {
  return Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ''))
}

function isHttpOrigin(text: string): boolean {
  const url = URL.parse(text)
  if (url === null || (url.protocol !== 'http:' && url.protocol !== 'https:')) return false
  return url.pathname === '/' && url.search === '' && url.hash === '' && url.username === ''
}

function problemLine(issue: v.BaseIssue<unknown>): string {
  const variable = v.getDotPath(issue) ?? 'environment'
  // valibot's own text for a missing entry quotes the value; ours never does, it may be a secret.
  return `the setting ${variable} ${issue.input === undefined ? 'must be set' : issue.message}`
}
