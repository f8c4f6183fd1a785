/**
 * What the gateway says becomes money, once: each movement has a key of its own, and a payment never goes back.
 * Only what the gateway answered when it was asked counts, never what a notice claims.
 */
import { AppError } from '../../shared/errors.ts'
import { ulid } from '../../shared/ids.ts'
import { logActivity } from '../db/activity.ts'
import { donateAs, takeFromHold, type DonationPlatform } from '../donations/rules.ts'
import {
  availableAccount,
  creditMember,
  FEE_ACCOUNT,
  GUEST_ID,
  GUESTS_HELD_ACCOUNT,
  ledgerRefusal,
  move,
  requestHash,
  takeFromMember,
  transferStatements,
  type Movement,
  type TransferKind,
} from '../ledger/rules.ts'
import { paymentError } from '../payments/rules.ts'
import type { Log, Statement } from '../ports.ts'
import { uncountDonation } from '../widgets/rules.ts'
import type { GatewayName, GatewayStatus } from './gateway.ts'
import { findById, hasMovedOn, moveFrom, moveTo, type StoredPayment } from './store.ts'

export type SettlePlatform = DonationPlatform & { readonly log: Log }

function gatewayAccount(gateway: GatewayName): string {
  return `gateway:${gateway}`
}

/** @returns the payment as it is afterwards */
export async function settle(
  platform: SettlePlatform,
  payment: StoredPayment,
  status: GatewayStatus,
): Promise<StoredPayment> {
  if (status.orderId !== payment.id || status.currency !== 'IDR') {
    platform.log.error({ payment: payment.id }, 'the gateway answered about something else')
    return payment
  }
  for (let before = payment; ;) {
    const isSettled = await act(platform, before, status)
    const after = (await findById(platform.database, payment.id)) ?? before
    if (isSettled || after.state === before.state) return after
    // Refunded or claimed in this moment: it is taken from whoever has the money now.
    before = after
  }
}

/** @returns false when the payment is no longer as it was read */
async function act(
  platform: SettlePlatform,
  payment: StoredPayment,
  { state, amountRupiah }: GatewayStatus,
): Promise<boolean> {
  const isUnpaid = payment.state === 'pending' || payment.state === 'expired'
  if (state === 'paid' && isUnpaid) {
    if (amountRupiah === payment.amountRupiah) await paid(platform, payment)
    // Nothing is booked that does not fit; a person must look.
    else platform.log.error({ payment: payment.id }, 'the gateway was paid another amount than was asked for')
    return true
  }
  if (state === 'partly_reversed') {
    // Whoever gave a part back at the gateway knows why; all of it is not taken from the streamer for that.
    platform.log.error(
      { payment: payment.id },
      'the gateway took a part of a payment back; a person must look',
    )
    return true
  }
  if (state === 'reversed' && payment.state === 'refunding') return refunded(platform, payment)
  if (state === 'reversed' && !isUnpaid && payment.state !== 'refunded' && payment.state !== 'reversed')
    return reversed(platform, payment)
  if ((state === 'expired' || state === 'reversed') && payment.state === 'pending')
    return write(platform, [moveFrom('pending', payment.id, 'expired')])
  return true
}

/** The money and its donation in one batch; what cannot be given is held for the guest. */
async function paid(platform: SettlePlatform, payment: StoredPayment): Promise<void> {
  const { clock, random } = platform
  const nowMs = clock.now()
  const arrival = await transfer(platform, payment, {
    key: 'paid',
    kind: 'gateway_paid',
    movements: move(gatewayAccount(payment.gateway), availableAccount(GUEST_ID), payment.amountRupiah),
  })
  try {
    await donateAs(platform, {
      // A guest without a name is shown as anonymous, never as the row that stands for all of them.
      donor: { memberId: GUEST_ID, username: '' },
      slug: payment.channel.slug,
      idempotencyKey: `gateway-${payment.id}`,
      request: {
        ...payment.request,
        isAnonymous: payment.request.isAnonymous || payment.request.senderName === '',
      },
      before: arrival,
      also: (donationId) => [
        {
          sql: `UPDATE gateway_payment SET state = 'paid', donation_id = ?, paid_at = ? WHERE id = ?`,
          args: [donationId, nowMs, payment.id],
        },
      ],
    })
  } catch (error) {
    // Somebody else settled it in this moment.
    if (isDone(error)) return
    if (!(error instanceof AppError) || error.code === 'database_unavailable') throw error
    if (error.code === 'idempotency_key_reused') return
    await write(platform, [
      ...(await transfer(platform, payment, {
        key: 'paid',
        kind: 'gateway_held',
        movements: move(gatewayAccount(payment.gateway), GUESTS_HELD_ACCOUNT, payment.amountRupiah),
      })),
      {
        sql: `UPDATE gateway_payment SET state = 'held', paid_at = ? WHERE id = ?`,
        args: [nowMs, payment.id],
      },
      logActivity({
        action: 'gateway_payment_held',
        memberId: payment.channel.ownerId,
        details: { channel: payment.channel.slug, amountRupiah: payment.amountRupiah, reason: error.code },
        nowMs,
      }),
    ])
    platform.log.warn(
      { payment: payment.id, code: error.code, id: ulid(nowMs, random.bytes) },
      'a paid donation is held',
    )
  }
}

