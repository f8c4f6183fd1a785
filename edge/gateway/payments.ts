/** What a guest does: asks for a code, pays, looks, and takes back what could not be given. */
import type { GuestDonation, GuestPayment } from '../../shared/contracts/guests.ts'
import { AppError } from '../../shared/errors.ts'
import { ulid } from '../../shared/ids.ts'
import { hashToken } from '../../shared/tokens.ts'
import { integer, text } from '../db/row.ts'
import { requestHash } from '../ledger/rules.ts'
import { ConstraintError, type Statement } from '../ports.ts'
import type { Gateway } from './gateway.ts'
import { claimed, refunded, settle, type SettlePlatform } from './settle.ts'
import {
  checkedNow,
  expireUncharged,
  findById,
  findByToken,
  listUnsettled,
  moveTo,
  refundTaken,
  type StoredPayment,
} from './store.ts'

export interface GatewayDeps {
  readonly platform: SettlePlatform
  readonly gateway: Gateway
}

/** How long a code can be paid. */
const PAYABLE_MS = 15 * 60_000
/** A page asks every few seconds; the gateway is asked less often. */
const ASK_AGAIN_MS = 5_000
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
  const mayAsk = isUrgent || deps.platform.clock.now() - payment.checkedAt >= ASK_AGAIN_MS
  return shown(isOpen && mayAsk ? await ask(deps, payment) : payment, token)
}

async function requirePayment({ platform }: GatewayDeps, token: string): Promise<StoredPayment> {
  const payment = await findByToken(platform.database, await hashToken(token))
  if (!payment) throw new AppError('not_found')
  return payment
}

/** Asks the gateway and books what it says. One that cannot be reached says nothing new. */
export async function ask(
  { platform, gateway }: GatewayDeps,
  payment: StoredPayment,
): Promise<StoredPayment> {
  const { id, reference } = payment
  if (reference === null || payment.gateway !== gateway.name) return payment
  const askedAt = platform.clock.now()
  await platform.database.write([checkedNow(id, askedAt)])
  const status = await gateway.status({ orderId: id, reference })
  if (!status) return payment
  const settled = await settle(platform, payment, status)
  // Who asked later may have been answered sooner, with what is newer than this.
  const isOvertaken = settled.checkedAt > askedAt && settled.state !== payment.state
  return isOvertaken ? ask({ platform, gateway }, settled) : settled
}

/**
 * Held money goes back the way it came. When nobody knows whether it did, the gateway is asked until it says so.
 * @throws AppError `not_found`, `request_already_decided`, `refund_refused`
 */
export async function refundPayment(deps: GatewayDeps, token: string): Promise<GuestPayment> {
  return shown(await refundHeld(deps, await requirePayment(deps, token)), token)
}

/** @throws AppError `request_already_decided`, `refund_refused` */
export async function refundHeld(
  deps: GatewayDeps,
  payment: StoredPayment,
  also: readonly Statement[] = [],
): Promise<StoredPayment> {
  const { platform, gateway } = deps
  const { id, reference } = payment
  if (payment.state !== 'held' || reference === null || payment.gateway !== gateway.name)
    throw new AppError('request_already_decided')
  try {
    // Looked at now: nobody asks for the refund again while this one is under way.
    await platform.database.write([moveTo(id, 'refunding'), checkedNow(id, platform.clock.now()), ...also])
  } catch (cause) {
    if (cause instanceof ConstraintError) throw new AppError('request_already_decided', { cause })
    throw cause
  }
  return sendRefund(deps, { ...payment, state: 'refunding' }, reference)
}

/** One that got lost is sent again by the same key, which counts once at the gateway. @throws AppError `refund_refused` */
async function sendRefund(
  deps: GatewayDeps,
  payment: StoredPayment,
  reference: string,
): Promise<StoredPayment> {
  const { platform, gateway } = deps
  const { id, amountRupiah } = payment
  const outcome = await gateway.refund({ orderId: id, reference, amountRupiah }).catch((error: unknown) => {
    platform.log.warn({ payment: id, cause: String(error) }, 'nobody knows yet whether a refund was taken')
    return undefined
  })
  if (outcome === 'refunded') await refunded(platform, payment)
  if (outcome === 'asked') await platform.database.write([refundTaken(id, platform.clock.now())])
  if (outcome === 'refused' && (await ask(deps, payment)).state === 'refunding') {
    // Not returned, and the gateway says so itself: the guest may take it otherwise.
    await platform.database.write([moveTo(id, 'held')])
    throw new AppError('refund_refused')
  }
  return (await findById(platform.database, id)) ?? payment
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
  const { id, amountRupiah, state, qrText, expiresAt } = payment
  const { slug, title, elsewhereUrl } = payment.channel
  return { id, token, channel: { slug, title, elsewhereUrl }, amountRupiah, state, qrText, expiresAt }
}

/** Asks about those that nobody has told of: a notice can be lost, and a process can stop before it has booked one. */
export async function reconcile(deps: GatewayDeps): Promise<void> {
  const { platform } = deps
  const nowMs = platform.clock.now()
  await platform.database.write([expireUncharged(nowMs)])
  const payments = await listUnsettled(platform.database, {
    checkedBefore: nowMs - 30_000,
    createdAfter: nowMs - RECONCILE_DAYS_MS,
    max: RECONCILE_MAX,
  })
  for (const payment of payments)
    try {
      const { state, reference, refundTakenAt } = await ask(deps, payment)
      const isOurs = payment.gateway === deps.gateway.name && reference !== null
      if (isOurs && state === 'refunding' && refundTakenAt === null)
        await sendRefund(deps, payment, reference)
    } catch (error) {
      platform.log.warn({ payment: payment.id, cause: String(error) }, 'the gateway could not be asked')
    }
}
