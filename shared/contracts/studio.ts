/**
 * For a channel's owner and operators, under /api/studio/:slug (403 for everybody else):
 *   GET    /                          StudioChannel
 *   PATCH  /                          ChannelSettings → StudioChannel           (owner)
 *   PUT    /banner                    image/png|jpeg|webp, at most BANNER_MAX_BYTES → StudioChannel  (owner)
 *   DELETE /banner                    → StudioChannel                           (owner)
 *   POST   /operators                 { username } → StudioChannel              (owner)
 *   DELETE /operators/:username       → StudioChannel                           (owner)
 *   GET    /keys                      { keys: StreamKey[] }: the owner sees all, an operator their own
 *   POST   /keys                      IssueKey → 201 RevealedKey
 *   POST   /keys/:jti/reveal          → RevealedKey                             (only its person)
 *   DELETE /keys/:jti                 → 204
 *   GET    /donations                 ?before=ID → { donations: ReceivedDonation[] }
 *   GET    /broadcasts                { broadcasts: StudioBroadcast[] }, newest first
 *   GET    /overlay                   OverlayInfo
 *   POST   /overlay                   → 201 { url }: makes or replaces the link (shown once, hashed at rest)
 *   POST   /alerts/test               → 201 { alertId }
 *   GET    /events                    Server-Sent Events, see contracts/alerts
 */
import * as v from 'valibot'
import { ChannelRole } from './accounts.ts'
import { Id, Instant, KeyId, line, Slug, Username } from './fields.ts'
import { BroadcastHealth, EndReason, LatencyMode } from './internal.ts'
import { LiveBroadcast } from './channels.ts'

export const BANNER_MAX_BYTES = 1_048_576
export const BANNER_TYPES = ['image/png', 'image/jpeg', 'image/webp'] as const

export const StudioChannel = v.object({
  id: Id,
  slug: Slug,
  title: v.string(),
  memo: v.string(),
  bannerUrl: v.nullable(v.string()),
  role: ChannelRole,
  operators: v.array(v.object({ username: v.string(), addedAt: Instant })),
  latencyMode: LatencyMode,
  /** Rights of the owner; the studio shows only what they allow. */
  mayGoOnAir: v.boolean(),
  mayReceiveDonations: v.boolean(),
  donationsEnabled: v.boolean(),
  minimumAlertRupiah: v.number(),
  rtmpServer: v.string(),
  watchUrl: v.string(),
  donateUrl: v.string(),
  live: v.nullable(
    v.object({
      ...LiveBroadcast.entries,
      /** Whose key is on air: "who went on air" is never a guess. */
      startedBy: v.string(),
      keyName: v.string(),
      health: v.nullable(BroadcastHealth),
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
    }),
  ),
})
export type StudioChannel = v.InferOutput<typeof StudioChannel>

export const AddOperator = v.object({ username: Username })

export const StreamKey = v.object({
  jti: KeyId,
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

export const IssueKey = v.object({
  name: line(40, 1),
  expiresInDays: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(3650)), 365),
})
export type IssueKey = v.InferOutput<typeof IssueKey>

/** What goes into OBS. `streamKey` is `SLUG?key=JWT`. */
export const RevealedKey = v.object({ ...StreamKey.entries, server: v.string(), streamKey: v.string() })
export type RevealedKey = v.InferOutput<typeof RevealedKey>

export const ReceivedDonation = v.object({
  id: Id,
  /** null: anonymous, shown as "Seseorang". */
  senderName: v.nullable(v.string()),
  amountRupiah: v.number(),
  message: v.nullable(v.string()),
  isAlert: v.boolean(),
  /** The paper's isDisplayed: shown on slot `main`. */
  isDisplayed: v.boolean(),
  createdAt: Instant,
})
export type ReceivedDonation = v.InferOutput<typeof ReceivedDonation>

export const StudioBroadcast = v.object({
  id: Id,
  startedAt: Instant,
  endedAt: v.nullable(Instant),
  endReason: v.nullable(EndReason),
  startedBy: v.string(),
  keyName: v.string(),
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
