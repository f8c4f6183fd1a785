/**
 * Events of a channel for the streamer's own server, and its totals for everybody. The owner's, under /api/studio/:slug:
 *   GET    /webhook            WebhookView
 *   PUT    /webhook            SetWebhook → WebhookView; the first time with the secret, which is shown once
 *   POST   /webhook/secret     → { secret }: a new one, at once
 *   POST   /webhook/test       → 204: an event of type `test`
 *   DELETE /webhook            → 204; what was not delivered is forgotten
 *   PUT    /public-totals      PublicTotals → PublicTotals
 *   GET    /public-totals      PublicTotals
 *
 *   GET    /api/channels/:slug/totals   ChannelTotals, for any site (CORS), kept for 10 s; 404 unless the owner allows it
 *
 * Requests follow Standard Webhooks (standardwebhooks.com): POST of JSON with `webhook-id`, `webhook-timestamp` (Unix
 * seconds) and `webhook-signature: v1,BASE64` of HMAC-SHA256 over `ID.TIMESTAMP.BODY` with the decoded secret. Any
 * answer from 200 to 299 within 10 s is a delivery; everything else is tried again, and may so arrive twice.
 */
import * as v from 'valibot'
import { Instant, Slug } from './fields.ts'

export const WEBHOOK_URL_MAX_CHARS = 500
const WebhookUrl = v.pipe(
  v.string(),
  v.trim(),
  v.maxLength(WEBHOOK_URL_MAX_CHARS),
  v.url(),
  v.regex(/^https?:\/\/[^\s@\\]+$/i),
)

export const SetWebhook = v.strictObject({ url: WebhookUrl, isEnabled: v.optional(v.boolean(), true) })
export type SetWebhook = v.InferOutput<typeof SetWebhook>

const WEBHOOK_EVENTS = [
  'donation.received',
  'alert.shown',
  'broadcast.live',
  'broadcast.ended',
  'test',
] as const
export const WebhookEvent = v.picklist(WEBHOOK_EVENTS)
export type WebhookEvent = v.InferOutput<typeof WebhookEvent>

/** `address_refused`: it leads into a private network. `answered`: not with success, see `status`. */
const DELIVERY_PROBLEMS = ['answered', 'timed_out', 'unreachable', 'address_refused'] as const
export const DeliveryProblem = v.picklist(DELIVERY_PROBLEMS)
export type DeliveryProblem = v.InferOutput<typeof DeliveryProblem>

export const Delivery = v.object({
  /** As in `webhook-id`; the same for every attempt. */
  id: v.string(),
  type: WebhookEvent,
  state: v.picklist(['pending', 'delivered', 'failed']),
  attempts: v.number(),
  /** Of the last answer. */
  status: v.nullable(v.number()),
  problem: v.nullable(DeliveryProblem),
  createdAt: Instant,
  /** Of the next attempt, while pending. */
  nextAt: v.nullable(Instant),
})
export type Delivery = v.InferOutput<typeof Delivery>

export const WebhookView = v.object({
  /** null: there is none. */
  url: v.nullable(v.string()),
  isEnabled: v.boolean(),
  /** Newest first. */
  deliveries: v.array(Delivery),
  /** Only in the answer that made it. */
  secret: v.optional(v.string()),
})
export type WebhookView = v.InferOutput<typeof WebhookView>

export const NewWebhookSecret = v.object({ secret: v.string() })

export const PublicTotals = v.object({ isPublic: v.boolean() })
export type PublicTotals = v.InferOutput<typeof PublicTotals>

export const ChannelTotals = v.object({
  slug: Slug,
  title: v.string(),
  donations: v.number(),
  totalRupiah: v.number(),
  /** Since midnight, Monday and the first of the month in the time zone of the installation. */
  dayRupiah: v.number(),
  weekRupiah: v.number(),
  monthRupiah: v.number(),
  at: Instant,
})
export type ChannelTotals = v.InferOutput<typeof ChannelTotals>
