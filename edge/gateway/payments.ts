/** What a guest does: asks for a code, pays, looks, and takes back what could not be given. */
import type { GuestDonation, GuestPayment } from '../../shared/contracts/guests.ts'
import { AppError } from '../../shared/errors.ts'
import { ulid } from '../../shared/ids.ts'
import { hashToken } from '../../shared/tokens.ts'
import { integer, text } from '../db/row.ts'
import { requestHash } from '../ledger/rules.ts'
import { ConstraintError } from '../ports.ts'
import { ask, type GatewayDeps, refundHeld, sendLostRefund } from './follow.ts'
import { claimed, type SettlePlatform } from './settle.ts'
import { expireForgotten, findById, findByToken, listUnsettled, type StoredPayment } from './store.ts'

/** How long a code can be paid. */
const PAYABLE_MS = 15 * 60_000
/** A page asks every few seconds; the gateway is asked less often. */
const ASK_AGAIN_MS = 5_000
/** Of each kind, a minute. */
const RECONCILE_MAX = 20
/** A gateway may tell of a payment a day late; after a week nobody pays an old code. */
const RECONCILE_DAYS_MS = 7 * 86_400_000

/**
 * The same key with the same request gets the same payment. The address of its page is made from the key, which only
 * the guest's browser knows.
 * @throws AppError `not_found`, `donations_closed`, `donation_fee_changed`, `idempotency_key_reused`, `gateway_unavailable`
 */
export async function askForPayment(
  { platform, gateway }: GatewayDeps,
  { slug, idempotencyKey, request }: { slug: string; idempotencyKey: string; request: GuestDonation },
): Promise<GuestPayment> {
  const { clock, database, random } = platform
  const channel = await findOpenChannel(platform, slug)
  if (channel.feeRupiahOf(request.amountRupiah) !== request.feeRupiah)
    throw new AppError('donation_fee_changed')
  const token = (await hashToken(`guest payment ${idempotencyKey}`)).slice(0, 40)
  const tokenHash = await hashToken(token)
  const hash = await requestHash([channel.id, JSON.stringify(request)])
  const nowMs = clock.now()
  const id = ulid(nowMs, random.bytes)
  try {
    await database.write([
      {
        sql: `INSERT INTO gateway_payment (id, token_hash, request_hash, gateway, channel_id, amount, request, expires_at,
            created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
        args: [
          id,
          tokenHash,
          hash,
          gateway.name,
          channel.id,
          request.amountRupiah,
          JSON.stringify(request),
          nowMs + PAYABLE_MS,
          nowMs,
        ],
      },
    ])
  } catch (error) {
    if (!(error instanceof ConstraintError)) throw error
  }
  const payment = await findByToken(database, tokenHash)
  if (!payment) throw new AppError('not_found')
  if (payment.requestHash !== hash) throw new AppError('idempotency_key_reused')
  const isUncharged = payment.reference === null && payment.state === 'pending'
  return shown(isUncharged ? await charge({ platform, gateway }, payment) : payment, token)
}

/** Again after a lost answer too: an order id is chargeable once, so a second try is refused by the gateway. */
async function charge({ platform, gateway }: GatewayDeps, payment: StoredPayment): Promise<StoredPayment> {
  const { id, amountRupiah, expiresAt } = payment
  const nowMs = platform.clock.now()
  const { reference, qrText, qrPng } = await gateway.charge({ orderId: id, amountRupiah, expiresAt, nowMs })
  await platform.database.write([
    {
      sql: `UPDATE gateway_payment SET reference = ?, qr_text = ?, qr_png = ? WHERE id = ? AND reference IS NULL`,
      args: [reference, qrText ?? null, qrPng ?? null, id],
    },
  ])
  return (await findById(platform.database, id)) ?? payment
}

async function findOpenChannel({ database }: SettlePlatform, slug: string) {
  const [row] = await database.read({
    sql: `SELECT channel.id, (SELECT json_extract(value, '$.donationFeePermille') FROM payment_setting) AS permille,
        channel.donations_enabled = 1 AND EXISTS (SELECT 1 FROM member_right
          WHERE member_id = channel.owner_id AND right = 'donations') AS is_open
      FROM channel WHERE slug = ?1 OR id = (SELECT channel_id FROM old_slug WHERE slug = ?1)`,
    args: [slug],
  })
  if (!row) throw new AppError('not_found')
  if (integer(row, 'is_open') !== 1) throw new AppError('donations_closed')
  const permille = integer(row, 'permille')
  return {
    id: text(row, 'id'),
    feeRupiahOf: (amountRupiah: number) => Math.floor((amountRupiah * permille) / 1000),
  }
}

/** @throws AppError `not_found` */
export async function lookAt(
  deps: GatewayDeps,
  token: string,
  { isUrgent = false }: { isUrgent?: boolean } = {},
): Promise<GuestPayment> {
  const payment = await requirePayment(deps, token)
  const isOpen = ['pending', 'expired', 'refunding'].includes(payment.state)
  const mayAsk = isUrgent || Math.abs(deps.platform.clock.now() - payment.checkedAt) >= ASK_AGAIN_MS
  return shown(isOpen && mayAsk ? await ask(deps, payment) : payment, token)
}

async function requirePayment({ platform }: GatewayDeps, token: string): Promise<StoredPayment> {
  const payment = await findByToken(platform.database, await hashToken(token))
  if (!payment) throw new AppError('not_found')
  return payment
}

/**
 * Held money goes back the way it came. When nobody knows whether it did, the gateway is asked until it says so.
 * @throws AppError `not_found`, `request_already_decided`, `refund_refused`
 */
export async function refundPayment(deps: GatewayDeps, token: string): Promise<GuestPayment> {
  return shown(await refundHeld(deps, await requirePayment(deps, token)), token)
}

/**
 * The gateway is asked first: what it gave back itself must not be given twice.
 * @throws AppError `not_found`, `request_already_decided`, `gateway_unavailable`
 */
export async function claimPayment(
  deps: GatewayDeps,
  token: string,
  memberId: string,
): Promise<GuestPayment> {
  const payment = await ask(deps, await requirePayment(deps, token))
  if (payment.state !== 'held') throw new AppError('request_already_decided')
  await claimed(deps.platform, payment, memberId)
  return shown((await findById(deps.platform.database, payment.id)) ?? payment, token)
}

function shown(payment: StoredPayment, token: string): GuestPayment {
  const { id, amountRupiah, state, qrText, expiresAt, refundFailedAt } = payment
  const { slug, title, elsewhereUrl } = payment.channel
  const channel = { slug, title, elsewhereUrl }
  return { id, token, channel, amountRupiah, state, qrText, expiresAt, refundFailedAt }
}

/** Asks about those that nobody has told of: a notice can be lost, and a process can stop before it has booked one. */
export async function reconcile(deps: GatewayDeps): Promise<void> {
  const { platform, gateway } = deps
  const nowMs = platform.clock.now()
  await platform.database.write([expireForgotten(nowMs, nowMs - RECONCILE_DAYS_MS)])
  const payments = await listUnsettled(platform.database, {
    gateway: gateway.name,
    nowMs,
    checkedBefore: nowMs - 30_000,
    createdAfter: nowMs - RECONCILE_DAYS_MS,
    max: RECONCILE_MAX,
  })
  for (const payment of payments)
    try {
      await sendLostRefund(deps, await ask(deps, payment))
    } catch (error) {
      platform.log.warn({ payment: payment.id, cause: String(error) }, 'the gateway could not be asked')
    }
}
