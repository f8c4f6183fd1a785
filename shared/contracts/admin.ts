/**
 * Admins have accounts, a cookie and a session audience of their own.
 *   POST   /api/admin/sign-in                   AdminSignInRequest → Admin (401 factor_required: again, with a code)
 *   POST   /api/admin/sign-out                  → 204
 *   GET    /api/admin/me                        Admin (401 admin_required)
 *   PUT    /api/admin/me/password            ChangePassword → 204, ends every other session
 *   GET    /api/admin/me/sessions               { sessions: DeviceSession[] } (contracts/own-account)
 *   DELETE /api/admin/me/sessions               → 204, all but this one; with /:id that one
 *   GET    /api/admin/me/second-factor          FactorState
 *   POST   /api/admin/me/second-factor          BeginFactor → 201 BegunFactor    shown once, again replaces it
 *   PUT    /api/admin/me/second-factor          ConfirmFactor → RecoveryCodes    on from here, ends every other session
 *   DELETE /api/admin/me/second-factor          FactorProof → 204
 *   POST   /api/admin/me/second-factor/recovery-codes FactorProof → RecoveryCodes   instead of the former
 *   GET    /api/admin/admins                    { admins: Colleague[] }
 *   DELETE /api/admin/admins/:id/second-factor  { reason } → 204        of a colleague, who is signed out
 *   POST   /api/admin/me/notices/read           { upTo: id } → 204
 *   GET    /api/admin/site                      SiteSettings
 *   PATCH  /api/admin/site                      SiteSettings, partial → SiteSettings
 *   GET    /api/admin/right-requests            ?state=open → { requests: AdminRightRequest[] }
 *   POST   /api/admin/right-requests/:id        DecideRequest → 204
 *   GET    /api/admin/members                   ?query=&before=ID → { members: AdminMember[] }
 *   PUT    /api/admin/members/:id/rights/:right { reason } → 204        grant without a request
 *   DELETE /api/admin/members/:id/rights/:right { reason } → 204        withdraw
 *   PUT    /api/admin/members/:id/freeze        { reason } → 204        signs out, and no money moves
 *   DELETE /api/admin/members/:id/freeze        { reason } → 204        lets go again
 *   DELETE /api/admin/members/:id/avatar        { reason } → 204        takes the profile picture away
 *   POST   /api/admin/members/:id/credits       Idempotency-Key, Credit → 201 { transferId, balanceRupiah }
 *   POST   /api/admin/members/:id/password-resets → 201 MadeResetLink       shown once, replaces an earlier one
 *   GET    /api/admin/donations                 ?before=ID → { donations: AdminDonation[] }: the donor is named even when anonymous
 *   POST   /api/admin/donations/:id/refund      { reason } → 204        by the streamer's own rules, in their place
 *   GET    /api/admin/broadcasts                AdminBroadcasts: those on air
 *   POST   /api/admin/broadcasts/:id/end        { reason } → 204        kick
 *   POST   /api/admin/admins                    { username } → 201 NewAdmin: another admin, password shown once
 *   GET    /api/admin/invites                   { invites: Invite[] }: the open ones
 *   POST   /api/admin/invites                   → 201 MadeInvite
 *   DELETE /api/admin/invites/:id               → 204        revoke
 */
import * as v from 'valibot'
import { Right, SignInRequest } from './accounts.ts'
import { Amount, Balance, Id, Instant, line, Slug, REASON_MAX_CHARS } from './fields.ts'
import { BroadcastHealth, BroadcastLimits } from './internal.ts'

const noticeEntries = { id: v.number(), createdAt: Instant, by: v.nullable(v.string()) }

/** For all admins, until each has read it. `by` null: where the server runs. */
export const AdminNotice = v.variant('kind', [
  v.object({ kind: v.literal('admin_added'), ...noticeEntries, username: v.string() }),
  v.object({
    kind: v.literal('approval_rule_loosened'),
    ...noticeEntries,
    twoAdminsAboveRupiah: v.nullable(v.number()),
    adminCoolDownHours: v.nullable(v.number()),
    /** Until then the former rule goes on. */
    holdsFrom: Instant,
  }),
  v.object({
    kind: v.literal('refund_failed'),
    ...noticeEntries,
    amountRupiah: v.number(),
    /** Of the guest's payment. */
    reference: Id,
  }),
])
export type AdminNotice = v.InferOutput<typeof AdminNotice>

export const Admin = v.object({
  id: Id,
  username: v.string(),
  hasSecondFactor: v.boolean(),
  /** Unread, the oldest first, at most 20. */
  notices: v.array(AdminNotice),
  openRequests: v.number(),
  openDeposits: v.number(),
  openWithdrawals: v.number(),
  openCases: v.number(),
  /** Money of members and guests that the platform holds. */
  totalHeldRupiah: v.number(),
  /** From this total on it needs looking into; null: never. */
  totalHeldAlarmRupiah: v.nullable(v.number()),
})
export type Admin = v.InferOutput<typeof Admin>

