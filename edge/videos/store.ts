import * as v from 'valibot'
import { Visibility } from '../../shared/contracts/channels.ts'
import { VideoStorageState } from '../../shared/contracts/internal.ts'
import type { ChangeVideo, FindVideos, VideoCut } from '../../shared/contracts/videos.ts'
import { VIDEOS_PER_PAGE } from '../../shared/contracts/videos.ts'
import { formatHlsPath } from '../../shared/hls-path.ts'
import { integer, integerOrNull, text } from '../db/row.ts'
import type { Database, Row, SqlValue, Statement } from '../ports.ts'

export interface CutRow extends VideoCut {
  /** Places of segments, the second without. */
  readonly from: number
  readonly to: number
}

export function cutOf(row: Row): CutRow | null {
  const [from, to] = [integerOrNull(row, 'cut_from'), integerOrNull(row, 'cut_to')]
  if (from === null || to === null) return null
  const startMs = integer(row, 'cut_start_ms')
  return { from, to, startMs, endMs: startMs + integer(row, 'cut_duration_ms') }
}

export interface VideoRow {
  readonly id: string
  readonly channelId: string
  readonly channel: { readonly slug: string; readonly title: string }
  readonly state: string
  readonly isPublished: boolean
  readonly isKept: boolean
  readonly isMissing: boolean
  readonly deleteAfter: number | null
  readonly visibility: string
  /** Who may really watch it. */
  readonly audience: Visibility
  readonly title: string
  readonly description: string
  readonly topic: string
  readonly startedAt: number
  /** Of what is left when it was cut. */
  readonly durationMs: number
  readonly cut: CutRow | null
  readonly isDownloadable: boolean
  readonly sizeBytes: number
  readonly storage: VideoStorageState
  readonly views: number
  readonly stillUrl: string | null
  readonly playlist: string
  readonly needsToken: boolean
}

/** What was for few is not opened by its own word: the stricter of the channel's and the video's. */
const AUDIENCE = `CASE
  WHEN 'members' IN (video.visibility, channel.visibility) THEN 'members'
  WHEN 'unlisted' IN (video.visibility, channel.visibility) THEN 'unlisted'
  ELSE 'public' END`
const SELECT = `SELECT video.*, ${AUDIENCE} AS audience, channel.slug AS channel_slug, channel.title AS channel_title
  FROM video JOIN channel ON channel.id = video.channel_id`
const IS_LISTED = `video.state = 'ready' AND video.is_missing = 0 AND video.is_published = 1 AND ${AUDIENCE} = 'public'`
const MAX_TOPICS = 30

function videoRow(row: Row): VideoRow {
  const id = text(row, 'id')
  const root = { scope: 'vod', video: id } as const
  const audience = v.parse(Visibility, row['audience'])
  return {
    id,
    channelId: text(row, 'channel_id'),
    channel: { slug: text(row, 'channel_slug'), title: text(row, 'channel_title') },
    state: text(row, 'state'),
    isPublished: row['is_published'] === 1,
    isKept: row['is_kept'] === 1,
    isMissing: row['is_missing'] === 1,
    deleteAfter: integerOrNull(row, 'delete_after'),
    visibility: text(row, 'visibility'),
    audience,
    needsToken: audience === 'members',
    title: text(row, 'title'),
    description: text(row, 'description'),
    topic: text(row, 'topic'),
    startedAt: integer(row, 'started_at'),
    durationMs: integerOrNull(row, 'cut_duration_ms') ?? integer(row, 'duration_ms'),
    cut: cutOf(row),
    isDownloadable: row['is_downloadable'] === 1,
    sizeBytes: integer(row, 'size_bytes'),
    storage: v.parse(VideoStorageState, row['storage']),
    views: integer(row, 'views'),
    // An address without a token shows nothing of what is for members.
    stillUrl:
      row['has_still'] === 1 && audience !== 'members'
        ? formatHlsPath({ root, resource: { kind: 'still' } })
        : null,
    playlist: formatHlsPath({ root, resource: { kind: 'multivariant' } }),
  }
}

/** Published and public, newest first. */
export async function listVideos(database: Database, find: FindVideos): Promise<VideoRow[]> {
  const conditions = [IS_LISTED]
  const args: SqlValue[] = []
  const add = (condition: string, ...values: SqlValue[]): void => {
    conditions.push(condition)
    args.push(...values)
  }
  if (find.channel !== undefined) add('channel.slug = ?', find.channel)
  if (find.topic) add('video.topic = ? COLLATE NOCASE', find.topic)
  if (find.before !== undefined) add('video.id < ?', find.before)
  for (const word of (find.q ?? '').split(' ').filter((each) => each !== '')) {
    const like = `%${word.replaceAll(/[\\%_]/g, String.raw`\$&`)}%`
    add(
      String.raw`(video.title LIKE ? ESCAPE '\' OR video.topic LIKE ? ESCAPE '\'
        OR video.description LIKE ? ESCAPE '\' OR channel.title LIKE ? ESCAPE '\')`,
      like,
      like,
      like,
      like,
    )
  }
  const rows = await database.read({
    sql: `${SELECT} WHERE ${conditions.join(' AND ')} ORDER BY video.id DESC LIMIT ?`,
    args: [...args, VIDEOS_PER_PAGE],
  })
  return rows.map(videoRow)
}

/** Of what is listed, of one channel or of all. */
export async function listTopics(database: Database, channel: string | undefined): Promise<string[]> {
  const rows = await database.read({
    sql: `SELECT MIN(topic) AS name FROM video JOIN channel ON channel.id = video.channel_id
          WHERE ${IS_LISTED} AND topic <> '' AND (?1 IS NULL OR channel.slug = ?1)
          GROUP BY LOWER(topic) ORDER BY MAX(video.id) DESC LIMIT ?2`,
    args: [channel ?? null, MAX_TOPICS],
  })
  return rows.map((row) => text(row, 'name'))
}

