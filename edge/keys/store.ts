import { integer, integerOrNull, text, textOrNull } from '../db/row.ts'
import type { Database, Row, Statement } from '../ports.ts'

export interface KeyRow {
  readonly jti: string
  readonly channelId: string
  readonly memberId: string
  readonly username: string
  readonly name: string
  /** Who signs it again; empty for a short key. */
  readonly kid: string
  /** Of a short key. */
  readonly secretHash: string | null
  readonly issuedAt: number
  readonly expiresAt: number
  readonly lastUsedAt: number | null
  readonly revokedAt: number | null
}

const SELECT = `SELECT stream_key.*, member.username FROM stream_key JOIN member ON member.id = stream_key.member_id`
/** Revoked and expired keys stay in the list for the log's sake; older ones fall off its end. */
const MAX_LISTED = 200

export async function listKeys(
  database: Database,
  { channelId, onlyMemberId }: { channelId: string; onlyMemberId: string | null },
): Promise<KeyRow[]> {
  const rows = await database.read({
    sql: `${SELECT} WHERE channel_id = ?1 AND (?2 IS NULL OR member_id = ?2) ORDER BY issued_at DESC, jti DESC LIMIT ?3`,
    args: [channelId, onlyMemberId, MAX_LISTED],
  })
  return rows.map(keyRow)
}

export async function findKey(
  database: Database,
  { channelId, jti }: { channelId: string; jti: string },
): Promise<KeyRow | undefined> {
  const [row] = await database.read({
    sql: `${SELECT} WHERE channel_id = ? AND jti = ?`,
    args: [channelId, jti],
  })
  return row && keyRow(row)
}

function keyRow(row: Row): KeyRow {
  return {
    jti: text(row, 'jti'),
    channelId: text(row, 'channel_id'),
    memberId: text(row, 'member_id'),
    username: text(row, 'username'),
    name: text(row, 'name'),
    kid: text(row, 'kid'),
    secretHash: textOrNull(row, 'secret_hash'),
    issuedAt: integer(row, 'issued_at'),
    expiresAt: integer(row, 'expires_at'),
    lastUsedAt: integerOrNull(row, 'last_used_at'),
    revokedAt: integerOrNull(row, 'revoked_at'),
  }
}

export async function mayGoOnAir(database: Database, memberId: string): Promise<boolean> {
  const rows = await database.read({
    sql: `SELECT 1 AS found FROM member_right WHERE member_id = ? AND right = 'on_air'`,
    args: [memberId],
  })
  return rows.length > 0
}

/** Inserts nothing (and returns no row) when the person has `max` keys that still work. */
export function insertKey(
  key: Omit<KeyRow, 'username' | 'lastUsedAt' | 'revokedAt'>,
  max: number,
): Statement {
  return {
    sql: `INSERT INTO stream_key (jti, channel_id, member_id, name, kid, issued_at, expires_at, secret_hash)
          SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?9
          WHERE (SELECT COUNT(*) FROM stream_key
                 WHERE channel_id = ?2 AND member_id = ?3 AND revoked_at IS NULL AND expires_at > ?6) < ?8
          RETURNING jti`,
    args: [
      key.jti,
      key.channelId,
      key.memberId,
      key.name,
      key.kid,
      key.issuedAt,
      key.expiresAt,
      max,
      key.secretHash,
    ],
  }
}

/** Also takes the key's broadcast off the air. */
export function revokeKey(jti: string, nowMs: number): Statement[] {
  return [
    { sql: 'UPDATE stream_key SET revoked_at = ? WHERE jti = ? AND revoked_at IS NULL', args: [nowMs, jti] },
    {
      sql: `UPDATE broadcast SET end_requested = 'key_revoked'
            WHERE jti = ? AND state <> 'ended' AND end_requested IS NULL`,
      args: [jti],
    },
  ]
}
