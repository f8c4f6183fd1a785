/**
 * Donations of guests, paid by QRIS through a gateway. There only where a gateway is configured.
 *   POST /api/channels/:slug/guest-donations  Idempotency-Key, DonationRequest → 201 GuestPayment
 *   GET  /api/payments/:token                 GuestPayment; asks the gateway when it has not lately
 *   GET  /api/payments/:token/qr.png          the code as the gateway drew it, where it gives no text
 *   POST /api/payments/:token/check           → GuestPayment: "I have paid"
 *   POST /api/payments/:token/refund          → GuestPayment: held money back to whoever paid
 *   POST /api/payments/:token/claim           → GuestPayment: held money into one's own wallet, signed in
 * Admins:
 *   GET  /api/admin/guest-payments              ?state=&query=&before=ID → { payments: AdminPayment[] }; `query` is a number
 *                                               of ours or of the gateway, exactly
 *   POST /api/admin/guest-payments/:id/check    → AdminPayment: asks the gateway now
 *   POST /api/admin/guest-payments/:id/refund   { reason } → AdminPayment: from the streamer, if they have it, and then
 *                                               the way it came
 *   POST /api/admin/guest-payments/:id/link     → { url }: a new address of its page, for a guest who lost theirs; one
 *                                               at a time
 * For the gateway:
 *   POST /api/gateways/:name                  its notice → 200, also again; 401 when it is not authentic
 */
import * as v from 'valibot'
import { DonationRequest } from './donations.ts'
import { Amount, Id, Instant, Slug } from './fields.ts'

/** The most that QRIS moves at once (Bank Indonesia). */
const QRIS_MAX_RUPIAH = 10_000_000

export const GuestDonation = v.strictObject({
  ...DonationRequest.entries,
  /** A guest without a name is anonymous. */
  amountRupiah: v.pipe(Amount, v.maxValue(QRIS_MAX_RUPIAH)),
})
export type GuestDonation = v.InferOutput<typeof GuestDonation>

export const PAYMENT_STATES = [
  'pending',
  'expired',
  'paid',
  'held',
  'refunding',
  'refunded',
  'claimed',
  'reversed',
] as const
export const PaymentState = v.picklist(PAYMENT_STATES)
export type PaymentState = v.InferOutput<typeof PaymentState>

export const GuestPayment = v.object({
  id: Id,
  /** Opens `/pay/TOKEN`: whoever holds it may take held money back. */
  token: v.string(),
  channel: v.object({ slug: Slug, title: v.string(), elsewhereUrl: v.nullable(v.string()) }),
  amountRupiah: v.number(),
  /**
   * held: paid, and could not be given or was given back. refunding: asked of the gateway. reversed: taken back by the
   * gateway.
   */
  state: PaymentState,
  /** What the code says; null: there is a picture. */
  qrText: v.nullable(v.string()),
  expiresAt: Instant,
  /** A refund was taken by the gateway and failed later; null while none has, or another is under way. */
  refundFailedAt: v.nullable(Instant),
})
export type GuestPayment = v.InferOutput<typeof GuestPayment>

export const AdminPayment = v.object({
  id: Id,
  gateway: v.string(),
  /** The gateway's own number; null: it has not answered yet. */
  reference: v.nullable(v.string()),
  channel: v.object({ slug: Slug, title: v.string() }),
  amountRupiah: v.number(),
  senderName: v.string(),
  message: v.string(),
  state: PaymentState,
  createdAt: Instant,
  paidAt: v.nullable(Instant),
  refundFailedAt: v.nullable(Instant),
  /** Paid after the code had expired. */
  isLate: v.boolean(),
})
export type AdminPayment = v.InferOutput<typeof AdminPayment>
