/** How long everything of the origin takes, in ms: name, variable and what holds when it is not set. Tests make them small. */
import { ms } from './setting.ts'

const DURATIONS = {
  /** From the first byte to a valid `connect`. */
  connect: { variable: 'RTMP_CONNECT_MS', otherwise: 5000 },
  /** From `connect` to `publish`. */
  publish: { variable: 'RTMP_PUBLISH_MS', otherwise: 5000 },
  /** A publisher that sends no media for this long is lost. */
  silence: { variable: 'RTMP_SILENCE_MS', otherwise: 10_000 },
  /** A publisher silent for this long gives way to the same key. */
  takeover: { variable: 'RTMP_TAKEOVER_MS', otherwise: 3000 },
  /** How long a closing connection may take to read its last status. */
  linger: { variable: 'RTMP_LINGER_MS', otherwise: 1000 },
  edgeTimeout: { variable: 'EDGE_TIMEOUT_MS', otherwise: 2000 },
  renew: { variable: 'BROADCAST_RENEW_MS', otherwise: 5000 },
  statusPoll: { variable: 'STATUS_POLL_MS', otherwise: 2000 },
  /** How often running sessions are held against the expiry of their keys. */
  enforce: { variable: 'ENFORCE_MS', otherwise: 1000 },
  /** Least time between two fetches of the edge's public keys. */
  jwksRefetch: { variable: 'JWKS_REFETCH_MS', otherwise: 10_000 },
  /** How long a broadcast may be over an admin's limit on bit rate or resolution. */
  limitGrace: { variable: 'LIMIT_GRACE_MS', otherwise: 15_000 },
  /** How long before the end of the allowed time the streamer is told. */
  timeWarning: { variable: 'LIMIT_TIME_WARNING_MS', otherwise: 300_000 },
  /** Until another server has taken a forwarded broadcast. */
  restreamConnect: { variable: 'RESTREAM_CONNECT_MS', otherwise: 10_000 },
  /** Before it is tried again, doubled up to the longest time. */
  restreamRetry: { variable: 'RESTREAM_RETRY_MS', otherwise: 1000 },
  restreamMaxRetry: { variable: 'RESTREAM_MAX_RETRY_MS', otherwise: 60_000 },
  /** A server that takes nothing for this long is tried anew. */
  restreamStall: { variable: 'RESTREAM_STALL_MS', otherwise: 10_000 },
  /** How often the certificate's files are looked at. */
  tlsCheck: { variable: 'TLS_CHECK_MS', otherwise: 10_000 },
  /** How long the edge's word on a short key holds without asking again. */
  rememberShortKey: { variable: 'SHORT_KEY_MS', otherwise: 60_000 },
  /** How long a lost broadcast may be resumed. */
  grace: { variable: 'GRACE_MS', otherwise: 60_000 },
  /** The longest a blocking playlist request is held. */
  hold: { variable: 'HLS_HOLD_MS', otherwise: 8000 },
  /** A smaller picture that is later than this is given up. */
  ladderBehind: { variable: 'LADDER_BEHIND_MS', otherwise: 5000 },
  /** Least time from one failure of ffmpeg to the next attempt; doubles each time. */
  ladderRestart: { variable: 'LADDER_RESTART_MS', otherwise: 2000 },
  /** How often a recorder looks at the disk's space, and tries again after a failure. */
  recordingCheck: { variable: 'RECORDINGS_CHECK_MS', otherwise: 10_000 },
  /** What is lost of a recording when the process is killed; longer costs less. */
  recordingWrite: { variable: 'RECORDINGS_WRITE_MS', otherwise: 500 },
  /** How often what is on the disk is compared with what the edge lists. */
  inventory: { variable: 'INVENTORY_MS', otherwise: 3_600_000 },
  /** After a failure of object storage, doubled up to the longest time. */
  storageRetry: { variable: 'STORAGE_RETRY_MS', otherwise: 5000 },
  storageMaxRetry: { variable: 'STORAGE_MAX_RETRY_MS', otherwise: 600_000 },
  /** A request on which no byte moves for this long is given up, and tried again. */
  storageSilence: { variable: 'STORAGE_SILENCE_MS', otherwise: 30_000 },
  /** Of one request to object storage, which carries at most one part. */
  storageTimeout: { variable: 'STORAGE_TIMEOUT_MS', otherwise: 300_000 },
} as const satisfies Record<string, { readonly variable: string; readonly otherwise: number }>

type Name = keyof typeof DURATIONS
type Variable = (typeof DURATIONS)[Name]['variable']

export type OriginDurations = { readonly [name in Name]: number }

/** Entries of a valibot object. */
export const DURATION_SETTINGS = Object.fromEntries(
  Object.values(DURATIONS).map(({ variable, otherwise }) => [variable, ms(otherwise)]),
) as { readonly [variable in Variable]: ReturnType<typeof ms> }

export function durationsOf(env: { readonly [variable in Variable]: number }): OriginDurations {
  return Object.fromEntries(
    Object.entries(DURATIONS).map(([name, { variable }]) => [name, env[variable]]),
  ) as OriginDurations
}
