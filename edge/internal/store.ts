import type { BroadcastHealth, EndReason, ResolvedKey } from '../../shared/contracts/internal.ts'
import { integer, integerOrNull, text, textOrNull } from '../db/row.ts'
import type { Database, SqlValue, Statement } from '../ports.ts'

/** Everything that decides whether a key may go on air now. */
export interface Publisher {
  readonly slug: string
  readonly latencyMode: string
  readonly isRecorded: boolean
  readonly memberId: string
  readonly username: string
  readonly keyName: string
  readonly expiresAt: number
  readonly revokedAt: number | null
  readonly isOwnerAllowed: boolean
  readonly isPersonAllowed: boolean
  /** The encoder named this channel by its present or a former address, or not at all. */
  readonly isNamedRight: boolean
  /** When an admin ended the channel's newest broadcast; null when it ended otherwise or goes on. */
  readonly kickedAt: number | null
}

export async function findPublisher(
  database: Database,
  { channelId, jti, namedSlug }: { channelId: string; jti: string; namedSlug?: string | undefined },
): Promise<Publisher | undefined> {
  const [row] = await database.read({
    sql: `SELECT channel.slug, channel.latency_mode, channel.recording_mode, stream_key.member_id, member.username, stream_key.name,
            stream_key.expires_at, stream_key.revoked_at,
            EXISTS (SELECT 1 FROM member_right WHERE member_id = channel.owner_id AND right = 'on_air') AS owner_ok,
            stream_key.member_id = channel.owner_id OR EXISTS (
              SELECT 1 FROM channel_operator
              WHERE channel_id = channel.id AND member_id = stream_key.member_id) AS person_ok,
            ? IS NULL OR channel.slug = ? OR EXISTS (
              SELECT 1 FROM old_slug WHERE slug = ? AND channel_id = channel.id) AS name_ok,
            (SELECT CASE end_reason WHEN 'kicked' THEN ended_at END FROM broadcast
              WHERE channel_id = channel.id ORDER BY id DESC LIMIT 1) AS kicked_at
          FROM stream_key JOIN channel ON channel.id = stream_key.channel_id
          JOIN member ON member.id = stream_key.member_id
          WHERE stream_key.jti = ? AND channel.id = ?`,
    args: [namedSlug ?? null, namedSlug ?? null, namedSlug ?? null, jti, channelId],
  })
  return (
    row && {
      slug: text(row, 'slug'),
      latencyMode: text(row, 'latency_mode'),
      isRecorded: text(row, 'recording_mode') !== 'off',
      memberId: text(row, 'member_id'),
      username: text(row, 'username'),
      keyName: text(row, 'name'),
      expiresAt: integer(row, 'expires_at'),
      revokedAt: integerOrNull(row, 'revoked_at'),
      isOwnerAllowed: row['owner_ok'] === 1,
      isPersonAllowed: row['person_ok'] === 1,
      isNamedRight: row['name_ok'] === 1,
      kickedAt: integerOrNull(row, 'kicked_at'),
    }
  )
}

export interface BroadcastRow {
  readonly id: string
  readonly channelId: string
  readonly slug: string
  readonly jti: string
  readonly originId: string
  readonly startedAt: number
  readonly state: string
  readonly leaseUntil: number
  readonly endRequested: string | null
}

export async function findOnAir(database: Database, channelId: string): Promise<BroadcastRow | undefined> {
  return findOne(database, `broadcast.channel_id = ? AND broadcast.state <> 'ended'`, channelId)
}

export async function findBroadcast(database: Database, id: string): Promise<BroadcastRow | undefined> {
  return findOne(database, 'broadcast.id = ?', id)
}

async function findOne(database: Database, where: string, arg: string): Promise<BroadcastRow | undefined> {
  const [row] = await database.read({
    sql: `SELECT broadcast.*, channel.slug FROM broadcast JOIN channel ON channel.id = broadcast.channel_id
      WHERE ${where}`,
    args: [arg],
  })
  return (
    row && {
      id: text(row, 'id'),
      channelId: text(row, 'channel_id'),
      slug: text(row, 'slug'),
      jti: text(row, 'jti'),
      originId: text(row, 'origin_id'),
      startedAt: integer(row, 'started_at'),
      state: text(row, 'state'),
      leaseUntil: integer(row, 'lease_until'),
      endRequested: textOrNull(row, 'end_requested'),
    }
  )
}

/** Checked in the write itself. */
export interface Condition {
  readonly sql: string
  readonly args: readonly SqlValue[]
}

/** One broadcast too many is not inserted, and nobody shall hear of it. */
export function isKnown(broadcastId: string): Condition {
  return { sql: 'EXISTS (SELECT 1 FROM broadcast WHERE id = ?)', args: [broadcastId] }
}

