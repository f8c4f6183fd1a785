/**
 * The alert stream (Server-Sent Events) and the overlay's part in it.
 *
 *   POST /api/overlay/:id/session     OverlaySignIn → 204 + HttpOnly cookie with Path=/api/overlay/:id
 *   GET  /api/overlay/:id/events      the stream, audience `overlay`
 *   POST /api/overlay/:id/lease       HoldSlot → SlotHolder: asks for or renews the slot lease
 *   POST /api/overlay/:id/claim       ClaimAlert → Alert (409 claim_lost | slot_held_elsewhere, 404 not_found: none queued)
 *   GET  /api/overlay/:id/speech/:alert  the words as audio (404: not to be spoken, or nothing here can speak)
 *   POST /api/overlay/:id/started     PlayReport → 204 (409 claim_lost)
 *   POST /api/overlay/:id/done        PlayReport → 204 (409 claim_lost)
 *   GET  /api/studio/:slug/events     the stream, audience `studio`
 *
 * Control, in the hands of the owner and the operators. The server owns the queue; every answer to a press of a
 * button also reaches the other pages, as `alert_state` or `queue_control`:
 *   GET  /api/studio/:slug/alerts                 ?before=ID → AlertQueue
 *   PUT  /api/studio/:slug/alerts/control         QueueControl → QueueControl
 *   POST /api/studio/:slug/alerts/:id/:action     ALERT_ACTIONS → 204 (409 conflict: it is past that)
 *   POST /api/studio/:slug/alerts/test            TestAlert → 201 { alertId }
 *
 * The dock inside OBS, by a link of its own (/dock/:id#KEY) that the owner makes by POST /api/studio/:slug/dock:
 *   POST /api/dock/:id/session                    OverlaySignIn → 204 + HttpOnly cookie with Path=/api/dock/:id
 *   GET  /api/dock/:id                            DockView
 *   GET  /api/dock/:id/events                     the stream, audience `studio`
 *   …    /api/dock/:id/alerts…                    as the studio's control above
 *
 * Frames: only outbox events carry `id: EPOCH.SEQ`. The first frame is `hello` without an id, a named
 * `heartbeat` follows every 15 s, `resync` says that the gap is too large or the epoch foreign, and `bye`
 * announces a planned close. Reconnecting EventSources send Last-Event-ID.
 */
import * as v from 'valibot'
import { Notification } from './accounts.ts'
import { AlertLook } from './alert-settings.ts'
import { Amount, Id, Instant, line } from './fields.ts'
import { HeldFor } from './moderation.ts'
import { OverlayInfo, ReceivedDonation } from './studio.ts'
import { WidgetDonation } from './widgets.ts'

/** Every channel has it; the others are made in the studio, and have an id. */
export const MAIN_SLOT = 'main'

/** What the overlay shows: frozen at the moment of the donation. */
export const Alert = v.object({
  id: Id,
  /** `away`: one line for all that waited for too long. */
  kind: v.picklist(['donation', 'test', 'away']),
  /** null: anonymous. */
  senderName: v.nullable(v.string()),
  message: v.nullable(v.string()),
  /** With placeholders, see shared/alert-template. */
  template: v.string(),
  amountRupiah: v.number(),
  durationMs: v.number(),
  imageUrl: v.nullable(v.string()),
  soundUrl: v.nullable(v.string()),
  /** As the channel's settings were at that moment. */
  look: AlertLook,
  /** How many donations a 'while you were away' line stands for; null for an alert of its own. */
  lateCount: v.nullable(v.number()),
  createdAt: Instant,
})
export type Alert = v.InferOutput<typeof Alert>

/** `held`: waits until somebody in the studio lets it go. `late`: waited for too long, told by one line. */
const PLAY_STATES = [
  'queued',
  'held',
  'claimed',
  'started',
  'done',
  'perhaps_shown',
  'skipped',
  'late',
] as const
export const PlayState = v.picklist(PLAY_STATES)
export type PlayState = v.InferOutput<typeof PlayState>

/** Outbox events by `event:` name, with the JSON of their `data:`. */
export const StreamEvent = v.variant('type', [
  /** Overlays hear of a held one when it is let go, by `alert_state`. */
  v.object({ type: v.literal('alert'), alert: Alert, isHeld: v.optional(v.boolean(), false) }),
  v.object({ type: v.literal('alert_state'), alertId: Id, slot: v.string(), state: PlayState }),
  v.object({ type: v.literal('queue_control'), isPaused: v.boolean(), isMuted: v.boolean() }),
  v.object({ type: v.literal('donation'), donation: ReceivedDonation }),
  v.object({ type: v.literal('notification'), notification: Notification }),
  v.object({ type: v.literal('live'), live: v.picklist(['live', 'interrupted', 'ended']), broadcastId: Id }),
  /** A recording can be watched from now on, or is finished. */
  v.object({ type: v.literal('video'), videoId: Id }),
  v.object({ type: v.literal('overlay_replaced'), overlayId: Id }),
  v.object({ type: v.literal('widget_donation'), donation: WidgetDonation }),
  v.object({ type: v.literal('widgets_changed') }),
])
export type StreamEvent = v.InferOutput<typeof StreamEvent>
export const STREAM_EVENT_TYPES = [
  'alert',
  'alert_state',
  'queue_control',
  'donation',
  'notification',
  'live',
  'video',
  'overlay_replaced',
  'widget_donation',
  'widgets_changed',
] as const

