/** What origins say of their videos, and what they are told. */
import type { VideoStorageState } from '../../shared/contracts/internal.ts'
import type { StorageProblem } from '../../shared/storage/problem.ts'
import { text, textOrNull } from '../db/row.ts'
import type { Database, Statement } from '../ports.ts'
import { IS_OVER } from './store.ts'

export interface ReportedVideo {
  readonly id: string
  readonly channelId: string
  readonly originId: string
  readonly startedAt: number
}

/**
 * What its channel wants becomes of it; a draft when an admin ends the broadcast, whoever's word comes first.
 * A finished or deleted one stays what it is.
 */
export function insertRecording({ id, channelId, originId, startedAt }: ReportedVideo): Statement {
  return {
    sql: `INSERT INTO video (id, channel_id, origin_id, state, is_published, visibility, started_at,
            alert_chapters_from)
          SELECT ?1, channel.id, ?3, 'recording',
            channel.recording_mode = 'publish' AND NOT EXISTS (
              SELECT 1 FROM broadcast WHERE broadcast.id = ?1 AND 'kicked' IN (end_requested, end_reason)),
            channel.visibility, ?4, channel.alert_chapters_from
          FROM channel JOIN member ON member.id = owner_id WHERE channel.id = ?2 AND member.closed_at IS NULL
            AND NOT EXISTS (SELECT 1 FROM upload WHERE upload.id = ?1 AND upload.state = 'given_up')
          ON CONFLICT (id) DO NOTHING`,
    args: [id, channelId, originId, startedAt],
  }
}

/** Its file was on its way when its people gave it up, or closed the account. */
export async function isUnwanted(
  database: Database,
  { id, channelId }: Pick<ReportedVideo, 'id' | 'channelId'>,
): Promise<boolean> {
  const sql = `SELECT 1 FROM upload WHERE id = ? AND state = 'given_up'
    UNION ALL SELECT 1 FROM channel JOIN member ON member.id = owner_id WHERE channel.id = ? AND closed_at IS NOT NULL`
  return (await database.read({ sql, args: [id, channelId] })).length > 0
}

/** Its people may publish it again; until then nobody else sees it. */
export function makeDraft(id: string): Statement {
  return { sql: `UPDATE video SET is_published = 0, was_published = 0 WHERE id = ?`, args: [id] }
}

export function finishVideo(
  id: string,
  video: {
    readonly originId: string
    readonly durationMs: number
    readonly sizeBytes: number
    readonly width: number | undefined
    readonly height: number | undefined
    readonly hasStill: boolean
    readonly storage: VideoStorageState
    readonly storageProblem?: StorageProblem | undefined
    readonly hasPreviews: boolean
    readonly pieces: readonly (readonly [number, number])[]
    readonly alerts: readonly (readonly [number, string])[]
  },
): Statement {
  return {
    sql: `UPDATE video SET state = 'ready', duration_ms = ?, size_bytes = ?, width = ?, height = ?,
            has_still = ?, storage = ?, storage_problem = ?, has_previews = ?, pieces = ?, shown_alerts = ?, is_missing = 0
          WHERE id = ? AND origin_id = ? AND state <> 'deleted'`,
    args: [
      video.durationMs,
      video.sizeBytes,
      video.width ?? null,
      video.height ?? null,
      Number(video.hasStill),
      video.storage,
      video.storageProblem ?? null,
      Number(video.hasPreviews),
      JSON.stringify(video.pieces),
      JSON.stringify(video.alerts),
      id,
      video.originId,
    ],
  }
}

export interface VideoState {
  readonly state: string
  readonly originId: string
  readonly storage: string
  readonly storageProblem: string | undefined
}

export async function findVideoState(database: Database, id: string): Promise<VideoState | undefined> {
  const [row] = await database.read({
    sql: 'SELECT state, origin_id, storage, storage_problem FROM video WHERE id = ?',
    args: [id],
  })
  if (!row) return undefined
  return {
    state: text(row, 'state'),
    originId: text(row, 'origin_id'),
    storage: text(row, 'storage'),
    storageProblem: textOrNull(row, 'storage_problem') ?? undefined,
  }
}

export function markRemoved(id: string, originId: string): Statement {
  return {
    sql: `UPDATE video SET is_removed = 1 WHERE id = ? AND origin_id = ? AND state = 'deleted'`,
    args: [id, originId],
  }
}

export function markMissing(id: string, originId: string): Statement {
  return {
    sql: `UPDATE video SET is_missing = 1 WHERE id = ? AND origin_id = ? AND state <> 'deleted' AND ${IS_OVER}`,
    args: [id, originId],
  }
}

/** What an origin should have, in the order of ids. */
export async function listKnown(
  database: Database,
  { originId, after, limit }: { originId: string; after: string; limit: number },
): Promise<string[]> {
  const rows = await database.read({
    sql: `SELECT id FROM video WHERE origin_id = ? AND id > ? AND state <> 'deleted' ORDER BY id LIMIT ?`,
    args: [originId, after, limit],
  })
  return rows.map((row) => text(row, 'id'))
}

/** Of one answer to a status poll; the rest follows with the next. */
const MAX_TO_REMOVE = 100

export async function listToRemove(database: Database, originId: string): Promise<string[]> {
  const rows = await database.read({
    sql: `SELECT id FROM video WHERE origin_id = ? AND state = 'deleted' AND is_removed = 0 ORDER BY id LIMIT ?`,
    args: [originId, MAX_TO_REMOVE],
  })
  return rows.map((row) => text(row, 'id'))
}
