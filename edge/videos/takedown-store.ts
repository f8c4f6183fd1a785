/** Rows of what admins take down. The schema keeps it unpublished, so whatever shows published videos leaves it out. */
import { type FindAdminVideos, MAX_ADMIN_VIDEOS } from '../../shared/contracts/takedowns.ts'
import { integer, text, textOrNull } from '../db/row.ts'
import type { Database, SqlValue, Statement } from '../ports.ts'

export function takeDown(
  id: string,
  { reason, nowMs }: { readonly reason: string; readonly nowMs: number },
): Statement {
  return {
    sql: `UPDATE video SET was_published = is_published, is_published = 0, taken_down_at = ?, takedown_reason = ?
          WHERE id = ? AND state <> 'deleted' AND taken_down_at IS NULL`,
    args: [nowMs, reason, id],
  }
}

/** It becomes what it was: published, or a draft. */
export function giveBack(id: string): Statement {
  return {
    sql: `UPDATE video SET is_published = was_published, taken_down_at = NULL, takedown_reason = NULL
          WHERE id = ? AND state <> 'deleted' AND taken_down_at IS NOT NULL`,
    args: [id],
  }
}

export function notifyOwner(
  id: string,
  about: {
    readonly channelId: string
    readonly payload: Readonly<Record<string, unknown>>
    readonly nowMs: number
    readonly onlyIf: { readonly sql: string; readonly args: readonly SqlValue[] }
  },
): Statement {
  const { channelId, payload, nowMs, onlyIf } = about
  return {
    sql: `INSERT INTO notification (id, member_id, kind, payload, created_at)
          SELECT ?, owner_id, 'video_takedown', ?, ? FROM channel WHERE channel.id = ? AND ${onlyIf.sql}`,
    args: [id, JSON.stringify(payload), nowMs, channelId, ...onlyIf.args],
  }
}

/** What was published once, newest first: drafts are nobody's but their channel's. */
export async function listForAdmins(database: Database, { query, before }: FindAdminVideos) {
  // A link is as good as a name.
  const id = /[0-9a-hjkmnp-tv-z]{26}(?![0-9a-z])/i.exec(query)?.[0].toLowerCase() ?? null
  const rows = await database.read({
    sql: `SELECT video.id, video.title, video.started_at, video.taken_down_at, takedown_reason,
            channel.slug, channel.title AS channel_title
          FROM video JOIN channel ON channel.id = video.channel_id
          WHERE video.state <> 'deleted' AND (is_published = 1 OR taken_down_at IS NOT NULL)
            AND (?1 IS NULL OR video.id < ?1)
            AND CASE WHEN ?2 IS NULL
              THEN video.title LIKE ?3 ESCAPE '\\' OR channel.title LIKE ?3 ESCAPE '\\' OR channel.slug LIKE ?3 ESCAPE '\\'
              ELSE video.id = ?2 END
          ORDER BY video.id DESC LIMIT ?4`,
    args: [before ?? null, id, `%${query.replaceAll(/[\\%_]/g, String.raw`\$&`)}%`, MAX_ADMIN_VIDEOS],
  })
  return rows.map((row) => ({
    id: text(row, 'id'),
    title: text(row, 'title'),
    startedAt: integer(row, 'started_at'),
    channel: { slug: text(row, 'slug'), title: text(row, 'channel_title') },
    isTakenDown: row['taken_down_at'] !== null,
    takedownReason: textOrNull(row, 'takedown_reason'),
  }))
}