/** At most so many are in a snapshot; with a full one, read another when these are played. */
export const SNAPSHOT_ALERTS = 100

export const Hello = v.object({
  epoch: v.string(),
  /** Everything up to and including this outbox row is in the snapshot. */
  head: v.number(),
  serverTime: Instant,
  /** Which slot this page shows; null on the studio's stream. */
  slot: v.nullable(v.string()),
  /** Alerts that still wait on this slot, oldest first. Only on overlay streams. */
  queue: v.array(Alert),
  isPaused: v.boolean(),
  isMuted: v.boolean(),
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

/** Paused: nothing new begins. Muted: alerts are shown without their sound. */
export const QueueControl = v.object({ isPaused: v.boolean(), isMuted: v.boolean() })
export type QueueControl = v.InferOutput<typeof QueueControl>

/** `mask`: lets a held one go with every word covered that a rule of moderation knows. */
const ALERT_ACTIONS = ['skip', 'replay', 'hold', 'release', 'mask'] as const
export const AlertAction = v.picklist(ALERT_ACTIONS)
export type AlertAction = v.InferOutput<typeof AlertAction>

/** Where it is done: without `slot` on every slot. Only `skip` and `replay` are for a single one. */
export const AlertActionPlace = v.object({ slot: v.optional(v.union([v.literal(MAIN_SLOT), Id])) })
export type AlertActionPlace = v.InferOutput<typeof AlertActionPlace>

/** One alert as the studio lists it. */
export const AlertEntry = v.object({
  ...v.pick(Alert, ['id', 'kind', 'senderName', 'message', 'amountRupiah', 'lateCount', 'createdAt']).entries,
  /** On the slot `main`. */
  state: PlayState,
  /** On the other slots that it is shown on. */
  slots: v.array(v.object({ slot: Id, name: v.string(), state: PlayState })),
  /** Why moderation held it; empty when it did not. */
  heldFor: v.array(HeldFor),
  /** As `mask` would show it. */
  maskedName: v.nullable(v.string()),
  maskedMessage: v.nullable(v.string()),
  shownAt: v.nullable(Instant),
})
export type AlertEntry = v.InferOutput<typeof AlertEntry>

/** A full page of the history: there may be more. */
export const HISTORY_PAGE_ROWS = 50

export const AlertQueue = v.object({
  ...QueueControl.entries,
  /** What plays or waits, in the order of the queue; at most 100. */
  waiting: v.array(AlertEntry),
  /** What waits for a decision, oldest first; at most 100. */
  held: v.array(AlertEntry),
  /** What is over, newest first; a page. */
  past: v.array(AlertEntry),
})
export type AlertQueue = v.InferOutput<typeof AlertQueue>

/** What the dock in OBS shows beside the queue. */
export const DockView = v.object({
  title: v.string(),
  timeZone: v.string(),
  /** Overlay pages connected to this edge right now, and those that ask for the slot. */
  connected: v.number(),
  pages: OverlayInfo.entries.pages,
  /** The latest, newest first. */
  donations: v.array(ReceivedDonation),
})
export type DockView = v.InferOutput<typeof DockView>

export const TEST_KINDS = ['donation', 'anonymous', 'long', 'away'] as const
export const TestAlert = v.object({
  kind: v.optional(v.picklist(TEST_KINDS), 'donation'),
  /** Which variation is tried; without it the channel's minimum, at least Rp10.000. */
  amountRupiah: v.optional(Amount),
})
export type TestAlert = v.InferOutput<typeof TestAlert>

/** Beside `main`. */
export const MAX_MORE_SLOTS = 5
export const SLOT_NAME_MAX_CHARS = 30

export const NameSlot = v.strictObject({ name: line(SLOT_NAME_MAX_CHARS, 1) })
export type NameSlot = v.InferOutput<typeof NameSlot>

/** A further place that shows every alert once, with a link of its own. */
export const AlertSlot = v.object({
  slot: Id,
  name: v.string(),
  /** When its link was made; null: it has none. */
  linkMadeAt: v.nullable(Instant),
  pages: OverlayInfo.entries.pages,
})
export type AlertSlot = v.InferOutput<typeof AlertSlot>
export const AlertSlots = v.object({ slots: v.array(AlertSlot) })
