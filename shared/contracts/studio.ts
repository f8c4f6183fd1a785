/**
 * For a channel's owner and operators, under /api/studio/:slug (403 for everybody else):
 *   GET    /                          StudioChannel
 *   PATCH  /                          ChannelSettings → StudioChannel           (owner)
 *   PUT    /banner                    image/png|jpeg|webp, at most BANNER_MAX_BYTES → StudioChannel  (owner)
 *   DELETE /banner                    → StudioChannel                           (owner)
 *   PUT    /link-picture              ?title=&bannerUrl= (LinkPictureSource), image/jpeg as LINK_PICTURE says → 204;
 *                                     409 when it was drawn from what is no longer so  (owner)
 *   POST   /operators                 { username } → StudioChannel              (owner)
 *   DELETE /operators/:username       → StudioChannel                           (owner)
 *   GET    /keys                      { keys: StreamKey[] }: the owner sees all, an operator their own
 *   POST   /keys                      IssueKey → 201 RevealedKey
 *   POST   /keys/:jti/reveal          → RevealedKey        (only its person; 409 key_shown_once for a short key)
 *   DELETE /keys/:jti                 → 204
 *   POST   /play-tokens               → 201 PlayAddress
 *   GET    /restreams                 { targets: RestreamInfo[] }                   (owner)
 *   POST   /restreams                 NewRestream → 201 RestreamInfo            (owner)
 *   PATCH  /restreams/:id             ChangeRestream → RestreamInfo             (owner)
 *   DELETE /restreams/:id             → 204                                     (owner)
 *   GET    /donations                 ?before=ID → { donations: ReceivedDonation[] }
 *   GET    /broadcasts                { broadcasts: StudioBroadcast[] }, newest first
 *   GET    /overlay                   OverlayInfo
 *   POST   /overlay                   → 201 { url }: makes or replaces the link (shown once, hashed at rest)
 *   GET    /slots                     AlertSlots: further places that show each alert once
 *   POST   /slots                     NameSlot → 201 { slot, url } (shown once, hashed at rest)
 *   PATCH  /slots/:slot               NameSlot → 204
 *   POST   /slots/:slot/link          → 201 { url }: replaces the link of this slot alone
 *   DELETE /slots/:slot               → 204
 *   POST   /alerts/test               → 201 { alertId }
 *   GET    /events                    Server-Sent Events, see contracts/alerts
 */
import * as v from 'valibot'
import { ChannelRole } from './accounts.ts'
import { Id, Instant, KeyId, line, Slug, Username } from './fields.ts'
import { BroadcastHealth, BroadcastLimits, EndReason, LatencyMode, RESTREAM_STATES } from './internal.ts'
import { AlertChaptersFrom, LiveBroadcast, RecordingMode, Visibility } from './channels.ts'

export const BANNER_MAX_BYTES = 1_048_576
export const BANNER_TYPES = ['image/png', 'image/jpeg', 'image/webp'] as const

/** What chats show for a link (Open Graph): WhatsApp takes no larger file, and networks cut to this shape. */
export const LINK_PICTURE = { width: 1200, height: 630, maxBytes: 300_000 } as const

/** What a link picture was drawn from, in the query; an empty `bannerUrl`: without a banner. */
export const LinkPictureSource = v.strictObject({ title: v.string(), bannerUrl: v.string() })
export type LinkPictureSource = v.InferOutput<typeof LinkPictureSource>

export const StudioChannel = v.object({
  id: Id,
  slug: Slug,
  title: v.string(),
  memo: v.string(),
  elsewhereUrl: v.nullable(v.string()),
  bannerUrl: v.nullable(v.string()),
  /** Null until the owner's studio has drawn one from title and banner. */
  linkPictureUrl: v.nullable(v.string()),
  role: ChannelRole,
  operators: v.array(v.object({ username: v.string(), addedAt: Instant })),
  latencyMode: LatencyMode,
  visibility: Visibility,
  recordingMode: RecordingMode,
  /** What its recordings begin with. */
  alertChaptersFrom: AlertChaptersFrom,
  /** Rights of the owner; the studio shows only what they allow. */
  mayGoOnAir: v.boolean(),
  mayReceiveDonations: v.boolean(),
  donationsEnabled: v.boolean(),
  minimumAlertRupiah: v.number(),
  rtmpServer: v.string(),
  /** What an admin allows this channel. */
  limits: BroadcastLimits,
  /** How many may watch at once. */
  maxViewers: v.nullable(v.number()),
  watchUrl: v.string(),
  donateUrl: v.string(),
  live: v.nullable(
    v.object({
      ...LiveBroadcast.entries,
      /** Whose key is on air: "who went on air" is never a guess. */
      startedBy: v.string(),
      keyName: v.string(),
      health: v.nullable(BroadcastHealth),
      /** How many watch now, and at most so far. */
      viewers: v.number(),
      peakViewers: v.number(),
      /** Where the broadcast is forwarded to; `null`: the origin has not said anything yet. */
      restreams: v.array(v.object({ name: v.string(), state: v.nullable(v.picklist(RESTREAM_STATES)) })),
    }),
  ),
  /** How the last broadcast ended; null while one is on air, and before the first. */
  lastEnding: v.nullable(
    v.object({
      broadcastId: Id,
      endedAt: Instant,
      reason: EndReason,
      keyName: v.string(),
      /** What the admin wrote who ended it. */
      note: v.nullable(v.string()),
      /** Until when the channel stays off the air, after a kick. */
      heldUntil: v.nullable(Instant),
    }),
  ),
})
export type StudioChannel = v.InferOutput<typeof StudioChannel>

