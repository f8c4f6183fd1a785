/**
 * Videos that a rule deletes: by age, and by how much all of them take together. Whoever owns them is told days before.
 * Without a rule nothing is deleted, and what is marked as kept never is.
 */
import type { RetentionRule } from '../../shared/contracts/videos.ts'
import { ulid } from '../../shared/ids.ts'
import { logActivity } from '../db/activity.ts'
import { integer, integerOrNull, text } from '../db/row.ts'
import type { Database, Platform, Statement } from '../ports.ts'
import { followClock, noteLook } from './rule-clock.ts'

const DAY_MS = 86_400_000
const GIGABYTE = 1e9
/** In one turn; the rest follows with the next. */
const AT_ONCE = 200
/** The installation's own row. */
const EVERYWHERE = ''

export async function readRule(database: Database, channelId = EVERYWHERE): Promise<RetentionRule> {
  const [row] = await database.read({
    sql: 'SELECT keep_days, keep_bytes FROM video_rule WHERE channel_id = ?',
    args: [channelId],
  })
  if (!row) return { keepDays: null, keepGigabytes: null }
  const bytes = integerOrNull(row, 'keep_bytes')
  return {
    keepDays: integerOrNull(row, 'keep_days'),
    keepGigabytes: bytes === null ? null : bytes / GIGABYTE,
  }
}

export function putRule({ keepDays, keepGigabytes }: RetentionRule, channelId = EVERYWHERE): Statement {
  return {
    sql: `INSERT INTO video_rule (channel_id, keep_days, keep_bytes) VALUES (?, ?, ?)
          ON CONFLICT (channel_id) DO UPDATE SET keep_days = excluded.keep_days, keep_bytes = excluded.keep_bytes`,
    args: [channelId, keepDays, keepGigabytes === null ? null : keepGigabytes * GIGABYTE],
  }
}

export interface Judged {
  /** When it is too old; null: no rule says so. */
  readonly oldAt: number | null
  readonly isOverSize: boolean
  readonly deleteAfter: number | null
  /** Of the rule by age; 0: there is none. */
  readonly keepDays: number
}

export type Verdict = 'leave' | 'spare' | 'delete' | { readonly warn: number }

/**
 * Nobody loses a video that was not announced for the whole time of the warning; one that is kept a shorter time,
 * from its start.
 */
export function judge(
  { oldAt, isOverSize, deleteAfter, keepDays }: Judged,
  nowMs: number,
  longestWarningMs: number,
): Verdict {
  const warningMs = Math.min(longestWarningMs, keepDays * DAY_MS)
  const isOld = oldAt !== null && oldAt - warningMs <= nowMs
  if (!isOld && !isOverSize) return deleteAfter === null ? 'leave' : 'spare'
  if (deleteAfter !== null) {
    // The rule gives it longer than when it was announced.
    if (isOld && !isOverSize && deleteAfter < oldAt) return { warn: oldAt }
    return deleteAfter <= nowMs ? 'delete' : 'leave'
  }
  const byAge = isOld ? Math.max(oldAt, nowMs + warningMs) : Number.POSITIVE_INFINITY
  const bySize = isOverSize ? nowMs + longestWarningMs : Number.POSITIVE_INFINITY
  return { warn: Math.min(byAge, bySize) }
}

type RetentionPlatform = Pick<Platform, 'clock' | 'config' | 'database' | 'log' | 'random'>

/** Looks now and then, whoever calls: an edge has no clock of its own on every runtime. */
export function retention(platform: RetentionPlatform & Pick<Platform, 'waitUntil'>): { look(): void } {
  let nextAt = 0
  return {
    look() {
      const nowMs = platform.clock.now()
      const everyMs = platform.config.durations.retentionSweep
      // A clock that was set back must not hold it up.
      if (nowMs < nextAt && nextAt - nowMs <= everyMs) return
      nextAt = nowMs + everyMs
      platform.waitUntil(
        sweepVideos(platform).catch((error: unknown) =>
          platform.log.warn({ error: String(error) }, 'the rules of videos cannot be applied'),
        ),
      )
    },
  }
}

