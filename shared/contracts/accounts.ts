/**
 *   POST /api/accounts/register       RegisterRequest → 201 Member, signs in
 *   POST /api/accounts/sign-in        SignInRequest → Member
 *   POST /api/accounts/sign-out       → 204
 *   POST /api/accounts/password-resets ResetPassword → 204, signs in, ends every other session (403 reset_link_wrong)
 *   GET  /api/accounts/invite         ?code=CODE → InviteState
 *   PUT  /api/me/password             ChangePassword → 204, ends every other session (403 current_password_wrong)
 *   GET  /api/session                 Session: what a page needs before it draws, for visitors too
 *   GET  /api/me                      Member (401 sign_in_required)
 *   GET  /api/me/right-requests       { requests: RightRequest[] }
 *   POST /api/me/right-requests       AskForRight → 201 RightRequest
 *   GET  /api/me/notifications        ?before=ID → { notifications: Notification[], unread }
 *   POST /api/me/notifications/read   { ids } → 204
 *   GET  /api/me/wallet               ?before=SEQ → Wallet
 *   GET  /api/me/donations            ?before=ID → { donations: SentDonation[] }
 */
import * as v from 'valibot'
import { Balance, Email, Id, Instant, line, MemberName, Password, Slug, REASON_MAX_CHARS } from './fields.ts'
import { type ErrorCode, isErrorCode } from '../errors.ts'
import { EndReason } from './internal.ts'
import { Site } from './site.ts'

export const Right = v.picklist(['on_air', 'donations'])
export type Right = v.InferOutput<typeof Right>

export const RegisterRequest = v.strictObject({
  email: Email,
  username: MemberName,
  password: Password,
  invite: v.optional(v.pipe(v.string(), v.maxLength(64))),
})
export type RegisterRequest = v.InferOutput<typeof RegisterRequest>

export const SignInRequest = v.strictObject({
  /** Username or e-mail address. */
  login: v.pipe(v.string(), v.trim(), v.toLowerCase(), v.minLength(1), v.maxLength(254)),
  password: v.pipe(v.string(), v.minLength(1), v.maxLength(256)),
})
export type SignInRequest = v.InferOutput<typeof SignInRequest>

/** `code` is what follows the `#` of the link that an admin made. */
export const ResetPassword = v.strictObject({ code: v.pipe(v.string(), v.maxLength(64)), password: Password })
export type ResetPassword = v.InferOutput<typeof ResetPassword>

/** Of members, and of admins at `/api/admin/me/password`. */
export const ChangePassword = v.object({
  currentPassword: v.pipe(v.string(), v.minLength(1), v.maxLength(256)),
  newPassword: Password,
})
export type ChangePassword = v.InferOutput<typeof ChangePassword>

/** `unknown`: there never was such an invitation, or an admin has taken it back. */
export const InviteState = v.object({ state: v.picklist(['open', 'used', 'expired', 'unknown']) })
export type InviteState = v.InferOutput<typeof InviteState>

export const ChannelRole = v.picklist(['owner', 'operator'])
export type ChannelRole = v.InferOutput<typeof ChannelRole>

/** The signed-in person, as their own pages see them. */
export const Member = v.object({
  id: Id,
  username: v.string(),
  email: v.string(),
  avatarUrl: v.nullable(v.string()),
  rights: v.array(Right),
  balanceRupiah: Balance,
  unreadNotifications: v.number(),
  channels: v.array(v.object({ slug: Slug, title: v.string(), role: ChannelRole })),
})
export type Member = v.InferOutput<typeof Member>

export const Session = v.object({
  site: Site,
  /** null: a visitor. */
  member: v.nullable(Member),
  /** Signed in as an admin too: the frame then leads to the admin page. */
  isAdmin: v.optional(v.boolean(), false),
  /** The installation sends mail: a forgotten password can be replaced by oneself. */
  hasMail: v.optional(v.boolean(), false),
})
export type Session = v.InferOutput<typeof Session>

export const AskForRight = v.strictObject({ right: Right, reason: line(REASON_MAX_CHARS, 3) })
export type AskForRight = v.InferOutput<typeof AskForRight>

export const RightRequest = v.object({
  id: Id,
  right: Right,
  reason: v.string(),
  state: v.picklist(['open', 'granted', 'refused']),
  note: v.nullable(v.string()),
  createdAt: Instant,
  decidedAt: v.nullable(Instant),
})
export type RightRequest = v.InferOutput<typeof RightRequest>

