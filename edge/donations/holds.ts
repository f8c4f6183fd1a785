/**
 * Large first donations: the streamer's part lies in their held account until its time has come or an admin has decided.
 * Whether one is held is decided by the schema, in the transaction that makes the donation.
 */
import type { AdminHeldDonation, HeldDonation } from '../../shared/contracts/donations.ts'
import { AppError } from '../../shared/errors.ts'
import { ulid } from '../../shared/ids.ts'
import { logActivity } from '../db/activity.ts'
import { integer, text, textOrNull } from '../db/row.ts'
import {
  availableAccount,
  creditMember,
  heldAccount,
  ledgerRefusal,
  requestHash,
  transferStatements,
} from '../ledger/rules.ts'
import { ConstraintError, type Database, type Platform, type Row, type Statement } from '../ports.ts'

type HoldPlatform = Pick<Platform, 'clock' | 'database' | 'random'>

/**
 * The streamer's entry of a donation or of its refund, after the donation or the refund is written: of the held account
 * unless it was let go before.
 */
export function streamerEntry(
  transferId: string,
  donation: { readonly donationId: string; readonly streamerId: string; readonly amountRupiah: number },
): Statement {
  const { donationId, streamerId, amountRupiah } = donation
  return {
    sql: `INSERT INTO entry (transfer_id, account_id, amount, balance_after)
      SELECT ?1, id, ?2, balance + ?2 FROM account WHERE id = CASE
        WHEN EXISTS (SELECT 1 FROM donation_hold WHERE donation_id = ?3 AND state <> 'released') THEN ?4 ELSE ?5 END`,
    args: [transferId, amountRupiah, donationId, heldAccount(streamerId), availableAccount(streamerId)],
  }
}

/** Of a donation that the gateway took back while it was held; nothing when it was not. After the refund is written. */
export function takeFromHold(transferId: string, donationId: string): Statement {
  return {
    sql: `INSERT INTO entry (transfer_id, account_id, amount, balance_after)
      SELECT ?1, account.id, -donation_hold.amount, balance - donation_hold.amount FROM donation_hold
      JOIN account ON account.member_id = donation_hold.member_id AND kind = 'held'
      WHERE donation_id = ?2 AND state = 'refunded'`,
    args: [transferId, donationId],
  }
}

/** Breaks a rule when it is not held any more. Before the refund, which an admin may write at any time. */
export function takeBackHeld(decision: { adminId: string; donationId: string; nowMs: number }): Statement {
  return {
    sql: `UPDATE donation_hold SET state = 'refunded', decided_by = ?, decided_at = ? WHERE donation_id = ?`,
    args: [decision.adminId, decision.nowMs, decision.donationId],
  }
}

/** Tells the streamer. */
export function holdDecided(decided: {
  readonly notificationId: string
  readonly donationId: string
  readonly decision: 'released' | 'refunded'
  readonly reason: string | null
  readonly nowMs: number
}): Statement {
  return {
    sql: `INSERT INTO notification (id, member_id, kind, payload, created_at)
      SELECT ?1, member_id, 'donation_hold_decided', json_object('donationId', donation_id, 'decision', ?2,
        'amountRupiah', amount, 'reason', ?3), ?4 FROM donation_hold WHERE donation_id = ?5`,
    args: [decided.notificationId, decided.decision, decided.reason, decided.nowMs, decided.donationId],
  }
}

interface Release {
  readonly donationId: string
  readonly streamerId: string
  readonly channel: string
  readonly amountRupiah: number
  /** Absent: its time has come. */
  readonly by?: { readonly adminId: string; readonly reason: string }
}

/** @throws AppError `account_frozen`, `request_already_decided` */
async function release(
  { clock, database, random }: HoldPlatform,
  { donationId, streamerId, channel, amountRupiah, by }: Release,
): Promise<void> {
  const nowMs = clock.now()
  const transferId = ulid(nowMs, random.bytes)
  const { opening, entries, posting } = transferStatements({
    id: transferId,
    kind: 'donation_released',
    idempotency: {
      owner: `donation:${donationId}`,
      key: 'release',
      requestHash: await requestHash([donationId, by?.adminId ?? null]),
    },
    description: channel,
    movements: [{ accountId: heldAccount(streamerId), amountRupiah: -amountRupiah }],
    nowMs,
  })
  const reason = by?.reason ?? null
  try {
    await database.write([
      opening,
      {
        sql: `UPDATE donation_hold SET state = 'released', release_transfer_id = ?, decided_by = ?, decided_at = ?
          WHERE donation_id = ?`,
        args: [transferId, by?.adminId ?? null, nowMs, donationId],
      },
      ...entries,
      ...creditMember(transferId, streamerId),
      posting,
      holdDecided({
        notificationId: ulid(nowMs, random.bytes),
        donationId,
        decision: 'released',
        reason,
        nowMs,
      }),
      logActivity({
        action: 'donation_released',
        memberId: streamerId,
        ...(by && { adminId: by.adminId }),
        details: { donationId, amountRupiah, ...(by && { reason: by.reason }) },
        nowMs,
      }),
    ])
  } catch (error) {
    const rule = error instanceof ConstraintError ? error.rule : undefined
    if (rule === 'ACCOUNT_FROZEN') throw new AppError('account_frozen', { cause: error })
    if (rule === 'DONATION_HOLD_DECIDED' || ledgerRefusal(error) === 'key_used')
      throw new AppError('request_already_decided', { cause: error })
    throw error
  }
}

