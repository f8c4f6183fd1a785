/** Moments that were marked while on air, and what becomes of them in the recording. */
import { MAX_CHAPTERS, MAX_MARKS } from '../../shared/contracts/videos.ts'
import { integer, text } from '../db/row.ts'
import type { Database, Statement } from '../ports.ts'

/** Of a broadcast that was not recorded, or whose origin never came back, nobody needs them any more. */
const KEEP_MS = 30 * 86_400_000

interface OpenBroadcast {
  readonly id: string
  readonly startedAt: number
  readonly state: string
  readonly leaseUntil: number
}

/** What nobody has said is over; its lease may be. */
export async function findOpenBroadcast(
  database: Database,
  channelId: string,
): Promise<OpenBroadcast | undefined> {
  const [row] = await database.read({
    sql: `SELECT id, started_at, state, lease_until FROM broadcast WHERE channel_id = ? AND state <> 'ended'`,
    args: [channelId],
  })
  return (
    row && {
      id: text(row, 'id'),
      startedAt: integer(row, 'started_at'),
      state: text(row, 'state'),
      leaseUntil: integer(row, 'lease_until'),
    }
  )
}

/** The last of these tells by RETURNING whether the broadcast is still on air and has room. */
export function addMark(mark: {
  readonly channelId: string
  readonly broadcastId: string
  readonly label: string
  readonly nowMs: number
}): Statement[] {
  const { channelId, broadcastId, label, nowMs } = mark
  return [
    {
      sql: 'DELETE FROM broadcast_mark WHERE channel_id = ? AND marked_at < ?',
      args: [channelId, nowMs - KEEP_MS],
    },
    {
      sql: `INSERT INTO broadcast_mark (channel_id, broadcast_id, marked_at, label) SELECT ?1, ?2, ?3, ?4
        WHERE (SELECT COUNT(*) FROM broadcast_mark WHERE broadcast_id = ?2) < ?5
          AND EXISTS (SELECT 1 FROM broadcast WHERE id = ?2 AND channel_id = ?1 AND state <> 'ended')
        RETURNING id`,
      args: [channelId, broadcastId, nowMs, label, MAX_MARKS],
    },
  ]
}

interface Recording {
  /** [Unix ms, ms from the start of the video] of each piece without a gap. */
  readonly pieces: readonly (readonly [number, number])[]
  readonly durationMs: number
}

/** @returns ms from the start of the video; of a moment in a gap what comes next, `undefined` after the end */
export function mediaTimeOf(atMs: number, { pieces, durationMs }: Recording): number | undefined {
  for (const [index, [startMs, mediaMs]] of pieces.entries()) {
    const lengthMs = (pieces[index + 1]?.[1] ?? durationMs) - mediaMs
    if (atMs < startMs + lengthMs) return mediaMs + Math.max(0, atMs - startMs)
  }
  return undefined
}

/** The marks of a broadcast become chapters of its video, once. */
export async function marksToChapters(
  database: Database,
  videoId: string,
  recording: Recording,
): Promise<Statement[]> {
  if (recording.pieces.length === 0) return []
  const marks = await database.read({
    sql: 'SELECT id, marked_at FROM broadcast_mark WHERE broadcast_id = ?',
    args: [videoId],
  })
  if (marks.length === 0) return []
  const rows = marks.flatMap((mark) => {
    const startMs = mediaTimeOf(integer(mark, 'marked_at'), recording)
    return startMs === undefined ? [] : [[integer(mark, 'id'), Math.floor(startMs)]]
  })
  const isReady = `EXISTS (SELECT 1 FROM video WHERE id = ?1 AND state = 'ready')`
  return [
    {
      sql: `INSERT OR IGNORE INTO video_chapter (video_id, start_ms, label)
        SELECT ?1, value ->> 1, label FROM json_each(?2) JOIN broadcast_mark ON broadcast_mark.id = value ->> 0
        WHERE broadcast_id = ?1 AND ${isReady} ORDER BY value ->> 1
        LIMIT MAX(0, ?3 - (SELECT COUNT(*) FROM video_chapter WHERE video_id = ?1))`,
      args: [videoId, JSON.stringify(rows), MAX_CHAPTERS],
    },
    {
      sql: `DELETE FROM broadcast_mark WHERE broadcast_id = ?1 AND ${isReady}
        AND id IN (SELECT value FROM json_each(?2))`,
      args: [videoId, JSON.stringify(marks.map((mark) => integer(mark, 'id')))],
    },
  ]
}
