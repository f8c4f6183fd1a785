/** Donations that wait for a top-up of what is missing, and are sent once it is credited. */
import * as v from 'valibot'
import {
  type AskForWaiting,
  DonationRequest,
  type WaitingDonation,
} from '../../shared/contracts/donations.ts'
import { AppError, isErrorCode, type ErrorCode } from '../../shared/errors.ts'
import { ulid } from '../../shared/ids.ts'
import { logActivity } from '../db/activity.ts'
import { integer, text, textOrNull } from '../db/row.ts'
import type { MemberIdentity } from '../http/auth.ts'
import { availableAccount, requestHash } from '../ledger/rules.ts'
import { depositStatement, findDepositByKey, listOwnDeposits, paymentError } from '../payments/rules.ts'
import { ConstraintError, type Platform, type Row, type SqlValue, type Statement } from '../ports.ts'
import { donateAt, type DonationPlatform } from './donate.ts'
import { findChannel } from './store.ts'

export interface WaitingOrder {
  readonly donor: MemberIdentity
  readonly slug: string
  readonly idempotencyKey: string
  readonly request: AskForWaiting
}

/**
 * The same order again gets the same answer.
 * @throws AppError `not_found`, `donations_closed`, `donation_to_self`, `balance_suffices`, those of deposits, and
 * `idempotency_key_reused`
 */
export async function askForWaiting(
  platform: DonationPlatform,
  order: WaitingOrder,
): Promise<WaitingDonation> {
  const { clock, database, random } = platform
  const { donor, slug, idempotencyKey, request } = order
  const { receivingAccountId, ...donation } = request
  const { memberId } = donor
  const channel = await findChannel(database, slug)
  if (!channel) throw new AppError('not_found')
  const hash = await requestHash(['waiting', channel.id, receivingAccountId, JSON.stringify(donation)])
  const replayed = await findDepositByKey(database, { memberId, idempotencyKey, hash })
  if (replayed !== undefined) return waitingOf(platform, memberId, { depositId: replayed })
  const missing = donation.amountRupiah - (await freeBalance(platform, memberId))
  if (missing <= 0) throw new AppError('balance_suffices')
  const nowMs = clock.now()
  const [id, depositId] = [ulid(nowMs, random.bytes), ulid(nowMs, random.bytes)]
  try {
    await database.write([
      depositStatement(platform, {
        id: depositId,
        memberId,
        idempotencyKey,
        hash,
        nowMs,
        request: { amountRupiah: missing, receivingAccountId, note: '' },
        // The smallest top-up may be more than what is missing.
        isAtLeastMinimum: true,
      }),
      {
        sql: `INSERT INTO waiting_donation (id, member_id, channel_id, deposit_id, amount, request, created_at)
          VALUES (?, ?, ?, ?, ?, ?, ?)`,
        args: [id, memberId, channel.id, depositId, donation.amountRupiah, JSON.stringify(donation), nowMs],
      },
      logActivity({
        action: 'waiting_donation_asked',
        memberId,
        details: { channel: channel.slug, amountRupiah: donation.amountRupiah, depositId },
        nowMs,
      }),
    ])
  } catch (error) {
    // Two of the same at once.
    const same = await findDepositByKey(database, { memberId, idempotencyKey, hash })
    if (same === undefined) throw translate(error)
    return waitingOf(platform, memberId, { depositId: same })
  }
  return waitingOf(platform, memberId, { id })
}

function translate(error: unknown): unknown {
  if (error instanceof ConstraintError && error.rule === 'DONATION_TO_SELF')
    return new AppError('donation_to_self', { cause: error })
  if (error instanceof ConstraintError && error.rule === 'DONATIONS_CLOSED')
    return new AppError('donations_closed', { cause: error })
  return paymentError(error)
}

/** Less what others that wait will take beyond their own top-ups. */
async function freeBalance({ database }: Pick<Platform, 'database'>, memberId: string): Promise<number> {
  const [row] = await database.read({
    sql: `SELECT balance - (SELECT COALESCE(SUM(MAX(0, waiting_donation.amount - total)), 0) FROM waiting_donation
        JOIN deposit_request ON deposit_request.id = deposit_id
        WHERE waiting_donation.member_id = ?1 AND waiting_donation.state = 'waiting') AS free
      FROM account WHERE id = ?2`,
    args: [memberId, availableAccount(memberId)],
  })
  return row ? Math.max(0, integer(row, 'free')) : 0
}

type ReadPlatform = Pick<Platform, 'clock' | 'config' | 'database' | 'random'>
const MAX_LISTED = 20

export async function listWaiting(platform: ReadPlatform, memberId: string): Promise<WaitingDonation[]> {
  return read(platform, memberId, { where: 'TRUE', args: [] })
}

/** @throws AppError `not_found` also for one of somebody else */
async function waitingOf(
  platform: ReadPlatform,
  memberId: string,
  by: { readonly id: string } | { readonly depositId: string },
): Promise<WaitingDonation> {
  const [column, value] = 'id' in by ? ['id', by.id] : ['deposit_id', by.depositId]
  const [waiting] = await read(platform, memberId, {
    where: `waiting_donation.${column} = ?2`,
    args: [value],
  })
  if (!waiting) throw new AppError('not_found')
  return waiting
}

