import type { InviteState } from '../../shared/contracts/accounts.ts'
import { fileUrl } from '../assets/files.ts'
import { integer, integerOrNull, text, textOrNull } from '../db/row.ts'
import type { Audience, Credentials } from '../http/auth.ts'
import type { Database, Row, Statement } from '../ports.ts'

/** By username or e-mail address; admins have no address. */
export async function findCredentials(
  database: Database,
  { audience, login }: { audience: Audience; login: string },
): Promise<Omit<Credentials, 'device'> | undefined> {
  const [row] = await database.read(
    audience === 'member'
      ? {
          sql: 'SELECT id, username, password_hash FROM member WHERE username = ?1 OR email = ?1',
          args: [login],
        }
      : { sql: 'SELECT id, username, password_hash FROM admin WHERE username = ?', args: [login] },
  )
  return (
    row && {
      id: text(row, 'id'),
      username: text(row, 'username'),
      passwordHash: text(row, 'password_hash'),
    }
  )
}

export function insertMember(member: {
  id: string
  email: string
  username: string
  passwordHash: string
  nowMs: number
}): Statement {
  return {
    sql: 'INSERT INTO member (id, email, username, password_hash, registered_at) VALUES (?, ?, ?, ?, ?)',
    args: [member.id, member.email, member.username, member.passwordHash, member.nowMs],
  }
}

export async function isInviteOpen(database: Database, codeHash: string, nowMs: number): Promise<boolean> {
  const rows = await database.read({
    sql: 'SELECT 1 AS found FROM invite WHERE code_hash = ? AND used_by IS NULL AND expires_at > ?',
    args: [codeHash, nowMs],
  })
  return rows.length > 0
}

/** Nothing more than whoever holds the code could find out by registering. */
export async function readInviteState(
  database: Database,
  codeHash: string,
  nowMs: number,
): Promise<InviteState['state']> {
  const [row] = await database.read({
    sql: 'SELECT used_by, expires_at FROM invite WHERE code_hash = ?',
    args: [codeHash],
  })
  if (!row) return 'unknown'
  if (textOrNull(row, 'used_by') !== null) return 'used'
  return integer(row, 'expires_at') > nowMs ? 'open' : 'expired'
}

/**
 * An UPDATE that matches no row aborts nothing, so a spent invite must break a rule: it leaves the member
 * without a registration and the NOT NULL of `registered_at` refuses the whole batch.
 */
export function useInvite(codeHash: string, memberId: string, nowMs: number): Statement[] {
  return [
    {
      sql: 'UPDATE invite SET used_by = ?2 WHERE code_hash = ?1 AND used_by IS NULL AND expires_at > ?3',
      args: [codeHash, memberId, nowMs],
    },
    {
      sql: `UPDATE member SET registered_at = NULL
            WHERE id = ?2 AND NOT EXISTS (SELECT 1 FROM invite WHERE code_hash = ?1 AND used_by = ?2)`,
      args: [codeHash, memberId],
    },
  ]
}

export async function readMember(database: Database, memberId: string) {
  const [[member], rights, channels] = await Promise.all([
    database.read({
      sql: `SELECT member.id, username, email, avatar_asset_id, account.balance,
              (SELECT COUNT(*) FROM notification WHERE member_id = member.id AND read_at IS NULL) AS unread
            FROM member JOIN account ON account.member_id = member.id AND account.kind = 'available'
            WHERE member.id = ?`,
      args: [memberId],
    }),
    database.read({
      sql: 'SELECT right FROM member_right WHERE member_id = ? ORDER BY right DESC',
      args: [memberId],
    }),
    database.read({
      sql: `SELECT slug, title, 'owner' AS role, 0 AS place FROM channel WHERE owner_id = ?1
            UNION ALL
            SELECT slug, title, 'operator', 1 FROM channel
            JOIN channel_operator ON channel_id = channel.id WHERE member_id = ?1
            ORDER BY place, title LIMIT 200`,
      args: [memberId],
    }),
  ])
  return (
    member && {
      id: text(member, 'id'),
      username: text(member, 'username'),
      email: text(member, 'email'),
      avatarUrl: fileUrl(textOrNull(member, 'avatar_asset_id')),
      rights: rights.map((row) => text(row, 'right')),
      balanceRupiah: integer(member, 'balance'),
      unreadNotifications: integer(member, 'unread'),
      channels: channels.map((row) => ({
        slug: text(row, 'slug'),
        title: text(row, 'title'),
        role: text(row, 'role'),
      })),
    }
  )
}

