import * as v from 'valibot'
import {
  type NewUpload,
  Upload,
  UPLOADS_PER_CHANNEL,
  type UploadReport,
} from '../../shared/contracts/uploads.ts'
import { VIDEO_TITLE_MAX_CHARS } from '../../shared/contracts/videos.ts'
import { integer, text, textOrNull } from '../db/row.ts'
import type { Database, Row, Statement } from '../ports.ts'

export interface UploadRow extends Upload {
  readonly channelId: string
  readonly originId: string
}

/** What its channel's people see; a refused one stays until they put it away, but not for ever. */
const IS_SEEN = `state NOT IN ('done', 'given_up') AND created_at > ?`
const SEEN_MS = 7 * 86_400_000
/** What counts against the channel. An origin that is gone for good must not hold a place for ever. */
const IS_OPEN = `state NOT IN ('done', 'given_up', 'refused') AND created_at > ?`
const OPEN_MS = 2 * 86_400_000
const MAX_LISTED = 20

function uploadRow(row: Row): UploadRow {
  const upload = v.parse(Upload, {
    id: text(row, 'id'),
    fileName: text(row, 'file_name'),
    sizeBytes: integer(row, 'size_bytes'),
    modifiedAt: integer(row, 'modified_at'),
    state: text(row, 'state'),
    percent: integer(row, 'percent'),
    reason: textOrNull(row, 'reason'),
  })
  return { ...upload, channelId: text(row, 'channel_id'), originId: text(row, 'origin_id') }
}

export async function listUploads(
  database: Database,
  channelId: string,
  nowMs: number,
): Promise<UploadRow[]> {
  const rows = await database.read({
    sql: `SELECT * FROM upload WHERE channel_id = ? AND ${IS_SEEN} ORDER BY id DESC LIMIT ?`,
    args: [channelId, nowMs - SEEN_MS, MAX_LISTED],
  })
  return rows.map(uploadRow)
}

export async function findUpload(database: Database, id: string): Promise<UploadRow | undefined> {
  const [row] = await database.read({
    sql: `SELECT * FROM upload WHERE id = ? AND state NOT IN ('done', 'given_up')`,
    args: [id],
  })
  return row && uploadRow(row)
}

/** @returns a statement whose RETURNING is empty when the channel has too many already */
export function insertUpload(
  upload: NewUpload & { id: string; channelId: string; originId: string },
  nowMs: number,
): Statement {
  const { id, channelId, originId, fileName, sizeBytes, modifiedAt } = upload
  const title = titleOf(fileName)
  return {
    sql: `INSERT INTO upload (id, channel_id, origin_id, file_name, title, size_bytes, modified_at, created_at)
          SELECT ?, ?, ?, ?, ?, ?, ?, ?
          WHERE (SELECT COUNT(*) FROM upload WHERE channel_id = ? AND ${IS_OPEN}) < ? RETURNING id`,
    args: [
      id,
      channelId,
      originId,
      fileName,
      title,
      sizeBytes,
      modifiedAt,
      nowMs,
      channelId,
      nowMs - OPEN_MS,
      UPLOADS_PER_CHANNEL,
    ],
  }
}

/** Its name without what says of which kind it is, and no half of a sign at the end. */
export function titleOf(fileName: string): string {
  const name = fileName.replace(/\.[^.\s]{1,5}$/, '')
  return name
    .slice(0, VIDEO_TITLE_MAX_CHARS)
    .replace(/[\ud800-\udbff]$/, '')
    .trim()
}

/** It never was: its origin did not take it. */
export function deleteUpload(id: string): Statement {
  return { sql: `DELETE FROM upload WHERE id = ? AND state = 'uploading'`, args: [id] }
}

export function giveUpUpload(id: string): Statement {
  return {
    sql: `UPDATE upload SET state = 'given_up', reason = NULL WHERE id = ? AND state <> 'done'`,
    args: [id],
  }
}

/** A late word about its file must not make the origin throw away what the video is made of. */
export async function isVideo(database: Database, id: string): Promise<boolean> {
  return (
    (await database.read({ sql: `SELECT 1 FROM upload WHERE id = ? AND state = 'done'`, args: [id] }))
      .length > 0
  )
}

/** @returns a statement whose RETURNING is empty when it was given up, or is a video already */
export function reportUpload(id: string, { originId, state, percent, reason }: UploadReport): Statement {
  return {
    sql: `UPDATE upload SET state = ?, percent = ?, reason = ?
          WHERE id = ? AND origin_id = ? AND state NOT IN ('done', 'given_up') RETURNING channel_id`,
    args: [state, percent, state === 'refused' ? (reason ?? 'failed') : null, id, originId],
  }
}
