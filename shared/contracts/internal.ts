/**
 * What origin and edge say to each other, over HTTP, each direction with its own secret.
 *
 *   origin → edge   PUT /internal/broadcasts/:id     open, renew, end (idempotent)
 *   origin → edge   GET /internal/status?origin=ID   every 2 s: what must stop
 *   origin → edge   GET /.well-known/jwks.json       public keys of stream keys (no secret)
 *   edge → origin   GET /live/...                    the HLS grammar of shared/hls-path
 */
import * as v from 'valibot'
import { Id, Instant, KeyId, Slug } from './fields.ts'

export const LATENCY_MODES = ['ultra', 'low', 'normal'] as const
export const LatencyMode = v.picklist(LATENCY_MODES)
export type LatencyMode = v.InferOutput<typeof LatencyMode>

/** Why a broadcast ended, as kept in the log and shown in the studio. */
export const END_REASONS = [
  'stopped', // the encoder stopped cleanly
  'lost', // the connection was lost and the grace time is over
  'key_expired',
  'key_revoked',
  'right_withdrawn',
  'kicked',
  'origin_stopped',
  'unsupported_media',
] as const
export const EndReason = v.picklist(END_REASONS)
export type EndReason = v.InferOutput<typeof EndReason>

/** The incoming signal as the origin measures it; the studio shows it. Absent: not measured yet. */
export const BroadcastHealth = v.object({
  /** RFC 6381. */
  videoCodec: v.optional(v.string()),
  audioCodec: v.optional(v.string()),
  width: v.optional(v.number()),
  height: v.optional(v.number()),
  frameRate: v.optional(v.number()),
  bitrateBps: v.optional(v.number()),
  keyFrameIntervalSeconds: v.optional(v.number()),
  /** Stable codes, e.g. `key_frames_rare`, translated by the studio. */
  hints: v.array(v.string()),
})
export type BroadcastHealth = v.InferOutput<typeof BroadcastHealth>

/** `open` before the encoder is told it is on air, `renew` every 5 s, `end` once. */
export const BroadcastReport = v.variant('event', [
  v.object({
    event: v.literal('open'),
    originId: v.string(),
    channelId: Id,
    jti: KeyId,
    startedAt: Instant,
    /** The slug in the stream name, if any: a key under the name of another channel is refused. */
    namedSlug: v.optional(Slug),
  }),
  v.object({
    event: v.literal('renew'),
    originId: v.string(),
    state: v.picklist(['live', 'interrupted']),
    /** What the studio shows; absent until measured. */
    health: v.optional(BroadcastHealth),
  }),
  v.object({ event: v.literal('end'), originId: v.string(), reason: EndReason, endedAt: Instant }),
])
export type BroadcastReport = v.InferOutput<typeof BroadcastReport>

/** Answer to `open` (200). A refusal is a problem: 401, 403 or 409. */
export const BroadcastOpened = v.object({
  slug: v.string(),
  latencyMode: LatencyMode,
  /** Set when the same key reopens a broadcast of its own that is still within the grace time. */
  resumes: v.optional(Id),
})
export type BroadcastOpened = v.InferOutput<typeof BroadcastOpened>

/** Answer to the status poll. */
export const OriginStatus = v.object({
  /** Broadcasts that must end now. */
  end: v.array(v.object({ broadcastId: Id, reason: EndReason })),
  /** Revoked and not yet expired keys, for the time when the edge cannot be asked. */
  revokedJtis: v.array(KeyId),
})
export type OriginStatus = v.InferOutput<typeof OriginStatus>
