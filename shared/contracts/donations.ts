/**
 *   POST /api/channels/:slug/donations   Idempotency-Key header, DonationRequest → 201 DonationReceipt
 *
 * The same key with the same request gets the same answer; with another request 409 idempotency_key_reused.
 * A refused attempt leaves the key unused.
 */
import * as v from 'valibot'
import {
  Amount,
  Balance,
  Id,
  Instant,
  line,
  MESSAGE_MAX_CHARS,
  SENDER_NAME_MAX_CHARS,
  Slug,
} from './fields.ts'
import { VoteChoice } from './widgets.ts'

export const IDEMPOTENCY_KEY_PATTERN = /^[\w-]{16,64}$/

export const DonationRequest = v.strictObject({
  amountRupiah: Amount,
  /** Shown instead of the username; empty or absent uses the username. */
  senderName: v.optional(line(SENDER_NAME_MAX_CHARS), ''),
  message: v.optional(line(MESSAGE_MAX_CHARS), ''),
  isAnonymous: v.optional(v.boolean(), false),
  /** Counts only while the poll is open; the donation is made all the same. */
  vote: v.optional(VoteChoice),
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
