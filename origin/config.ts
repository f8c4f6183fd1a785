/** The only reader of the environment. Each bad setting gets one line that names its variable. */
import { join } from 'node:path'
import * as v from 'valibot'
import type { BucketSettings } from '../shared/storage/bucket.ts'
import { BUCKET_SETTINGS, bucketOf } from '../shared/storage/settings.ts'
import { ConfigError, count, Host, ms, optionalPath, optionalPort, Path, port, Secret } from './setting.ts'
import { DURATION_SETTINGS, durationsOf, type OriginDurations } from './durations.ts'
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
    durations: durationsOf(env),
  }
}

const Environment = v.object({
  ORIGIN_ID: v.optional(
    v.pipe(v.string(), v.regex(/^[\w-]{1,64}$/, 'must be 1 to 64 letters, digits, - or _')),
    'main',
  ),
  INSTALLATION_ID: v.optional(v.pipe(v.string(), v.maxLength(64, 'must have at most 64 characters'))),
  ...DURATION_SETTINGS,
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
  DATA_DIR: v.optional(Path, './data/origin'),
  INGEST_WHEN_EDGE_DOWN: v.optional(v.picklist(['allow', 'refuse'], 'must be allow or refuse'), 'allow'),
  RTMP_MAX_CONNECTIONS: count({ min: 1, max: 100_000, otherwise: 1000 }),
  RTMP_MAX_CONNECTIONS_PER_ADDRESS: count({ min: 1, max: 100_000, otherwise: 50 }),
  RTMP_MESSAGES_PER_SECOND: count({ min: 200, max: 1_000_000, otherwise: MESSAGES_A_SECOND }),
  LOG_LEVEL: v.optional(v.picklist(LOG_LEVELS, `must be one of ${LOG_LEVELS.join(', ')}`), 'info'),
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
  FFMPEG_PATH: v.optional(Path, 'ffmpeg'),
  ESPEAK_PATH: v.optional(Path, 'espeak-ng'),
  SPEECH_URL: v.optional(
    v.pipe(
      v.string(),
      v.maxLength(500, 'is too long'),
      v.regex(/^https?:\/\/[^/?#\s@]+/, 'must be an address'),
    ),
  ),
  SPEECH_TOKEN: v.optional(v.pipe(v.string(), v.regex(/^[\x21-\x7e]{1,500}$/, 'must be printable ASCII'))),
  RECORDINGS_DIR: optionalPath,
  RECORDINGS_WARN_PERCENT: count({ min: 1, max: 100, otherwise: 80 }),
  RECORDINGS_STOP_PERCENT: count({ min: 1, max: 100, otherwise: 90 }),
  RECORDINGS_QUEUE_MB: count({ min: 1, max: 1024, otherwise: 48 }),
  RECORDINGS_STORAGE: v.optional(v.picklist(['disk', 's3'], 'must be disk or s3'), 'disk'),
  RECORDINGS_LOCAL_COPY: v.optional(v.picklist(['keep', 'remove'], 'must be keep or remove'), 'remove'),
  // The storage's own rule: every part but the last has at least so many.
  RECORDINGS_PART_MB: count({ min: 5, max: 512, otherwise: 8 }),
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