/** @throws AppError `not_found`, `account_frozen`, `request_already_decided` */
export async function releaseHeld(
  platform: HoldPlatform,
  { donationId, ...by }: { adminId: string; donationId: string; reason: string },
): Promise<void> {
  const [row] = await platform.database.read({
    sql: `SELECT donation_hold.*, slug FROM donation_hold JOIN donation ON donation.id = donation_id
      JOIN channel ON channel.id = channel_id WHERE donation_id = ?`,
    args: [donationId],
  })
  if (!row) throw new AppError('not_found')
  await release(platform, { ...toRelease(row), by })
}

const RELEASED_AT_ONCE = 50

/** Lets go what was held long enough. Whoever runs it, and however often: each is let go once, by its key. */
export async function releaseDue(platform: HoldPlatform): Promise<void> {
  for (let after = ''; ;) {
    const rows = await platform.database.read({
      // Of frozen accounts they wait until an admin has decided.
      sql: `SELECT donation_hold.*, slug FROM donation_hold JOIN donation ON donation.id = donation_id
        JOIN channel ON channel.id = channel_id
        WHERE donation_hold.state = 'held' AND release_at <= ?1 AND donation_id > ?2
          AND NOT EXISTS (SELECT 1 FROM member WHERE member.id IN (from_member_id, to_member_id)
            AND frozen_at IS NOT NULL AND closed_at IS NULL)
        ORDER BY donation_id LIMIT ${RELEASED_AT_ONCE}`,
      args: [platform.clock.now(), after],
    })
    for (const row of rows) {
      after = text(row, 'donation_id')
      try {
        await release(platform, toRelease(row))
      } catch (error) {
        // Decided by somebody else, or frozen, in this moment.
        if (!(error instanceof AppError) || error.code === 'database_unavailable') throw error
      }
    }
    if (rows.length < RELEASED_AT_ONCE) return
  }
}

function toRelease(row: Row): Release {
  return {
    donationId: text(row, 'donation_id'),
    streamerId: text(row, 'member_id'),
    channel: text(row, 'slug'),
    amountRupiah: integer(row, 'amount'),
  }
}

const MAX_LISTED = 50

const HELD = `SELECT donation.id, donation_hold.amount, sender_name, release_at, donation.created_at,
    slug, title, donor.id AS donor_id, donor.username AS donor, streamer.username AS streamer
  FROM donation_hold JOIN donation ON donation.id = donation_id JOIN channel ON channel.id = channel_id
  JOIN member AS donor ON donor.id = from_member_id JOIN member AS streamer ON streamer.id = to_member_id
  WHERE donation_hold.state = 'held'`

/** Of one streamer, who never reads who an anonymous donor is; the newest first. */
export async function listOwnHeld(database: Database, memberId: string): Promise<HeldDonation[]> {
  const rows = await database.read({
    sql: `${HELD} AND donation_hold.member_id = ? ORDER BY donation.id DESC LIMIT ${MAX_LISTED}`,
    args: [memberId],
  })
  return rows.map(toHeld)
}

/** For admins only. */
export async function listHeld(
  database: Database,
  { before }: { before?: string | undefined },
): Promise<AdminHeldDonation[]> {
  const rows = await database.read({
    sql: `${HELD} AND (?1 IS NULL OR donation.id < ?1) ORDER BY donation.id DESC LIMIT ${MAX_LISTED}`,
    args: [before ?? null],
  })
  return rows.map((row) => ({
    ...toHeld(row),
    from: { id: text(row, 'donor_id'), username: text(row, 'donor') },
    to: { slug: text(row, 'slug'), title: text(row, 'title'), username: text(row, 'streamer') },
  }))
}

function toHeld(row: Row): HeldDonation {
  return {
    id: text(row, 'id'),
    amountRupiah: integer(row, 'amount'),
    senderName: textOrNull(row, 'sender_name'),
    createdAt: integer(row, 'created_at'),
    releaseAt: integer(row, 'release_at'),
  }
}