/** Inserts nothing (and returns no row) when `onlyIf` does not hold. */
export function insertBroadcast(broadcast: {
  id: string
  channelId: string
  jti: string
  originId: string
  startedAt: number
  leaseUntil: number
  onlyIf: Condition
}): Statement {
  return {
    sql: `INSERT INTO broadcast (id, channel_id, jti, origin_id, started_at, lease_until)
          SELECT ?, ?, ?, ?, ?, ? WHERE ${broadcast.onlyIf.sql} RETURNING id`,
    args: [
      broadcast.id,
      broadcast.channelId,
      broadcast.jti,
      broadcast.originId,
      broadcast.startedAt,
      broadcast.leaseUntil,
      ...broadcast.onlyIf.args,
    ],
  }
}

export function keyUsed(jti: string, nowMs: number): Statement {
  return { sql: 'UPDATE stream_key SET last_used_at = ? WHERE jti = ?', args: [nowMs, jti] }
}

/** The same broadcast goes on, perhaps from another origin. */
export function resumeBroadcast(
  id: string,
  { originId, leaseUntil }: { originId: string; leaseUntil: number },
): Statement {
  return {
    sql: `UPDATE broadcast SET state = 'live', origin_id = ?, lease_until = ? WHERE id = ? AND state <> 'ended'`,
    args: [originId, leaseUntil, id],
  }
}

export function renewBroadcast(
  id: string,
  report: { state: 'live' | 'interrupted'; leaseUntil: number; health: BroadcastHealth | undefined },
): Statement {
  return {
    sql: `UPDATE broadcast SET state = ?, lease_until = ?, health = COALESCE(?, health)
          WHERE id = ? AND state <> 'ended'`,
    args: [
      report.state,
      report.leaseUntil,
      report.health === undefined ? null : JSON.stringify(report.health),
      id,
    ],
  }
}

/** Ends it once; a second report changes nothing. */
export function endBroadcast(
  id: string,
  { reason, endedAt }: { reason: EndReason; endedAt: number },
): Statement {
  return {
    sql: `UPDATE broadcast SET state = 'ended', ended_at = ?, end_reason = ? WHERE id = ? AND state <> 'ended'`,
    args: [endedAt, reason, id],
  }
}

/** Rows are few: at most one a channel is on air, and an origin carries some hundreds. */
const MAX_STATUS_ROWS = 1_000

/**
 * Besides what somebody asked for, everything that no longer allows a broadcast: a right or a key may go
 * between the checks of an `open` and its write.
 */
export async function listToEnd(
  database: Database,
  { originId, nowMs }: { originId: string; nowMs: number },
): Promise<{ broadcastId: string; reason: string }[]> {
  const rows = await database.read({
    sql: `SELECT id, COALESCE(end_requested, why) AS reason FROM (
            SELECT broadcast.id, broadcast.end_requested, CASE
              WHEN stream_key.revoked_at IS NOT NULL THEN 'key_revoked'
              WHEN stream_key.expires_at <= ?2 THEN 'key_expired'
              WHEN NOT EXISTS (SELECT 1 FROM member_right
                WHERE member_id = channel.owner_id AND right = 'on_air') THEN 'right_withdrawn'
              WHEN stream_key.member_id <> channel.owner_id AND NOT EXISTS (SELECT 1 FROM channel_operator
                WHERE channel_id = channel.id AND member_id = stream_key.member_id) THEN 'key_revoked'
              END AS why
            FROM broadcast JOIN stream_key ON stream_key.jti = broadcast.jti
            JOIN channel ON channel.id = broadcast.channel_id
            WHERE broadcast.origin_id = ?1 AND broadcast.state <> 'ended')
          WHERE reason IS NOT NULL LIMIT ?3`,
    args: [originId, nowMs, MAX_STATUS_ROWS],
  })
  return rows.map((row) => ({ broadcastId: text(row, 'id'), reason: text(row, 'reason') }))
}

export async function listOnAir(
  database: Database,
  originId: string,
): Promise<{ broadcastId: string; channelId: string }[]> {
  const rows = await database.read({
    sql: `SELECT id, channel_id FROM broadcast WHERE origin_id = ? AND state <> 'ended' ORDER BY id DESC LIMIT ?`,
    args: [originId, MAX_STATUS_ROWS],
  })
  return rows.map((row) => ({ broadcastId: text(row, 'id'), channelId: text(row, 'channel_id') }))
}

/** What a short key stands for, while it does. */
export async function findShortKey(
  database: Database,
  { hash, nowMs }: { hash: string; nowMs: number },
): Promise<ResolvedKey | undefined> {
  const [row] = await database.read({
    sql: `SELECT jti, channel_id, expires_at FROM stream_key
          WHERE secret_hash = ? AND revoked_at IS NULL AND expires_at > ?`,
    args: [hash, nowMs],
  })
  return (
    row && {
      jti: text(row, 'jti'),
      channelId: text(row, 'channel_id'),
      expiresAt: integer(row, 'expires_at'),
    }
  )
}

export async function listRevoked(database: Database, nowMs: number): Promise<string[]> {
  const rows = await database.read({
    sql: `SELECT jti FROM stream_key WHERE revoked_at IS NOT NULL AND expires_at > ?
          ORDER BY revoked_at DESC LIMIT ?`,
    args: [nowMs, MAX_STATUS_ROWS],
  })
  return rows.map((row) => text(row, 'jti'))
}
