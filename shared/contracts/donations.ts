/**
 *   POST /api/channels/:slug/donations   Idempotency-Key header, DonationRequest → 201 DonationReceipt
 *   POST /api/channels/:slug/waiting-donations   Idempotency-Key, AskForWaiting → 201 WaitingDonation: asks for a
 *                                                 top-up of what is missing, and is sent once that is credited
 *   GET  /api/me/waiting-donations               { waiting: WaitingDonation[] }, newest first
 *   POST /api/me/waiting-donations/:id/cancel    → WaitingDonation
 *   GET  /api/me/donations/:id/receipt           SignedReceipt
 *   POST /api/receipts/verify                    SignedReceipt → ReceiptContents (422 receipt_invalid)
 *   POST /api/studio/:slug/donations/:id/refund  { reason } → 204, by the owner, within the hours that admins set
 *   GET  /api/me/held-donations                  { donations: HeldDonation[] }: large first ones, not in the balance yet
 * Admins:
 *   GET  /api/admin/held-donations               ?before=ID → { donations: AdminHeldDonation[] }
 *   POST /api/admin/held-donations/:id/release   { reason } → 204   (409 request_already_decided)
 *   POST /api/admin/held-donations/:id/refund    { reason } → 204   all of it, to the donor
 *
 * The same key with the same request gets the same answer; with another request 409 idempotency_key_reused.
 * A refused attempt leaves the key unused.
 */
import * as v from 'valibot'
import {
  Amount,
  AmountOrZero,
  Balance,
  Id,
  Instant,
  line,
  MESSAGE_MAX_CHARS,
  SENDER_NAME_MAX_CHARS,
  Slug,
} from './fields.ts'
import { VoteChoice } from './widgets.ts'
import { Deposit } from './payments.ts'
import { type ErrorCode, isErrorCode } from '../errors.ts'

export const IDEMPOTENCY_KEY_PATTERN = /^[\w-]{16,64}$/

export const DonationRequest = v.strictObject({
  amountRupiah: Amount,
  /** Shown instead of the username; empty or absent uses the username. */
  senderName: v.optional(line(SENDER_NAME_MAX_CHARS), ''),
  message: v.optional(line(MESSAGE_MAX_CHARS), ''),
  isAnonymous: v.optional(v.boolean(), false),
  /** Counts only while the poll is open; the donation is made all the same. */
  vote: v.optional(VoteChoice),
  /** What the donor was told that the platform keeps; refused when it is another by then. */
  feeRupiah: v.optional(AmountOrZero, 0),
})
export type DonationRequest = v.InferOutput<typeof DonationRequest>

export const DonationReceipt = v.object({
  id: Id,
  channel: v.object({ slug: Slug, title: v.string() }),
  amountRupiah: v.number(),
  /** null when anonymous. */
  senderName: v.nullable(v.string()),
  message: v.nullable(v.string()),
  /** Whether the overlay shows it; below the channel's minimum the streamer is only notified. */
  isAlert: v.boolean(),
  balanceRupiah: Balance,
  createdAt: Instant,
})
export type DonationReceipt = v.InferOutput<typeof DonationReceipt>

/** What the platform keeps of a donation; it rounds down, as the ledger does. */
export function donationFee(amountRupiah: number, feePermille: number): number {
  return Math.floor((amountRupiah * feePermille) / 1000)
}

export const AskForWaiting = v.strictObject({ ...DonationRequest.entries, receivingAccountId: Id })
export type AskForWaiting = v.InferOutput<typeof AskForWaiting>

export const WaitingDonation = v.object({
  id: Id,
  channel: v.object({ slug: Slug, title: v.string() }),
  amountRupiah: v.number(),
  message: v.nullable(v.string()),
  /** failed: refused when the money had come, which then stays in the wallet. */
  state: v.picklist(['waiting', 'sent', 'cancelled', 'failed']),
  /** Why it failed. */
  failure: v.nullable(v.custom<ErrorCode>(isErrorCode)),
  /** What is to be transferred. */
  deposit: Deposit,
  donationId: v.nullable(Id),
  createdAt: Instant,
})
export type WaitingDonation = v.InferOutput<typeof WaitingDonation>

/** A JWS in compact form (RFC 7515), EdDSA, which anybody verifies with `/.well-known/jwks.json`. */
export const SignedReceipt = v.object({ receipt: v.pipe(v.string(), v.maxLength(4096)) })
export type SignedReceipt = v.InferOutput<typeof SignedReceipt>

/** What a receipt says. Times in seconds, as JWTs have them. */
export const ReceiptContents = v.object({
  /** The installation. */
  iss: v.string(),
  aud: v.literal('receipt'),
  /** The donation. */
  jti: Id,
  /** When it was made. */
  iat: v.number(),
  site: v.string(),
  channel: v.string(),
  amountRupiah: v.number(),
  feeRupiah: v.number(),
  senderName: v.nullable(v.string()),
  message: v.nullable(v.string()),
})
export type ReceiptContents = v.InferOutput<typeof ReceiptContents>

/** Of a donor whom nobody knows yet, and above what admins have set. */
export const HeldDonation = v.object({
  id: Id,
  /** Without the fee. */
  amountRupiah: v.number(),
  /** null: anonymous. */
  senderName: v.nullable(v.string()),
  createdAt: Instant,
  /** When it comes to the balance by itself. */
  releaseAt: Instant,
})
export type HeldDonation = v.InferOutput<typeof HeldDonation>

export const AdminHeldDonation = v.object({
  ...HeldDonation.entries,
  from: v.object({ id: Id, username: v.string() }),
  to: v.object({ slug: Slug, title: v.string(), username: v.string() }),
})
export type AdminHeldDonation = v.InferOutput<typeof AdminHeldDonation>