/** Idempotent: edges that share a database may look at once. */
export async function sweepVideos({ clock, config, database, random }: RetentionPlatform): Promise<void> {
  const nowMs = clock.now()
  const warningMs = config.durations.retentionWarning
  await followClock(database, nowMs, warningMs)
  const statements: Statement[] = []
  const warned = new Map<string, { count: number; firstAt: number }>()
  for (const row of await listRuled(database, nowMs, warningMs)) {
    const verdict = judge(row, nowMs, warningMs)
    if (verdict === 'leave') continue
    if (verdict === 'spare') statements.push(setDeleteAfter(row.id, null))
    else if (verdict === 'delete') statements.push(...expire(row, nowMs))
    else {
      statements.push(setDeleteAfter(row.id, verdict.warn))
      const before = warned.get(row.channelId)
      warned.set(row.channelId, {
        count: (before?.count ?? 0) + 1,
        firstAt: Math.min(before?.firstAt ?? Number.POSITIVE_INFINITY, verdict.warn),
      })
    }
  }
  for (const [channelId, { count, firstAt }] of warned)
    statements.push(warnOwner(ulid(nowMs, random.bytes), { channelId, count, firstAt, nowMs }))
  if (statements.length > 0) await database.write([...statements, noteLook(nowMs)])
}

interface RuledVideo extends Judged {
  readonly id: string
  readonly channelId: string
  readonly slug: string
  readonly title: string
}

async function listRuled(database: Database, nowMs: number, warningMs: number): Promise<RuledVideo[]> {
  const rows = await database.read({
    sql: `WITH ruled AS (
            SELECT video.id, video.channel_id, video.title, video.delete_after, channel.slug,
              MIN(COALESCE(own.keep_days, site.keep_days), COALESCE(site.keep_days, own.keep_days)) AS keep_days,
              video.started_at + video.duration_ms AS ended_at,
              -- What was lost takes no space.
              COALESCE(SUM(video.size_bytes * (1 - video.is_missing))
                OVER (PARTITION BY video.channel_id ORDER BY video.id DESC) > own.keep_bytes, 0)
              OR COALESCE(SUM(video.size_bytes * (1 - video.is_missing))
                OVER (ORDER BY video.id DESC) > site.keep_bytes, 0) AS is_over
            FROM video JOIN channel ON channel.id = video.channel_id
              LEFT JOIN video_rule AS own ON own.channel_id = video.channel_id
              LEFT JOIN video_rule AS site ON site.channel_id = ''
            WHERE video.state = 'ready' AND video.is_kept = 0)
          SELECT *, ended_at + keep_days * ?1 AS old_at FROM ruled
          -- Those that are announced and wait take no places of one turn: behind them nobody would be reached.
          WHERE CASE WHEN is_over OR COALESCE(ended_at + keep_days * ?1 - MIN(?2, keep_days * ?1) <= ?3, 0)
            THEN COALESCE(delete_after, 0) <= ?3 OR (NOT is_over AND delete_after < ended_at + keep_days * ?1) ELSE delete_after IS NOT NULL END
          ORDER BY delete_after IS NULL, delete_after, id LIMIT ?4`,
    args: [DAY_MS, warningMs, nowMs, AT_ONCE],
  })
  return rows.map((row) => ({
    id: text(row, 'id'),
    channelId: text(row, 'channel_id'),
    slug: text(row, 'slug'),
    title: text(row, 'title'),
    keepDays: integerOrNull(row, 'keep_days') ?? 0,
    oldAt: integerOrNull(row, 'old_at'),
    isOverSize: integer(row, 'is_over') === 1,
    deleteAfter: integerOrNull(row, 'delete_after'),
  }))
}

function setDeleteAfter(id: string, deleteAfter: number | null): Statement {
  return {
    sql: `UPDATE video SET delete_after = ? WHERE id = ? AND state = 'ready' AND is_kept = 0`,
    args: [deleteAfter, id],
  }
}

function expire({ id, slug, title }: RuledVideo, nowMs: number): Statement[] {
  return [
    {
      sql: `UPDATE video SET state = 'deleted', deleted_at = ?1
            WHERE id = ?2 AND state = 'ready' AND is_kept = 0 AND delete_after <= ?1`,
      args: [nowMs, id],
    },
    logActivity({
      action: 'video_expired',
      details: { channel: slug, video: id, title },
      nowMs,
      onlyIf: {
        sql: `EXISTS (SELECT 1 FROM video WHERE id = ? AND state = 'deleted' AND deleted_at = ?)`,
        args: [id, nowMs],
      },
    }),
  ]
}

function warnOwner(
  id: string,
  about: { channelId: string; count: number; firstAt: number; nowMs: number },
): Statement {
  const { channelId, count, firstAt, nowMs } = about
  return {
    sql: `INSERT INTO notification (id, member_id, kind, payload, created_at)
          SELECT ?, owner_id, 'videos_expiring', json_object('channel', slug, 'count', ?, 'firstAt', ?), ?
          FROM channel WHERE id = ?`,
    args: [id, count, firstAt, nowMs, channelId],
  }
}
