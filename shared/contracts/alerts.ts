/**
 * The alert stream (Server-Sent Events) and the overlay's part in it.
 *
 *   POST /api/overlay/:id/session     OverlaySignIn → 204 + HttpOnly cookie with Path=/api/overlay/:id
 *   GET  /api/overlay/:id/events      the stream, audience `overlay`
 *   POST /api/overlay/:id/lease       HoldSlot → SlotHolder: asks for or renews the slot lease
 *   POST /api/overlay/:id/claim       ClaimAlert → Alert (409 claim_lost | slot_held_elsewhere, 404 not_found: none queued)
 *   POST /api/overlay/:id/started     PlayReport → 204 (409 claim_lost)
 *   POST /api/overlay/:id/done        PlayReport → 204 (409 claim_lost)
 *   GET  /api/studio/:slug/events     the stream, audience `studio`
 *
 * Frames: only outbox events carry `id: EPOCH.SEQ`. The first frame is `hello` without an id, a named
 * `heartbeat` follows every 15 s, `resync` says that the gap is too large or the epoch foreign, and `bye`
 * announces a planned close. Reconnecting EventSources send Last-Event-ID.
 */
import * as v from 'valibot'
import { Notification } from './accounts.ts'
import { Id, Instant } from './fields.ts'
import { ReceivedDonation } from './studio.ts'

export const MAIN_SLOT = 'main'

/** What the overlay shows: frozen at the moment of the donation (paper 2, the alert table). */
export const Alert = v.object({
  id: Id,
  kind: v.picklist(['donation', 'test']),
  /** null: anonymous. */
  senderName: v.nullable(v.string()),
  message: v.nullable(v.string()),
  /** Placeholders {nama} {name} {jumlah} {amount}. */
  template: v.string(),
  amountRupiah: v.number(),
  durationMs: v.number(),
  imageUrl: v.nullable(v.string()),
  soundUrl: v.nullable(v.string()),
  createdAt: Instant,
})
export type Alert = v.InferOutput<typeof Alert>

export const PlayState = v.picklist(['queued', 'claimed', 'started', 'done', 'perhaps_shown', 'skipped'])
export type PlayState = v.InferOutput<typeof PlayState>

/** Outbox events by `event:` name, with the JSON of their `data:`. */
export const StreamEvent = v.variant('type', [
  v.object({ type: v.literal('alert'), alert: Alert }),
  v.object({ type: v.literal('alert_state'), alertId: Id, slot: v.string(), state: PlayState }),
  v.object({ type: v.literal('donation'), donation: ReceivedDonation }),
  v.object({ type: v.literal('notification'), notification: Notification }),
  v.object({ type: v.literal('live'), live: v.picklist(['live', 'interrupted', 'ended']), broadcastId: Id }),
  v.object({ type: v.literal('overlay_replaced'), overlayId: Id }),
])
export type StreamEvent = v.InferOutput<typeof StreamEvent>
export const STREAM_EVENT_TYPES = [
  'alert',
  'alert_state',
  'donation',
  'notification',
  'live',
  'overlay_replaced',
] as const

export const Hello = v.object({
  epoch: v.string(),
  /** Everything up to and including this outbox row is in the snapshot. */
  head: v.number(),
  serverTime: Instant,
  /** Alerts that still wait on this slot, oldest first. Only on overlay streams. */
  queue: v.array(Alert),
  isPaused: v.boolean(),
  heartbeatMs: v.number(),
})
export type Hello = v.InferOutput<typeof Hello>

export const Heartbeat = v.object({ head: v.number(), serverTime: Instant })
export type Heartbeat = v.InferOutput<typeof Heartbeat>

const InstanceId = v.pipe(v.string(), v.regex(/^[\w-]{8,64}$/))

export const OverlaySignIn = v.object({ key: v.pipe(v.string(), v.minLength(16), v.maxLength(128)) })
/** `isActive` is false while OBS hides the source; an active page takes the slot from a hidden one. */
export const HoldSlot = v.object({ instanceId: InstanceId, isActive: v.boolean() })
export type HoldSlot = v.InferOutput<typeof HoldSlot>
export const SlotHolder = v.object({ isHolder: v.boolean(), leaseMs: v.number() })
export type SlotHolder = v.InferOutput<typeof SlotHolder>
/** Without `alertId`: the oldest that waits. */
export const ClaimAlert = v.object({ instanceId: InstanceId, alertId: v.optional(Id) })
export type ClaimAlert = v.InferOutput<typeof ClaimAlert>
export const PlayReport = v.object({ instanceId: InstanceId, alertId: Id })
export type PlayReport = v.InferOutput<typeof PlayReport>
