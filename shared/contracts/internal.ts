/**
 * What origin and edge say to each other, over HTTP, each direction with its own secret.
 *
 *   origin → edge   PUT /internal/broadcasts/:id     open, renew, end (idempotent)
 *   origin → edge   PUT /internal/videos/:id         VideoReport (idempotent); 410: it was deleted
 *   origin → edge   GET /internal/videos?origin=ID&after=ID   KnownVideos, oldest first
 *   origin → edge   POST /internal/keys/resolve      ResolveKey → ResolvedKey: what a short opaque key stands for
 *   origin → edge   GET /internal/broadcasts/:id/settings   BroadcastSettings
 *   origin → edge   GET /internal/status?origin=ID   every 2 s: what must stop, whose settings changed
 *   origin → edge   GET /.well-known/jwks.json       public keys of stream keys (no secret)
 *   edge → origin   POST /internal/broadcasts/:id/alerts   ShownAlert → 204 (404 stream_offline: dropped)
 *   edge → origin   GET /live/...                    the HLS grammar of shared/hls-path
 */
import * as v from 'valibot'
import { StorageProblem } from '../storage/problem.ts'
import { OPAQUE_KEY_PATTERN } from '../stream-key.ts'
import { Id, Instant, KeyId, line, MESSAGE_MAX_CHARS, SENDER_NAME_MAX_CHARS, Slug } from './fields.ts'

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
  // Limits an admin has set; the streamer was warned before.
  'bitrate_limit',
  'resolution_limit',
  'time_limit',
] as const
export const EndReason = v.picklist(END_REASONS)
export type EndReason = v.InferOutput<typeof EndReason>

/** Where a broadcast is forwarded to, as the origin sees it. */
export const RESTREAM_STATES = ['connecting', 'live', 'failing', 'refused'] as const
export const RestreamState = v.object({
  id: Id,
  state: v.picklist(RESTREAM_STATES),
})
export type RestreamState = v.InferOutput<typeof RestreamState>

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
  /** Absent: an origin that cannot record. */
  isRecorded: v.optional(v.boolean()),
  /** Absent: none is set. */
  restreams: v.optional(v.array(RestreamState)),
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

const Milliseconds = v.pipe(v.number(), v.safeInteger(), v.minValue(0))
/** Of one video; what comes after so many losses of the line is found less exactly. */
export const MAX_PIECES = 500
/** Of one video; what comes after so many alerts is told of by the playlist only. */
export const MAX_TOLD_ALERTS = 1000
/** With both of them. */
export const VIDEO_REPORT_MAX_BYTES = 65_536

/** Videos of one origin that the edge counts on, for an origin that compares them with what it has. */
export const KnownVideos = v.object({ ids: v.array(Id) })
export type KnownVideos = v.InferOutput<typeof KnownVideos>
export const KNOWN_VIDEOS_PER_PAGE = 1000

/**
 * Where the bytes of a finished video are. `disk`: at its origin. `waiting`, `failing`: there, on the way to object
 * storage, which has failed lately. `stored`: in object storage, whole and compared.
 */
const VIDEO_STORAGE_STATES = ['disk', 'waiting', 'failing', 'stored'] as const
export const VideoStorageState = v.picklist(VIDEO_STORAGE_STATES)
export type VideoStorageState = v.InferOutput<typeof VideoStorageState>

/**
 * `recording`: the broadcast is on air and can be watched from its start. `ready`: it is finished. `removed`: no byte
 * of it is left. `missing`: its origin has lost it; a later `ready` takes that back. Sent again until the edge has heard;
 * 410 means that it was deleted.
 */
export const VideoReport = v.variant('state', [
  v.object({
    state: v.literal('recording'),
    originId: v.string(),
    channelId: Id,
    startedAt: Instant,
  }),
  v.object({
    state: v.literal('ready'),
    originId: v.string(),
    channelId: Id,
    startedAt: Instant,
    durationMs: Milliseconds,
    sizeBytes: v.pipe(v.number(), v.safeInteger(), v.minValue(0)),
    width: v.optional(v.pipe(v.number(), v.safeInteger(), v.minValue(0))),
    height: v.optional(v.pipe(v.number(), v.safeInteger(), v.minValue(0))),
    /** There is a picture of it; none where nothing can draw one. */
    hasStill: v.boolean(),
    storage: v.optional(VideoStorageState, 'disk'),
    /** Why it fails. */
    storageProblem: v.optional(StorageProblem),
    /** There are pictures for whoever looks for a moment in it. */
    hasPreviews: v.optional(v.boolean(), false),
    /** Unix ms, and ms from the start of the video, of each piece without a gap: where a moment is in it. */
    pieces: v.optional(v.pipe(v.array(v.tuple([Instant, Milliseconds])), v.maxLength(MAX_PIECES)), []),
    /** Ms from the start of the video, and id, of the alerts it shows. */
    alerts: v.optional(v.pipe(v.array(v.tuple([Milliseconds, Id])), v.maxLength(MAX_TOLD_ALERTS)), []),
  }),
  v.object({ state: v.literal('missing'), originId: v.string() }),
  v.object({ state: v.literal('removed'), originId: v.string() }),
])
export type VideoReport = v.InferOutput<typeof VideoReport>