const MAX_REQUESTS = 100

export async function listRightRequests(database: Database, memberId: string) {
  const rows = await database.read({
    sql: 'SELECT * FROM right_request WHERE member_id = ? ORDER BY id DESC LIMIT ?',
    args: [memberId, MAX_REQUESTS],
  })
  return rows.map((row) => ({
    id: text(row, 'id'),
    right: text(row, 'right'),
    reason: text(row, 'reason'),
    state: text(row, 'state'),
    note: textOrNull(row, 'note'),
    createdAt: integer(row, 'created_at'),
    decidedAt: integerOrNull(row, 'decided_at'),
  }))
}

/** Asks for nothing (and returns no row) when the right is held. */
export function insertRightRequest(request: {
  id: string
  memberId: string
  right: string
  reason: string
  nowMs: number
}): Statement {
  return {
    sql: `INSERT INTO right_request (id, member_id, right, reason, created_at)
          SELECT ?1, ?2, ?3, ?4, ?5
          WHERE NOT EXISTS (SELECT 1 FROM member_right WHERE member_id = ?2 AND right = ?3)
          RETURNING id`,
    args: [request.id, request.memberId, request.right, request.reason, request.nowMs],
  }
}

const NOTIFICATIONS_PAGE = 50

export async function listNotifications(
  database: Database,
  { memberId, before }: { memberId: string; before: string | undefined },
) {
  const [rows, [unread]] = await Promise.all([
    database.read({
      sql: `SELECT * FROM notification WHERE member_id = ?1 AND (?2 IS NULL OR id < ?2) ORDER BY id DESC LIMIT ?3`,
      args: [memberId, before ?? null, NOTIFICATIONS_PAGE],
    }),
    database.read({
      sql: 'SELECT COUNT(*) AS unread FROM notification WHERE member_id = ? AND read_at IS NULL',
      args: [memberId],
    }),
  ])
  return { notifications: rows.map(notification), unread: unread ? integer(unread, 'unread') : 0 }
}

function notification(row: Row): Record<string, unknown> {
  return {
    ...(JSON.parse(text(row, 'payload')) as Record<string, unknown>),
    kind: text(row, 'kind'),
    id: text(row, 'id'),
    createdAt: integer(row, 'created_at'),
    readAt: integerOrNull(row, 'read_at'),
  }
}

export function markRead(memberId: string, ids: readonly string[], nowMs: number): Statement {
  return {
    sql: `UPDATE notification SET read_at = ? WHERE member_id = ? AND read_at IS NULL
          AND id IN (SELECT value FROM json_each(?))`,
    args: [nowMs, memberId, JSON.stringify(ids)],
  }
}

export async function countOpenRequests(database: Database): Promise<number> {
  const [row] = await database.read({ sql: `SELECT COUNT(*) AS n FROM right_request WHERE state = 'open'` })
  return row ? integer(row, 'n') : 0
}

/**
 * With the password the links end, too: one that would change the address may have been asked for by whoever had the old
 * password, and waits in a mailbox of theirs.
 */
export function endLinks(memberId: string): Statement[] {
  return ['password_reset', 'email_change'].map((table) => ({
    sql: `DELETE FROM ${table} WHERE member_id = ?`,
    args: [memberId],
  }))
}