/** Settled, and taken back by the gateway: from whoever has the money now. What is spent becomes debt. */
async function reversed(platform: SettlePlatform, payment: StoredPayment): Promise<boolean> {
  const nowMs = platform.clock.now()
  const { amountRupiah, request, donationId, claimedBy, channel } = payment
  const { feeRupiah } = request
  const gateway = { accountId: gatewayAccount(payment.gateway), amountRupiah }
  const isHeld = payment.state === 'held'
  const holder = payment.state === 'claimed' ? claimedBy : channel.ownerId
  const fromFee = payment.state === 'paid' ? feeRupiah : 0
  const transferId = ulid(nowMs, platform.random.bytes)
  const isGiven = payment.state === 'paid' && donationId !== null
  const statements = await transfer(platform, payment, {
    id: transferId,
    key: 'reversed',
    kind: 'gateway_reversed',
    first: [
      // Before any money moves: whose it is depends on the state.
      moveFrom(payment.state, payment.id, 'reversed'),
      ...(isGiven
        ? [
            {
              sql: `INSERT INTO donation_refund (donation_id, transfer_id, reason, refunded_at, is_reversal)
                VALUES (?, ?, 'gateway', ?, 1)`,
              args: [donationId, transferId, nowMs],
            },
            takeFromHold(transferId, donationId),
          ]
        : []),
      ...(isHeld || holder === null ? [] : takeFromMember(transferId, holder, amountRupiah - fromFee)),
    ],
    movements: [
      ...(isHeld ? [{ accountId: GUESTS_HELD_ACCOUNT, amountRupiah: -amountRupiah }] : []),
      ...(fromFee > 0 ? [{ accountId: FEE_ACCOUNT, amountRupiah: -fromFee }] : []),
      gateway,
    ],
  })
  return write(platform, [
    ...statements,
    ...(isGiven ? [uncountDonation(donationId)] : []),
    logActivity({
      action: 'gateway_payment_reversed',
      memberId: holder ?? channel.ownerId,
      details: { channel: channel.slug, amountRupiah },
      nowMs,
    }),
  ])
}

/** @returns false when it had been refunded before, or is refunded no longer */
export async function refunded(platform: SettlePlatform, payment: StoredPayment): Promise<boolean> {
  return write(platform, [
    ...(await transfer(platform, payment, {
      key: 'out',
      kind: 'gateway_refunded',
      movements: move(GUESTS_HELD_ACCOUNT, gatewayAccount(payment.gateway), payment.amountRupiah),
    })),
    moveTo(payment.id, 'refunded'),
  ])
}

/** @throws AppError `request_already_decided` */
export async function claimed(
  platform: SettlePlatform,
  payment: StoredPayment,
  memberId: string,
): Promise<void> {
  const nowMs = platform.clock.now()
  const transferId = ulid(nowMs, platform.random.bytes)
  const statements = await transfer(platform, payment, {
    id: transferId,
    key: 'out',
    kind: 'gateway_claimed',
    movements: [{ accountId: GUESTS_HELD_ACCOUNT, amountRupiah: -payment.amountRupiah }],
    last: creditMember(transferId, memberId),
  })
  const isWritten = await write(platform, [
    ...statements,
    {
      sql: `UPDATE gateway_payment SET state = 'claimed', claimed_by = ? WHERE id = ?`,
      args: [memberId, payment.id],
    },
    logActivity({
      action: 'gateway_payment_claimed',
      memberId,
      details: { channel: payment.channel.slug, amountRupiah: payment.amountRupiah },
      nowMs,
    }),
  ])
  if (!isWritten) throw new AppError('request_already_decided')
}

async function transfer(
  { clock, random }: Pick<SettlePlatform, 'clock' | 'random'>,
  payment: StoredPayment,
  {
    id = ulid(clock.now(), random.bytes),
    key,
    kind,
    first = [],
    movements,
    last = [],
  }: {
    id?: string
    /** Each happens once to a payment, whichever way. */
    key: 'paid' | 'out' | 'reversed'
    kind: TransferKind
    first?: readonly Statement[]
    movements: readonly Movement[]
    last?: readonly Statement[]
  },
): Promise<readonly Statement[]> {
  const { opening, entries, posting } = transferStatements({
    id,
    kind,
    idempotency: { owner: `gateway:${payment.id}`, key, requestHash: await requestHash([payment.id, key]) },
    description: payment.channel.title,
    movements,
    nowMs: clock.now(),
  })
  return [opening, ...first, ...entries, ...last, posting]
}

/** @returns false when it had happened before, or the payment has moved on */
async function write({ database }: SettlePlatform, statements: readonly Statement[]): Promise<boolean> {
  try {
    await database.write(statements)
    return true
  } catch (error) {
    if (isDone(error)) return false
    throw paymentError(error)
  }
}

function isDone(error: unknown): boolean {
  return ledgerRefusal(error) === 'key_used' || hasMovedOn(error)
}