export async function findVideo(database: Database, id: string): Promise<VideoRow | undefined> {
  const [row] = await database.read({
    sql: `${SELECT} WHERE video.id = ? AND video.state <> 'deleted'`,
    args: [id],
  })
  return row && videoRow(row)
}

export async function listOfChannel(
  database: Database,
  { channelId, before }: { channelId: string; before: string | undefined },
): Promise<VideoRow[]> {
  const rows = await database.read({
    sql: `${SELECT} WHERE video.channel_id = ?1 AND video.state <> 'deleted' AND (?2 IS NULL OR video.id < ?2)
          ORDER BY video.id DESC LIMIT ?3`,
    args: [channelId, before ?? null, VIDEOS_PER_PAGE],
  })
  return rows.map(videoRow)
}

const COLUMNS = {
  title: 'title',
  description: 'description',
  topic: 'topic',
  visibility: 'visibility',
  isPublished: 'is_published',
  isKept: 'is_kept',
  isDownloadable: 'is_downloadable',
} as const satisfies Record<keyof ChangeVideo, string>

export function updateVideo(id: string, changes: ChangeVideo): Statement[] {
  const sets: string[] = []
  const args: SqlValue[] = []
  for (const [field, column] of Object.entries(COLUMNS)) {
    const value = changes[field as keyof ChangeVideo]
    if (value === undefined) continue
    sets.push(`${column} = ?`)
    args.push(typeof value === 'boolean' ? Number(value) : value)
  }
  if (sets.length === 0) return []
  if (changes.isKept === true) sets.push('delete_after = NULL')
  return [
    { sql: `UPDATE video SET ${sets.join(', ')} WHERE id = ? AND state <> 'deleted'`, args: [...args, id] },
  ]
}

/** Not while its broadcast is on air: the origin would go on writing it. */
export const IS_OVER = `(state = 'ready' OR NOT EXISTS (
  SELECT 1 FROM broadcast WHERE broadcast.id = video.id AND broadcast.state <> 'ended'))`

/** @returns a statement whose RETURNING tells whether it was deleted */
export function deleteVideo(id: string, nowMs: number): Statement {
  return {
    sql: `UPDATE video SET state = 'deleted', deleted_at = ? WHERE id = ? AND state <> 'deleted' AND ${IS_OVER}
          RETURNING id`,
    args: [nowMs, id],
  }
}

export function countView(id: string): Statement {
  return { sql: `UPDATE video SET views = views + 1 WHERE id = ? AND state <> 'deleted'`, args: [id] }
}

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
    sql: `INSERT INTO video (id, channel_id, origin_id, state, is_published, visibility, started_at)
          SELECT ?1, channel.id, ?3, 'recording',
            channel.recording_mode = 'publish' AND NOT EXISTS (
              SELECT 1 FROM broadcast WHERE broadcast.id = ?1 AND 'kicked' IN (end_requested, end_reason)),
            channel.visibility, ?4
          FROM channel WHERE channel.id = ?2 ON CONFLICT (id) DO NOTHING`,
    args: [id, channelId, originId, startedAt],
  }
}

/** Its people may publish it again; until then nobody else sees it. */
export function makeDraft(id: string): Statement {
  return { sql: `UPDATE video SET is_published = 0 WHERE id = ?`, args: [id] }
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
    readonly hasPreviews: boolean
    readonly pieces: readonly (readonly [number, number])[]
  },
): Statement {
  return {
    sql: `UPDATE video SET state = 'ready', duration_ms = ?, size_bytes = ?, width = ?, height = ?,
            has_still = ?, storage = ?, has_previews = ?, pieces = ?, is_missing = 0
          WHERE id = ? AND origin_id = ? AND state <> 'deleted'`,
    args: [
      video.durationMs,
      video.sizeBytes,
      video.width ?? null,
      video.height ?? null,
      Number(video.hasStill),
      video.storage,
      Number(video.hasPreviews),
      JSON.stringify(video.pieces),
      id,
      video.originId,
    ],
  }
}

export async function findVideoState(
  database: Database,
  id: string,
): Promise<{ state: string; originId: string } | undefined> {
  const [row] = await database.read({ sql: 'SELECT state, origin_id FROM video WHERE id = ?', args: [id] })
  return row && { state: text(row, 'state'), originId: text(row, 'origin_id') }
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

/** What decides whether its media may be sent, and from where. */
export interface VideoAccessRow {
  readonly originId: string
  readonly channelId: string
  readonly visibility: Visibility
  readonly isPublished: boolean
  readonly cut: CutRow | null
  /** Whole in object storage. */
  readonly isStored: boolean
}

export async function findVideoAccess(database: Database, id: string): Promise<VideoAccessRow | undefined> {
  const [row] = await database.read({
    sql: `SELECT origin_id, channel_id, ${AUDIENCE} AS audience, is_published, cut_from, cut_to, cut_start_ms, cut_duration_ms, storage
          FROM video JOIN channel ON channel.id = video.channel_id WHERE video.id = ? AND state <> 'deleted'`,
    args: [id],
  })
  return (
    row && {
      originId: text(row, 'origin_id'),
      channelId: text(row, 'channel_id'),
      visibility: v.parse(Visibility, row['audience']),
      isPublished: row['is_published'] === 1,
      cut: cutOf(row),
      isStored: row['storage'] === 'stored',
    }
  )
}
