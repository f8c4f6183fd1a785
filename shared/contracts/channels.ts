/**
 * Public:
 *   GET /api/channels                 { channels: ChannelCard[] }, live ones first: public ones, and for whoever is
 *                                     signed in those for members
 *   GET /api/admin/channels           the same of all channels
 *   GET /api/channels/:slug           Channel; an old slug answers 308 to the new address
 *   GET /api/channels/:slug/live      LiveState (shared cache 1 s, unless for members); an old slug answers 308
 *   GET /api/broadcasts/:id           Broadcast, the permanent watch address; 401 to strangers when for members
 */
import * as v from 'valibot'
import { Amount, AmountOrZero, HttpsLink, Id, Instant, line, NewSlug, paragraph, Slug } from './fields.ts'
import { EndReason, LatencyMode } from './internal.ts'

/**
 * `unlisted`: whoever has the link. `members`: whoever is signed in; its media needs a viewer token
 * (contracts/viewers).
 */
export const VISIBILITIES = ['public', 'unlisted', 'members'] as const
export const Visibility = v.picklist(VISIBILITIES)
export type Visibility = v.InferOutput<typeof Visibility>

/** What becomes of a channel's broadcasts: videos at once, videos that nobody else sees yet, or nothing. */
export const RECORDING_MODES = ['publish', 'draft', 'off'] as const
export const RecordingMode = v.picklist(RECORDING_MODES)
export type RecordingMode = v.InferOutput<typeof RecordingMode>

export const LiveBroadcast = v.object({
  id: Id,
  startedAt: Instant,
  /** `interrupted`: the connection was lost and the grace time runs. */
  state: v.picklist(['live', 'interrupted']),
})
export type LiveBroadcast = v.InferOutput<typeof LiveBroadcast>

export const ChannelCard = v.object({
  slug: Slug,
  title: v.string(),
  bannerUrl: v.nullable(v.string()),
  visibility: Visibility,
  /** Strangers never see what is on air for members. */
  live: v.nullable(LiveBroadcast),
  /** How many watch now; null while nothing is on air. */
  viewers: v.nullable(v.number()),
})
export type ChannelCard = v.InferOutput<typeof ChannelCard>

export const Channel = v.object({
  ...ChannelCard.entries,
  memo: v.string(),
  /** Where the owner goes on air when not here, by their own word. */
  elsewhereUrl: v.nullable(v.string()),
  /** Whether the owner may go on air here at all. */
  mayGoOnAir: v.boolean(),
  /** The owner's picture. */
  avatarUrl: v.nullable(v.string()),
  /** True when a signed-in member may donate here now: installation, channel and right all say yes. */
  acceptsDonations: v.boolean(),
  minimumAlertRupiah: v.number(),
  quickAmountsRupiah: v.array(v.number()),
  /** Thousandths of a donation that the platform keeps. */
  donationFeePermille: v.number(),
  /** True when also a visitor may donate here now, by QRIS. */
  acceptsGuests: v.boolean(),
})
export type Channel = v.InferOutput<typeof Channel>

export const LiveState = v.object({
  broadcast: v.nullable(LiveBroadcast),
  /** Path of the multivariant playlist while live. */
  playlist: v.nullable(v.string()),
  /** Path of a playlist that goes back to the start of the broadcast; null when it is not recorded. */
  dvr: v.optional(v.nullable(v.string())),
  latencyMode: LatencyMode,
  /** What is on air here, if anything, is for members, and nobody is signed in. */
  needsSignIn: v.boolean(),
  /** The playlist must be asked for with a viewer token (contracts/viewers); elsewhere it may carry one. */
  needsToken: v.boolean(),
  /** How many watch now; null while nothing is on air. */
  viewers: v.nullable(v.number()),
})
export type LiveState = v.InferOutput<typeof LiveState>

export const Broadcast = v.object({
  id: Id,
  channel: v.object({ slug: Slug, title: v.string() }),
  startedAt: Instant,
  endedAt: v.nullable(Instant),
  endReason: v.nullable(EndReason),
  /** Its recording, where there is one to be watched. */
  videoId: v.nullable(Id),
})
export type Broadcast = v.InferOutput<typeof Broadcast>

export const CHANNEL_TITLE_MAX_CHARS = 80
export const CHANNEL_MEMO_MAX_CHARS = 2000

/** Alerts of this amount and more are chapters of the recording; null: none is. */
export const AlertChaptersFrom = v.nullable(Amount)

/** What an owner may change. All optional: a PATCH names only what it changes. */
export const ChannelSettings = v.partial(
  v.strictObject({
    slug: NewSlug,
    title: line(CHANNEL_TITLE_MAX_CHARS, 1),
    memo: paragraph(CHANNEL_MEMO_MAX_CHARS),
    elsewhereUrl: v.nullable(HttpsLink),
    latencyMode: LatencyMode,
    visibility: Visibility,
    recordingMode: RecordingMode,
    alertChaptersFrom: AlertChaptersFrom,
    donationsEnabled: v.boolean(),
    minimumAlertRupiah: AmountOrZero,
  }),
)
export type ChannelSettings = v.InferOutput<typeof ChannelSettings>