/** A line in the member's list, kept until read. `kind` decides which of the other fields are there. */
export const Notification = v.variant('kind', [
  v.object({
    kind: v.literal('donation_received'),
    id: Id,
    createdAt: Instant,
    readAt: v.nullable(Instant),
    channel: Slug,
    donationId: Id,
    /** null: the donor is anonymous. */
    senderName: v.nullable(v.string()),
    message: v.nullable(v.string()),
    amountRupiah: v.number(),
    /** False when the amount is below the channel's minimum for alerts. */
    isAlert: v.boolean(),
    /** Until then it is not in the balance; null: it was at once. */
    heldUntil: v.optional(v.nullable(Instant), null),
  }),
  v.object({
    kind: v.literal('right_decided'),
    id: Id,
    createdAt: Instant,
    readAt: v.nullable(Instant),
    right: Right,
    granted: v.boolean(),
    /** Of one that was held; otherwise `granted: false` is a refusal. */
    isWithdrawn: v.optional(v.boolean(), false),
    note: v.nullable(v.string()),
  }),
  v.object({
    kind: v.literal('broadcast_ended'),
    id: Id,
    createdAt: Instant,
    readAt: v.nullable(Instant),
    channel: Slug,
    broadcastId: Id,
    reason: EndReason,
    /** What the admin wrote who ended it. */
    note: v.nullable(v.string()),
    /** Until when the channel stays off the air. */
    heldUntil: v.optional(v.nullable(Instant), null),
  }),
  v.object({
    kind: v.literal('withdrawal_decided'),
    id: Id,
    createdAt: Instant,
    readAt: v.nullable(Instant),
    withdrawalId: Id,
    decision: v.picklist(['paid', 'released', 'reversed']),
    amountRupiah: v.number(),
    reason: v.nullable(v.string()),
  }),
  v.object({
    kind: v.literal('balance_credited'),
    id: Id,
    createdAt: Instant,
    readAt: v.nullable(Instant),
    amountRupiah: v.number(),
    reason: v.string(),
  }),
  v.object({
    kind: v.literal('deposit_decided'),
    id: Id,
    createdAt: Instant,
    readAt: v.nullable(Instant),
    depositId: Id,
    decision: v.picklist(['approved', 'rejected', 'reversed']),
    /** What was transferred, the code included. */
    totalRupiah: v.number(),
    reason: v.nullable(v.string()),
  }),
  v.object({
    kind: v.literal('waiting_donation'),
    id: Id,
    createdAt: Instant,
    readAt: v.nullable(Instant),
    channel: Slug,
    title: v.string(),
    amountRupiah: v.number(),
    /** null: it was sent; otherwise why it was not. */
    failure: v.nullable(v.custom<ErrorCode>(isErrorCode)),
  }),
  v.object({
    kind: v.literal('videos_expiring'),
    id: Id,
    createdAt: Instant,
    readAt: v.nullable(Instant),
    channel: Slug,
    /** Videos that a rule deletes, the first of them at this time. */
    count: v.number(),
    firstAt: Instant,
  }),
  v.object({
    kind: v.literal('video_takedown'),
    id: Id,
    createdAt: Instant,
    readAt: v.nullable(Instant),
    channel: Slug,
    videoId: Id,
    /** '': never named. */
    title: v.string(),
    /** false: an admin gave it back. */
    isTakenDown: v.boolean(),
    reason: v.string(),
  }),
  v.object({
    kind: v.literal('case_changed'),
    id: Id,
    createdAt: Instant,
    readAt: v.nullable(Instant),
    caseId: Id,
    change: v.picklist(['answered', 'closed']),
    /** Of the transaction that the case is about. */
    amountRupiah: v.number(),
  }),
  v.object({
    kind: v.literal('donation_hold_decided'),
    id: Id,
    createdAt: Instant,
    readAt: v.nullable(Instant),
    donationId: Id,
    decision: v.picklist(['released', 'refunded']),
    amountRupiah: v.number(),
    /** Of an admin; null: its time had come. */
    reason: v.nullable(v.string()),
  }),
  v.object({
    kind: v.literal('donation_refunded'),
    id: Id,
    createdAt: Instant,
    readAt: v.nullable(Instant),
    channel: Slug,
    title: v.string(),
    amountRupiah: v.number(),
    reason: v.string(),
  }),
])
export type Notification = v.InferOutput<typeof Notification>

export const MarkRead = v.strictObject({ ids: v.pipe(v.array(Id), v.maxLength(200)) })

export const WalletEntry = v.object({
  seq: v.number(),
  transferId: Id,
  kind: v.picklist([
    'donation_sent',
    'donation_received',
    'donation_refunded',
    'donation_released',
    'gateway_claimed',
    'gateway_reversed',
    'credit',
    'deposit',
    'deposit_reversed',
    'debt_repaid',
    'unmatched_assigned',
    'withdrawal_held',
    'withdrawal_released',
    'withdrawal_reversed',
  ]),
  /** Negative when money left the wallet. */
  amountRupiah: v.number(),
  balanceAfterRupiah: Balance,
  /** Of a donation sent the channel's title, of one received the donor's name (null: anonymous), or the reason of a credit. */
  description: v.nullable(v.string()),
  createdAt: Instant,
})
export type WalletEntry = v.InferOutput<typeof WalletEntry>

export const Wallet = v.object({
  balanceRupiah: Balance,
  /** Asked for as withdrawals that are not decided yet, and large first donations that are held. */
  heldRupiah: Balance,
  /** What a reversal took and the balance could not cover; 0 for almost everybody. */
  debtRupiah: Balance,
  entries: v.array(WalletEntry),
})
export type Wallet = v.InferOutput<typeof Wallet>

export const SentDonation = v.object({
  id: Id,
  channel: v.object({ slug: Slug, title: v.string() }),
  amountRupiah: v.number(),
  message: v.nullable(v.string()),
  isAnonymous: v.boolean(),
  createdAt: Instant,
  refundedAt: v.optional(v.nullable(Instant), null),
})
export type SentDonation = v.InferOutput<typeof SentDonation>