/** What an admin allows a channel. `null`: no limit. */
export const BroadcastLimits = v.object({
  /** Video and sound together, averaged over some seconds. */
  maxBitrateBps: v.nullable(v.pipe(v.number(), v.integer(), v.minValue(1))),
  /** Of the shorter side: 1080 allows 1920x1080 and 1080x1920. */
  maxResolution: v.nullable(v.pipe(v.number(), v.integer(), v.minValue(1))),
  maxDurationSeconds: v.nullable(v.pipe(v.number(), v.integer(), v.minValue(1))),
})
export type BroadcastLimits = v.InferOutput<typeof BroadcastLimits>
export const NO_LIMITS: BroadcastLimits = {
  maxBitrateBps: null,
  maxResolution: null,
  maxDurationSeconds: null,
}

export const MAX_RESTREAM_TARGETS = 5

/** Another RTMP server that gets the same broadcast. The address and the key are secrets: never logged. */
export const RestreamTarget = v.object({
  id: Id,
  /** `rtmp://` or `rtmps://`, with the application, without the stream key. */
  url: v.pipe(v.string(), v.maxLength(500)),
  streamKey: v.pipe(v.string(), v.maxLength(500)),
})
export type RestreamTarget = v.InferOutput<typeof RestreamTarget>

/** What may change during a broadcast; fetched when it opens and when the status poll names a new version. */
export const BroadcastSettings = v.object({
  version: v.string(),
  limits: BroadcastLimits,
  restreams: v.pipe(v.array(RestreamTarget), v.maxLength(MAX_RESTREAM_TARGETS)),
  /**
   * The operator of the installation allows targets on its own machine and network. Unless true, the origin
   * refuses every address that is not `isPublicAddress` when it connects, whatever the name was.
   */
  mayRestreamToPrivate: v.optional(v.boolean()),
})
export type BroadcastSettings = v.InferOutput<typeof BroadcastSettings>

/** Answer to `open` (200). A refusal is a problem: 401, 403 or 409. */
export const BroadcastOpened = v.object({
  slug: v.string(),
  latencyMode: LatencyMode,
  /** Left out by an edge that knows no videos. */
  isRecorded: v.optional(v.boolean(), true),
  /** Set when the same key reopens a broadcast of its own that is still within the grace time. */
  resumes: v.optional(Id),
})
export type BroadcastOpened = v.InferOutput<typeof BroadcastOpened>

/** A short key for encoders that cut or mangle long ones; stored hashed. 404 when it stands for nothing. */
export const ResolveKey = v.object({ key: v.pipe(v.string(), v.regex(OPAQUE_KEY_PATTERN)) })
export type ResolveKey = v.InferOutput<typeof ResolveKey>
export const ResolvedKey = v.object({ channelId: Id, jti: KeyId, expiresAt: Instant })
export type ResolvedKey = v.InferOutput<typeof ResolvedKey>

/** Of one time that an alert is shown: the alert's id, a dot, and when. */
export const ShownAlertId = v.pipe(v.string(), v.regex(/^[0-9a-z.]{1,64}$/))

/**
 * An alert that the overlay has just begun to show. The origin writes it into the playlists as EXT-X-DATERANGE at its
 * newest moment of the media, so that no clock but its own decides where that is.
 */
export const ShownAlert = v.strictObject({
  /** One for each time that it is shown, so that a repeated call is known as such. */
  id: ShownAlertId,
  kind: v.picklist(['donation', 'test', 'away']),
  /** null: anonymous. Both as the overlay shows them. */
  senderName: v.nullable(line(SENDER_NAME_MAX_CHARS)),
  message: v.nullable(line(MESSAGE_MAX_CHARS)),
  amountRupiah: v.pipe(v.number(), v.integer(), v.minValue(0)),
  durationMs: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(60_000)),
})
export type ShownAlert = v.InferOutput<typeof ShownAlert>

/** Answer to the status poll. */
export const OriginStatus = v.object({
  /** Broadcasts that must end now. */
  end: v.array(v.object({ broadcastId: Id, reason: EndReason })),
  /** Revoked and not yet expired keys, for the time when the edge cannot be asked. */
  revokedJtis: v.array(KeyId),
  /** The settings' version of each broadcast on air at this origin. */
  settings: v.optional(v.array(v.object({ broadcastId: Id, version: v.string() })), []),
  /** Videos that were deleted and whose files are still here; named again until the origin says `removed`. */
  removeVideos: v.optional(v.array(Id)),
})
export type OriginStatus = v.InferOutput<typeof OriginStatus>

/**
 * What an edge leaves in a file for an origin that shares a volume with it. Never the signing keys: an origin
 * can refuse keys and make none.
 */
export const OriginCredentials = v.object({
  installationId: v.pipe(v.string(), v.minLength(1), v.maxLength(64)),
  /** The edge shows it to origins. */
  originSecret: v.pipe(v.string(), v.minLength(12), v.maxLength(200)),
  /** Origins show it to the edge. */
  edgeSecret: v.pipe(v.string(), v.minLength(12), v.maxLength(200)),
})
export type OriginCredentials = v.InferOutput<typeof OriginCredentials>