/** An app's six digits, or a recovery code. */
const FactorCode = v.pipe(v.string(), v.maxLength(40))

export const AdminSignInRequest = v.strictObject({ ...SignInRequest.entries, code: v.optional(FactorCode) })

const OwnPassword = v.pipe(v.string(), v.minLength(1), v.maxLength(256))

export const FactorState = v.object({ isOn: v.boolean(), recoveryCodesLeft: v.number() })
export type FactorState = v.InferOutput<typeof FactorState>

export const BeginFactor = v.strictObject({ password: OwnPassword })

/** `secret` in base 32 for typing, `uri` for a QR code. */
export const BegunFactor = v.object({ secret: v.string(), uri: v.string() })
export type BegunFactor = v.InferOutput<typeof BegunFactor>

export const ConfirmFactor = v.strictObject({ code: FactorCode })

export const FactorProof = v.strictObject({ password: OwnPassword, code: FactorCode })

/** Each opens the door once, without the app. */
export const RecoveryCodes = v.object({ codes: v.array(v.string()) })
export type RecoveryCodes = v.InferOutput<typeof RecoveryCodes>

export const Colleague = v.object({ id: Id, username: v.string(), hasSecondFactor: v.boolean() })
export type Colleague = v.InferOutput<typeof Colleague>

export const AdminRightRequest = v.object({
  id: Id,
  member: v.object({ id: Id, username: v.string(), email: v.string() }),
  right: Right,
  reason: v.string(),
  state: v.picklist(['open', 'granted', 'refused']),
  createdAt: Instant,
})
export type AdminRightRequest = v.InferOutput<typeof AdminRightRequest>

export const DecideRequest = v.strictObject({
  decision: v.picklist(['granted', 'refused']),
  note: v.optional(line(REASON_MAX_CHARS), ''),
})
export type DecideRequest = v.InferOutput<typeof DecideRequest>

export const Reason = v.strictObject({ reason: line(REASON_MAX_CHARS, 3) })

export const AdminMember = v.object({
  id: Id,
  username: v.string(),
  email: v.string(),
  rights: v.array(Right),
  balanceRupiah: Balance,
  channel: v.nullable(Slug),
  avatarUrl: v.optional(v.nullable(v.string()), null),
  registeredAt: Instant,
  /** Stopped by an admin. */
  frozenAt: v.nullable(Instant),
  /** When they last agreed to the terms; null: registered before it was written down. */
  termsAcceptedAt: v.optional(v.nullable(Instant), null),
  /** The terms have changed since. */
  hasOldTerms: v.optional(v.boolean(), false),
})
export type AdminMember = v.InferOutput<typeof AdminMember>

export const Credit = v.strictObject({ amountRupiah: Amount, reason: line(REASON_MAX_CHARS, 3) })
export type Credit = v.InferOutput<typeof Credit>

/** Signs in with this password, which nobody sees again. */
export const NewAdmin = v.object({ id: Id, username: v.string(), password: v.string() })
export type NewAdmin = v.InferOutput<typeof NewAdmin>

/** Lets a member set a new password, once, until `expiresAt`. */
export const MadeResetLink = v.object({ url: v.string(), expiresAt: Instant })
export type MadeResetLink = v.InferOutput<typeof MadeResetLink>

export const AdminDonation = v.object({
  id: Id,
  from: v.object({ id: Id, username: v.string() }),
  to: v.object({ slug: Slug, title: v.string() }),
  senderName: v.nullable(v.string()),
  isAnonymous: v.boolean(),
  amountRupiah: v.number(),
  message: v.nullable(v.string()),
  createdAt: Instant,
  feeRupiah: v.optional(v.number(), 0),
  refundedAt: v.optional(v.nullable(Instant), null),
  /** Until then it can be given back; null: not any more. */
  refundableUntil: v.optional(v.nullable(Instant), null),
})
export type AdminDonation = v.InferOutput<typeof AdminDonation>

export const AdminBroadcast = v.object({
  id: Id,
  channel: v.object({ slug: Slug, title: v.string() }),
  startedAt: Instant,
  startedBy: v.string(),
  keyName: v.string(),
  health: v.nullable(BroadcastHealth),
  limits: BroadcastLimits,
})
export type AdminBroadcast = v.InferOutput<typeof AdminBroadcast>

export const AdminBroadcasts = v.object({
  broadcasts: v.array(AdminBroadcast),
  /** How long a channel stays off the air after a kick. */
  kickHoldMs: v.number(),
})

/** One that somebody can still use. */
export const Invite = v.object({ id: v.string(), madeBy: v.string(), createdAt: Instant, expiresAt: Instant })
export type Invite = v.InferOutput<typeof Invite>

/** Shown once. */
export const MadeInvite = v.object({ url: v.string(), expiresAt: Instant })
export type MadeInvite = v.InferOutput<typeof MadeInvite>
