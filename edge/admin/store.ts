import type { Right } from '../../shared/contracts/accounts.ts'
import { fileUrl } from '../assets/files.ts'
import { integer, integerOrNull, text, textOrNull } from '../db/row.ts'
import { GUEST_ID } from '../ledger/rules.ts'
import type { Database, Statement } from '../ports.ts'

const PAGE = 50
const MAX_REQUESTS = 200
const MAX_ON_AIR = 200

export async function listRequests(database: Database, state: string | undefined) {
  const rows = await database.read({
    sql: `SELECT right_request.*, member.username, member.email
          FROM right_request JOIN member ON member.id = member_id
          WHERE ?1 IS NULL OR state = ?1 ORDER BY right_request.id DESC LIMIT ?2`,
    args: [state ?? null, MAX_REQUESTS],
  })
  return rows.map((row) => ({
    id: text(row, 'id'),
    member: { id: text(row, 'member_id'), username: text(row, 'username'), email: text(row, 'email') },
    right: text(row, 'right'),
    reason: text(row, 'reason'),
    state: text(row, 'state'),
    createdAt: integer(row, 'created_at'),
  }))
}

export async function findRequest(
  database: Database,
  id: string,
): Promise<{ memberId: string; right: Right } | undefined> {
  const [row] = await database.read({
    sql: 'SELECT member_id, right FROM right_request WHERE id = ?',
    args: [id],
  })
  return row && { memberId: text(row, 'member_id'), right: text(row, 'right') as Right }
}

export interface MemberRow {
  readonly username: string
  readonly channel: { readonly id: string; readonly slug: string } | undefined
  readonly rights: readonly string[]
}

export async function findMember(database: Database, memberId: string): Promise<MemberRow | undefined> {
  const [row] = await database.read({
    sql: `SELECT username, channel.id AS channel_id, channel.slug,
            (SELECT json_group_array(right) FROM member_right WHERE member_id = member.id) AS rights
          FROM member LEFT JOIN channel ON channel.owner_id = member.id
          WHERE member.id = ? AND member.id <> ? AND closed_at IS NULL`,
    args: [memberId, GUEST_ID],
  })
  return (
    row && {
      username: text(row, 'username'),
      channel:
        row['channel_id'] === null ? undefined : { id: text(row, 'channel_id'), slug: text(row, 'slug') },
      rights: JSON.parse(text(row, 'rights')) as string[],
    }
  )
}

/** The trigger refuses a second decision, so of two admins one wins. */
export function decideRequest(decision: {
  id: string
  state: 'granted' | 'refused'
  note: string
  adminId: string
  nowMs: number
}): Statement {
  return {
    sql: 'UPDATE right_request SET state = ?, note = ?, decided_by = ?, decided_at = ? WHERE id = ?',
    args: [
      decision.state,
      decision.note === '' ? null : decision.note,
      decision.adminId,
      decision.nowMs,
      decision.id,
    ],
  }
}

/** A grant without a request also answers one that waits. */
export function grantOpenRequests(grant: {
  memberId: string
  right: Right
  adminId: string
  note: string
  nowMs: number
}): Statement {
  return {
    sql: `UPDATE right_request SET state = 'granted', note = ?, decided_by = ?, decided_at = ?
          WHERE member_id = ? AND right = ? AND state = 'open'`,
    args: [grant.note, grant.adminId, grant.nowMs, grant.memberId, grant.right],
  }
}

export function insertRight(grant: {
  memberId: string
  right: Right
  adminId: string
  nowMs: number
}): Statement {
  return {
    sql: 'INSERT INTO member_right (member_id, right, granted_by, granted_at) VALUES (?, ?, ?, ?)',
    args: [grant.memberId, grant.right, grant.adminId, grant.nowMs],
  }
}

export function deleteRight(memberId: string, right: Right): Statement[] {
  const remove = {
    sql: 'DELETE FROM member_right WHERE member_id = ? AND right = ?',
    args: [memberId, right],
  }
  if (right !== 'on_air') return [remove]
  return [
    remove,
    {
      sql: `UPDATE broadcast SET end_requested = 'right_withdrawn'
            WHERE channel_id = (SELECT id FROM channel WHERE owner_id = ?)
              AND state <> 'ended' AND end_requested IS NULL`,
      args: [memberId],
    },
  ]
}

export function insertChannel(channel: {
  id: string
  slug: string
  ownerId: string
  title: string
  nowMs: number
}): Statement[] {
  return [
    {
      sql: 'INSERT INTO channel (id, slug, owner_id, title, created_at) VALUES (?, ?, ?, ?, ?)',
      args: [channel.id, channel.slug, channel.ownerId, channel.title, channel.nowMs],
    },
    {
      // An organisation's first channel is its home page.
      sql: `UPDATE setting SET value = ? WHERE name = 'homeChannel' AND value = 'null'
            AND (SELECT value FROM setting WHERE name = 'preset') = '"organisation"'
            AND (SELECT COUNT(*) FROM channel) = 1`,
      args: [JSON.stringify(channel.slug)],
    },
  ]
}

