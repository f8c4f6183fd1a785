import * as v from 'valibot'
import { Visibility } from '../../shared/contracts/channels.ts'
import { VideoStorageState } from '../../shared/contracts/internal.ts'
import type {
  AlertChapter,
  Caption,
  ChangeVideo,
  Chapter,
  FindVideos,
} from '../../shared/contracts/videos.ts'
import { VIDEOS_PER_PAGE } from '../../shared/contracts/videos.ts'
import { formatHlsPath } from '../../shared/hls-path.ts'
import { StorageProblem } from '../../shared/storage/problem.ts'
import { integer, integerOrNull, text, textOrNull } from '../db/row.ts'
import type { Database, Row, SqlValue, Statement } from '../ports.ts'
import { CAPTIONS_OF_VIDEO, captionsOf, captionUrl } from './caption-store.ts'
import { CHAPTERS_OF_VIDEO, chaptersOf, cutChapters } from './chapter-store.ts'
import { AUDIENCE, type CutRow, cutOf, pictureUrlOf, studioPictureUrlOf } from './access.ts'
import { listAlertChapters } from './alert-chapters.ts'

export interface VideoRow {
  readonly id: string
  readonly channelId: string
  readonly channel: { readonly slug: string; readonly title: string }
  readonly state: string
  readonly isPublished: boolean
  readonly takedownReason: string | null
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
  readonly storageProblem: StorageProblem | null
  readonly views: number
  readonly stillUrl: string | null
  readonly studioStillUrl: string | null
  readonly hasOwnPicture: boolean
  /** Address of their WebVTT. */
  readonly previews: string | null
  readonly captions: readonly Caption[]
  readonly chapters: readonly Chapter[]
  /** In the time of the whole. */
  readonly wholeChapters: readonly Chapter[]
  readonly alertChapters: readonly AlertChapter[]
  readonly wholeAlertChapters: readonly AlertChapter[]
  readonly alertChaptersFrom: number | null
  readonly hasAlerts: boolean
  /** Of the whole. */
  readonly wholeMs: number
  readonly playlist: string
  readonly needsToken: boolean
}

export const SELECT_VIDEO = `SELECT video.*, ${CAPTIONS_OF_VIDEO}, ${CHAPTERS_OF_VIDEO}, ${AUDIENCE} AS audience,
    channel.slug AS channel_slug, channel.title AS channel_title
  FROM video JOIN channel ON channel.id = video.channel_id`
const IS_LISTED = `video.state = 'ready' AND video.is_missing = 0 AND video.is_published = 1 AND ${AUDIENCE} = 'public'`
const MAX_TOPICS = 30

export function videoRow(row: Row): VideoRow {
  const id = text(row, 'id')
  const root = { scope: 'vod', video: id } as const
  const audience = v.parse(Visibility, row['audience'])
  const cut = cutOf(row)
  const wholeChapters = chaptersOf(row)
  return {
    id,
    channelId: text(row, 'channel_id'),
    channel: { slug: text(row, 'channel_slug'), title: text(row, 'channel_title') },
    state: text(row, 'state'),
    isPublished: row['is_published'] === 1,
    takedownReason: textOrNull(row, 'takedown_reason'),
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
    cut,
    isDownloadable: row['is_downloadable'] === 1,
    sizeBytes: integer(row, 'size_bytes'),
    storage: v.parse(VideoStorageState, row['storage']),
    storageProblem: v.parse(v.nullable(StorageProblem), row['storage_problem']),
    views: integer(row, 'views'),
    // An address without a token shows nothing of what is for members.
    stillUrl: audience === 'members' ? null : pictureUrlOf(row),
    studioStillUrl: studioPictureUrlOf(row),
    hasOwnPicture: textOrNull(row, 'picture_asset_id') !== null,
    previews: row['has_previews'] === 1 ? formatHlsPath({ root, resource: { kind: 'previews' } }) : null,
    captions: captionsOf(row).map((each) => ({ ...each, url: captionUrl(id, each.id) })),
    chapters: cutChapters(wholeChapters, cut),
    wholeChapters,
    alertChapters: [],
    wholeAlertChapters: [],
    alertChaptersFrom: integerOrNull(row, 'alert_chapters_from'),
    hasAlerts: text(row, 'shown_alerts') !== '[]',
    wholeMs: integer(row, 'duration_ms'),
    playlist: formatHlsPath({ root, resource: { kind: 'multivariant' } }),
  }
}

/** In one text, so that each word is looked for once. */
const SEARCHED = `LOWER(video.title || char(10) || video.topic || char(10) || video.description || char(10) || channel.title)`
/** Anybody may search, and each word is looked for in every video. */
const MAX_SEARCH_WORDS = 6

/** In lower case as SQLite knows it, which is that of ASCII. */
function searchWords(q: string): string[] {
  const words = q.split(' ').filter((each) => each !== '')
  return words
    .slice(0, MAX_SEARCH_WORDS)
    .map((word) => word.replaceAll(/[A-Z]/g, (letter) => letter.toLowerCase()))
}

/** Conditions that each word of `q` is in what can be searched. */
export function addWords(q: string | undefined, conditions: string[], args: SqlValue[]): void {
  for (const word of searchWords(q ?? '')) {
    conditions.push(`instr(${SEARCHED}, ?) > 0`)
    args.push(word)
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
  addWords(find.q, conditions, args)
  const rows = await database.read({
    sql: `${SELECT_VIDEO} WHERE ${conditions.join(' AND ')} ORDER BY video.id DESC LIMIT ?`,
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
    sql: `${SELECT_VIDEO} WHERE video.id = ? AND video.state <> 'deleted'`,
    args: [id],
  })
  return row && videoRow(row)
}

/** As `findVideo`, with what its alerts are called at this moment. */
export async function findVideoPage(database: Database, id: string): Promise<VideoRow | undefined> {
  const video = await findVideo(database, id)
  if (!video?.hasAlerts || video.alertChaptersFrom === null) return video
  const wholeAlertChapters = await listAlertChapters(database, id)
  return { ...video, wholeAlertChapters, alertChapters: cutChapters(wholeAlertChapters, video.cut) }
}

const COLUMNS = {
  title: 'title',
  description: 'description',
  topic: 'topic',
  visibility: 'visibility',
  isPublished: 'is_published',
  isKept: 'is_kept',
  isDownloadable: 'is_downloadable',
  alertChaptersFrom: 'alert_chapters_from',
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