export const AddOperator = v.strictObject({ username: Username })

/**
 * `jwt`: long, and can be revealed again. `short`: for phones, 24 characters, kept as a hash and therefore
 * shown once.
 */
export const KEY_KINDS = ['jwt', 'short'] as const
export const KeyKind = v.picklist(KEY_KINDS)
export type KeyKind = v.InferOutput<typeof KeyKind>

export const StreamKey = v.object({
  jti: KeyId,
  kind: KeyKind,
  name: v.string(),
  /** Username of the person it was issued to. */
  member: v.string(),
  isMine: v.boolean(),
  issuedAt: Instant,
  expiresAt: Instant,
  lastUsedAt: v.nullable(Instant),
  revokedAt: v.nullable(Instant),
})
export type StreamKey = v.InferOutput<typeof StreamKey>

export const MAX_ACTIVE_KEYS_PER_MEMBER = 20

export const IssueKey = v.strictObject({
  name: line(40, 1),
  kind: v.optional(KeyKind, 'jwt'),
  expiresInDays: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(3650)), 365),
})
export type IssueKey = v.InferOutput<typeof IssueKey>

/** What goes into the encoder. `streamKey` is `SLUG?key=JWT`, or a short key as it is. */
export const RevealedKey = v.object({ ...StreamKey.entries, server: v.string(), streamKey: v.string() })
export type RevealedKey = v.InferOutput<typeof RevealedKey>

/** For VLC or ffplay: `rtmp://HOST/live/SLUG?token=JWT`. Whoever has it can watch until it expires. */
export const PlayAddress = v.object({ url: v.string(), expiresAt: Instant })
export type PlayAddress = v.InferOutput<typeof PlayAddress>

export const RESTREAM_NAME_MAX_CHARS = 40
export const RESTREAM_URL_MAX_CHARS = 500
export const RESTREAM_KEY_MAX_CHARS = 500

/** `rtmp://` or `rtmps://`, a host, and an application; no user, no password, no fragment. */
const RestreamUrl = v.pipe(
  v.string(),
  v.trim(),
  v.maxLength(RESTREAM_URL_MAX_CHARS),
  v.regex(/^rtmps?:\/\/[^\s/?#@]+\/[^\s#@]+$/i),
)
/** Printable ASCII: keys of other services hold dashes, question marks and the like. */
const RestreamKey = v.pipe(
  v.string(),
  v.trim(),
  v.minLength(1),
  v.maxLength(RESTREAM_KEY_MAX_CHARS),
  v.regex(/^[!-~]+$/),
)

export const NewRestream = v.strictObject({
  name: line(RESTREAM_NAME_MAX_CHARS, 1),
  url: RestreamUrl,
  streamKey: RestreamKey,
  isEnabled: v.optional(v.boolean(), true),
})
export type NewRestream = v.InferOutput<typeof NewRestream>

/** A new address needs its key again: nobody can send a kept key somewhere else. */
export const ChangeRestream = v.partial(v.strictObject({ ...NewRestream.entries, isEnabled: v.boolean() }))
export type ChangeRestream = v.InferOutput<typeof ChangeRestream>

/** A target as pages see it: the key is written, never read. */
export const RestreamInfo = v.object({
  id: Id,
  name: v.string(),
  url: v.string(),
  /** The last four characters, of a key that is long enough to spare them. */
  keyEnd: v.string(),
  isEnabled: v.boolean(),
})
export type RestreamInfo = v.InferOutput<typeof RestreamInfo>

export const ReceivedDonation = v.object({
  id: Id,
  /** null: anonymous, shown as "Seseorang". */
  senderName: v.nullable(v.string()),
  amountRupiah: v.number(),
  message: v.nullable(v.string()),
  isAlert: v.boolean(),
  /** The paper's isDisplayed: shown on slot `main`. */
  isDisplayed: v.boolean(),
  /** Its alert waits for somebody in the studio to let it go. */
  isAwaitingReview: v.optional(v.boolean(), false),
  createdAt: Instant,
  /** What the platform kept of it. */
  feeRupiah: v.optional(v.number(), 0),
  /** Given back to the donor. */
  refundedAt: v.optional(v.nullable(Instant), null),
  /** Held until then, as the first large one of its donor; null: it is not. */
  heldUntil: v.optional(v.nullable(Instant), null),
  /** Until when the owner may give it back; null: not any more, or never. */
  refundableUntil: v.optional(v.nullable(Instant), null),
})
export type ReceivedDonation = v.InferOutput<typeof ReceivedDonation>

export const StudioBroadcast = v.object({
  id: Id,
  startedAt: Instant,
  endedAt: v.nullable(Instant),
  endReason: v.nullable(EndReason),
  startedBy: v.string(),
  keyName: v.string(),
  /** How many watched at most at one time. */
  peakViewers: v.number(),
})
export type StudioBroadcast = v.InferOutput<typeof StudioBroadcast>

export const OverlayInfo = v.object({
  id: v.nullable(Id),
  createdAt: v.nullable(Instant),
  /** Overlay pages connected to this edge right now. */
  connected: v.number(),
  /** Pages that ask for the slot, newest first: one shows the alerts, the others wait for their turn. */
  pages: v.array(v.object({ openedAt: Instant, isActive: v.boolean(), isShowing: v.boolean() })),
})
export type OverlayInfo = v.InferOutput<typeof OverlayInfo>