export function insertNotification(notification: {
  id: string
  memberId: string
  kind: string
  payload: Readonly<Record<string, unknown>>
  nowMs: number
}): Statement {
  return {
    sql: 'INSERT INTO notification (id, member_id, kind, payload, created_at) VALUES (?, ?, ?, ?, ?)',
    args: [
      notification.id,
      notification.memberId,
      notification.kind,
      JSON.stringify(notification.payload),
      notification.nowMs,
    ],
  }
}

export async function listMembers(
  database: Database,
  { query, before }: { query: string; before?: string | undefined },
) {
  const pattern = `%${query.replaceAll(/[\\%_]/g, String.raw`\$&`)}%`
  const rows = await database.read({
    sql: `SELECT member.id, username, email, registered_at, frozen_at, avatar_asset_id, account.balance, channel.slug,
            (SELECT json_group_array(right) FROM member_right WHERE member_id = member.id) AS rights,
            (SELECT MAX(accepted_at) FROM terms_acceptance WHERE member_id = member.id) AS terms_accepted_at,
            (SELECT MAX(updated_at) FROM legal_page WHERE name = 'terms') AS terms_changed_at
          FROM member JOIN account ON account.member_id = member.id AND account.kind = 'available'
          LEFT JOIN channel ON channel.owner_id = member.id
          WHERE (username LIKE ?1 ESCAPE '\\' OR email LIKE ?1 ESCAPE '\\') AND (?2 IS NULL OR member.id < ?2)
            AND member.id <> '${GUEST_ID}'
          ORDER BY member.id DESC LIMIT ?3`,
    args: [pattern, before ?? null, PAGE],
  })
  return rows.map((row) => ({
    id: text(row, 'id'),
    username: text(row, 'username'),
    email: text(row, 'email'),
    rights: JSON.parse(text(row, 'rights')) as unknown,
    balanceRupiah: integer(row, 'balance'),
    frozenAt: integerOrNull(row, 'frozen_at'),
    termsAcceptedAt: integerOrNull(row, 'terms_accepted_at'),
    hasOldTerms:
      (integerOrNull(row, 'terms_changed_at') ?? 0) > (integerOrNull(row, 'terms_accepted_at') ?? 0),
    channel: textOrNull(row, 'slug'),
    avatarUrl: fileUrl(textOrNull(row, 'avatar_asset_id')),
    registeredAt: integer(row, 'registered_at'),
  }))
}

export async function listOnAir(database: Database, onAirSince: number) {
  const rows = await database.read({
    sql: `SELECT broadcast.id, broadcast.channel_id, health, started_at, slug, title, member.username, stream_key.name
          FROM broadcast JOIN channel ON channel.id = broadcast.channel_id
          JOIN stream_key ON stream_key.jti = broadcast.jti JOIN member ON member.id = stream_key.member_id
          WHERE state <> 'ended' AND lease_until >= ? ORDER BY broadcast.id DESC LIMIT ?`,
    args: [onAirSince, MAX_ON_AIR],
  })
  return rows.map((row) => ({
    id: text(row, 'id'),
    channelId: text(row, 'channel_id'),
    health: JSON.parse(textOrNull(row, 'health') ?? 'null') as unknown,
    channel: { slug: text(row, 'slug'), title: text(row, 'title') },
    startedAt: integer(row, 'started_at'),
    startedBy: text(row, 'username'),
    keyName: text(row, 'name'),
  }))
}

export async function findOnAirSlug(database: Database, broadcastId: string): Promise<string | undefined> {
  const [row] = await database.read({
    sql: `SELECT slug FROM broadcast JOIN channel ON channel.id = channel_id
          WHERE broadcast.id = ? AND state <> 'ended'`,
    args: [broadcastId],
  })
  return row && text(row, 'slug')
}

/** @param note why; shown to the streamer */
export function requestEnd(broadcastId: string, note: string): Statement {
  return {
    sql: `UPDATE broadcast SET end_requested = 'kicked', end_note = ? WHERE id = ? AND state <> 'ended'`,
    args: [note, broadcastId],
  }
}

export interface ActivityFilter {
  readonly before?: number | undefined
  readonly action?: string | undefined
  /** Username. */
  readonly member?: string | undefined
}

export async function listActivity(
  database: Database,
  { before, action, member, max = PAGE }: ActivityFilter & { readonly max?: number },
) {
  const rows = await database.read({
    sql: `SELECT activity.id, action, member.username AS member, admin.username AS admin, details, activity.created_at
          FROM activity LEFT JOIN member ON member.id = activity.member_id
          LEFT JOIN admin ON admin.id = activity.admin_id
          WHERE (?1 IS NULL OR activity.id < ?1) AND (?3 IS NULL OR action = ?3)
            AND (?4 IS NULL OR activity.member_id = (SELECT id FROM member WHERE username = ?4))
          ORDER BY activity.id DESC LIMIT ?2`,
    args: [before ?? null, max, action ?? null, member ?? null],
  })
  return rows.map((row) => ({
    id: integer(row, 'id'),
    action: text(row, 'action'),
    member: textOrNull(row, 'member'),
    admin: textOrNull(row, 'admin'),
    details: JSON.parse(text(row, 'details')) as unknown,
    createdAt: integer(row, 'created_at'),
  }))
}
