/** Larger alerts of a recording as chapters: found at every viewing, because some may be told no more. */
import { MAX_ALERT_CHAPTERS, type AlertChapter } from '../../shared/contracts/videos.ts'
import { integer, textOrNull } from '../db/row.ts'
import type { Database } from '../ports.ts'
import { MAY_BE_TOLD } from './alert-texts.ts'

/** Nearer than this, viewers who go to one see the other. */
const APART_MS = 30_000
/** Enough to find the chapters among, also where the largest come one upon the other. */
const MAX_CANDIDATES = 300

/** The largest first, as long as they are not near one that is larger. @returns in the order of the video */
export function chooseAlertChapters(candidates: readonly AlertChapter[]): AlertChapter[] {
  const chosen: AlertChapter[] = []
  for (const candidate of candidates.toSorted((a, b) => b.amountRupiah - a.amountRupiah)) {
    if (chosen.length === MAX_ALERT_CHAPTERS) break
    const isNear = chosen.some(({ startMs }) => Math.abs(startMs - candidate.startMs) < APART_MS)
    if (!isNear) chosen.push(candidate)
  }
  return chosen.toSorted((a, b) => a.startMs - b.startMs)
}

/** In the time of the whole. */
export async function listAlertChapters(database: Database, videoId: string): Promise<AlertChapter[]> {
  const rows = await database.read({
    sql: `SELECT shown.value ->> 0 AS start_ms, alert.sender_name, alert.amount
      FROM video, json_each(video.shown_alerts) AS shown
      JOIN alert ON alert.id = shown.value ->> 1 AND alert.channel_id = video.channel_id
      WHERE video.id = ? AND alert.kind = 'donation' AND alert.amount >= video.alert_chapters_from
        AND ${MAY_BE_TOLD}
      ORDER BY alert.amount DESC, alert.seq LIMIT ?`,
    args: [videoId, MAX_CANDIDATES],
  })
  return chooseAlertChapters(
    rows.map((row) => ({
      startMs: integer(row, 'start_ms'),
      senderName: textOrNull(row, 'sender_name'),
      amountRupiah: integer(row, 'amount'),
    })),
  )
}
