/**
 * Public:
 *   GET /api/channels                 { channels: ChannelCard[] }, live ones first
 *   GET /api/channels/:slug           Channel; an old slug answers 308 to the new address
 *   GET /api/channels/:slug/live      LiveState (shared cache 1 s); an old slug answers 308
 *   GET /api/broadcasts/:id           Broadcast, the permanent watch address
 */
import * as v from 'valibot'
import { AmountOrZero, Id, Instant, line, NewSlug, paragraph, Slug } from './fields.ts'
import { EndReason, LatencyMode } from './internal.ts'

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
  live: v.nullable(LiveBroadcast),
})
export type ChannelCard = v.InferOutput<typeof ChannelCard>

export const Channel = v.object({
  ...ChannelCard.entries,
  memo: v.string(),
  /** True when a signed-in member may donate here now: installation, channel and right all say yes. */
  acceptsDonations: v.boolean(),
  minimumAlertRupiah: v.number(),
  quickAmountsRupiah: v.array(v.number()),
})
export type Channel = v.InferOutput<typeof Channel>

export const LiveState = v.object({
  broadcast: v.nullable(LiveBroadcast),
  /** Path of the multivariant playlist while live. */
  playlist: v.nullable(v.string()),
  latencyMode: LatencyMode,
})
export type LiveState = v.InferOutput<typeof LiveState>

export const Broadcast = v.object({
  id: Id,
  channel: v.object({ slug: Slug, title: v.string() }),
  startedAt: Instant,
  endedAt: v.nullable(Instant),
  endReason: v.nullable(EndReason),
})
export type Broadcast = v.InferOutput<typeof Broadcast>

export const CHANNEL_TITLE_MAX_CHARS = 80
export const CHANNEL_MEMO_MAX_CHARS = 2000

/** What an owner may change. All optional: a PATCH names only what it changes. */
export const ChannelSettings = v.partial(
  v.strictObject({
    slug: NewSlug,
    title: line(CHANNEL_TITLE_MAX_CHARS, 1),
    memo: paragraph(CHANNEL_MEMO_MAX_CHARS),
    latencyMode: LatencyMode,
    donationsEnabled: v.boolean(),
    minimumAlertRupiah: AmountOrZero,
  }),
)
export type ChannelSettings = v.InferOutput<typeof ChannelSettings>