async function read(
  platform: ReadPlatform,
  memberId: string,
  { where, args }: { where: string; args: readonly SqlValue[] },
): Promise<WaitingDonation[]> {
  const rows = await platform.database.read({
    sql: `SELECT waiting_donation.*, channel.slug, channel.title FROM waiting_donation
      JOIN channel ON channel.id = channel_id
      WHERE member_id = ?1 AND ${where} ORDER BY waiting_donation.id DESC LIMIT ${MAX_LISTED}`,
    args: [memberId, ...args],
  })
  const ids = rows.map((row) => text(row, 'deposit_id'))
  const deposits = await listOwnDeposits(platform, { memberId, ids })
  return rows.flatMap((row) => {
    const deposit = deposits.find(({ id }) => id === row['deposit_id'])
    return deposit ? [{ ...toWaiting(row), deposit }] : []
  })
}

function toWaiting(row: Row): Omit<WaitingDonation, 'deposit'> {
  const failure = textOrNull(row, 'failure')
  return {
    id: text(row, 'id'),
    channel: { slug: text(row, 'slug'), title: text(row, 'title') },
    amountRupiah: integer(row, 'amount'),
    message: requestOf(row).message || null,
    state: text(row, 'state') as WaitingDonation['state'],
    failure: isErrorCode(failure) ? failure : null,
    donationId: textOrNull(row, 'donation_id'),
    createdAt: integer(row, 'created_at'),
  }
}

function requestOf(row: Row): DonationRequest {
  return v.parse(DonationRequest, JSON.parse(text(row, 'request')))
}

/**
 * The top-up stays as it is: what comes by it stays in the wallet.
 * @throws AppError `not_found`, `request_already_decided`
 */
export async function cancelWaiting(
  platform: DonationPlatform,
  memberId: string,
  id: string,
): Promise<WaitingDonation> {
  const { amountRupiah, channel } = await waitingOf(platform, memberId, { id })
  const nowMs = platform.clock.now()
  try {
    await platform.database.write([
      {
        sql: `UPDATE waiting_donation SET state = 'cancelled', decided_at = ? WHERE id = ?`,
        args: [nowMs, id],
      },
      logActivity({
        action: 'waiting_donation_cancelled',
        memberId,
        details: { channel: channel.slug, amountRupiah },
        nowMs,
      }),
    ])
  } catch (error) {
    throw isDecided(error) ? new AppError('request_already_decided', { cause: error }) : error
  }
  return waitingOf(platform, memberId, { id })
}

function isDecided(error: unknown): boolean {
  return error instanceof ConstraintError && error.rule === 'WAITING_DONATION_DECIDED'
}

const SENT_AT_ONCE = 50

/**
 * Sends what waits for nothing any more. Whoever runs it, and however often: each is sent once, by its key. One that
 * is refused keeps its money in the wallet, and the donor is told why.
 * @param memberId only theirs
 */
export async function sendWaiting(platform: DonationPlatform, memberId?: string): Promise<void> {
  for (;;) {
    const rows = await platform.database.read({
      sql: `SELECT waiting_donation.*, channel.slug, channel.title, username FROM waiting_donation
        JOIN deposit_request ON deposit_request.id = deposit_id AND deposit_request.state = 'approved'
        JOIN channel ON channel.id = channel_id
        JOIN member ON member.id = waiting_donation.member_id
        WHERE waiting_donation.state = 'waiting' AND (?1 IS NULL OR waiting_donation.member_id = ?1)
        ORDER BY waiting_donation.id LIMIT ${SENT_AT_ONCE}`,
      args: [memberId ?? null],
    })
    for (const row of rows) await send(platform, row)
    if (rows.length < SENT_AT_ONCE) return
  }
}

async function send(platform: DonationPlatform, row: Row): Promise<void> {
  const id = text(row, 'id')
  const nowMs = platform.clock.now()
  try {
    await donateAt(platform, {
      donor: { memberId: text(row, 'member_id'), username: text(row, 'username') },
      slug: text(row, 'slug'),
      idempotencyKey: `waiting-${id}`,
      request: requestOf(row),
      also: (donationId) => [
        {
          sql: `UPDATE waiting_donation SET state = 'sent', donation_id = ?, decided_at = ? WHERE id = ?`,
          args: [donationId, nowMs, id],
        },
        tell(platform, row, null),
      ],
    })
  } catch (error) {
    // Cancelled, or sent by somebody else, in this moment.
    if (isDecided(error)) return
    if (!(error instanceof AppError) || error.code === 'database_unavailable') throw error
    await fail(platform, row, error.code)
  }
}

async function fail(platform: DonationPlatform, row: Row, failure: ErrorCode): Promise<void> {
  const nowMs = platform.clock.now()
  const details = { channel: text(row, 'slug'), amountRupiah: integer(row, 'amount'), reason: failure }
  try {
    await platform.database.write([
      {
        sql: `UPDATE waiting_donation SET state = 'failed', failure = ?, decided_at = ? WHERE id = ?`,
        args: [failure, nowMs, text(row, 'id')],
      },
      tell(platform, row, failure),
      logActivity({ action: 'waiting_donation_failed', memberId: text(row, 'member_id'), details, nowMs }),
    ])
  } catch (error) {
    if (!isDecided(error)) throw error
  }
}

function tell({ clock, random }: DonationPlatform, row: Row, failure: ErrorCode | null): Statement {
  const nowMs = clock.now()
  return {
    sql: `INSERT INTO notification (id, member_id, kind, payload, created_at) VALUES (?, ?, 'waiting_donation', ?, ?)`,
    args: [
      ulid(nowMs, random.bytes),
      text(row, 'member_id'),
      JSON.stringify({
        channel: text(row, 'slug'),
        title: text(row, 'title'),
        amountRupiah: integer(row, 'amount'),
        failure,
      }),
      nowMs,
    ],
  }
}
