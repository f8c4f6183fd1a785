/** The only reader of the environment for the edge on Deno. README lists these settings. */
import * as v from 'valibot'
import { type GivenEdge, linesOf, readGivenEdge, SettingsError } from '../environment.ts'
import type { LogLevel } from '../log-line.ts'
import { PROCESS_SETTINGS } from '../process-settings.ts'

export interface DenoSettings extends GivenEdge {
  readonly host: string
  readonly port: number
  readonly segmentCacheBytes: number
  readonly logLevel: LogLevel
  /** Reverse proxies in front of the edge, see `http/client-address`. */
  readonly trustedProxies: number
}

/** All that is read; the task in package.json allows exactly these. */
export const SETTING_NAMES = [
  'HOST',
  'PORT',
  'SEGMENT_CACHE_MB',
  'LOG_LEVEL',
  'TRUSTED_PROXIES',
  'DATABASE_URL',
  'DATABASE_AUTH_TOKEN',
  'ORIGINS',
  'ORIGIN_SECRET',
  'EDGE_SECRET',
  'EDGE_SECRET_NEXT',
  'INSTALLATION_ID',
  'SIGNING_KEYS',
  'SETUP_CODE',
  'PUBLIC_URL',
  'RTMP_URL',
  'RESTREAM_PRIVATE',
  'WEBHOOK_PRIVATE',
  'S3_ENDPOINT',
  'S3_BUCKET',
  'S3_REGION',
  'S3_ACCESS_KEY_ID',
  'S3_SECRET_ACCESS_KEY',
  'REGISTRATIONS_PER_ADDRESS',
  'DONATIONS_PER_ADDRESS',
  'PASSWORD_COST',
  'SESSION_MS',
  'HEARTBEAT_MS',
  'STREAM_LIFE_MS',
  'OUTBOX_POLL_MS',
  'SLOT_LEASE_MS',
  'CLAIM_LEASE_MS',
  'BROADCAST_LEASE_MS',
  'GRACE_MS',
  'KICK_HOLD_MS',
  'FILL_TIMEOUT_MS',
  'VIEWER_TOKEN_MS',
  'UPLOAD_CHUNK_MS',
  'RETENTION_WARNING_MS',
  'RETENTION_SWEEP_MS',
  'MAIL_URL',
  'MAIL_TOKEN',
  'MAIL_FROM',
  'GATEWAY',
  'GATEWAY_KEY',
  'GATEWAY_TOKEN',
  'GATEWAY_URL',
] as const

export type Environment = Readonly<Record<string, string | undefined>>

/** @throws SettingsError with a line for each setting that is missing or wrong */
export function readSettings(environment: Environment): DenoSettings {
  const given = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ''))
  const own = v.safeParse(v.object(PROCESS_SETTINGS), given)
  const lines = own.success ? [] : linesOf(own.issues)
  let edge: GivenEdge | undefined
  try {
    edge = readGivenEdge(given)
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error
    lines.push(...error.lines)
  }
  if (!own.success || !edge) throw new SettingsError(lines)
  return {
    ...edge,
    host: own.output.HOST,
    port: own.output.PORT,
    segmentCacheBytes: own.output.SEGMENT_CACHE_MB,
    logLevel: own.output.LOG_LEVEL,
    trustedProxies: own.output.TRUSTED_PROXIES,
  }
}
