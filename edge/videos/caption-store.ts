import * as v from 'valibot'
import type { Cue } from '../../shared/captions/cues.ts'
import { MAX_CAPTIONS } from '../../shared/contracts/videos.ts'
import { formatHlsPath } from '../../shared/hls-path.ts'
import type { SubtitleRendition } from '../../shared/vod/subtitles.ts'
import { text } from '../db/row.ts'
import type { Database, Row, Statement } from '../ports.ts'

/** Of a row of `video`, as `captions`. */
export const CAPTIONS_OF_VIDEO = `(SELECT json_group_array(json_array(id, language, label))
  FROM video_caption WHERE video_id = video.id) AS captions`

const Listed = v.array(v.tuple([v.number(), v.string(), v.string()]))
const Cues = v.array(v.tuple([v.number(), v.number(), v.string()]))

export function captionsOf(row: Row): SubtitleRendition[] {
  return v
    .parse(Listed, JSON.parse(text(row, 'captions')))
    .map(([id, language, label]) => ({ id, language, label }))
    .toSorted((a, b) => a.id - b.id)
}

export function captionUrl(videoId: string, id: number): string {
  return formatHlsPath({ root: { scope: 'vod', video: videoId }, resource: { kind: 'captions', id } })
}

/** What has the same label is replaced. The last of these tells by RETURNING whether there was room. */
export function putCaptions(
  videoId: string,
  { language, label, cues }: { language: string; label: string; cues: readonly Cue[] },
): Statement[] {
  const rows = cues.map(({ startMs, endMs, text: said }) => [startMs, endMs, said])
  return [
    { sql: 'DELETE FROM video_caption WHERE video_id = ? AND label = ?', args: [videoId, label] },
    {
      sql: `INSERT INTO video_caption (video_id, language, label, cues) SELECT ?1, ?2, ?3, ?4
        WHERE (SELECT COUNT(*) FROM video_caption WHERE video_id = ?1) < ?5
          AND EXISTS (SELECT 1 FROM video WHERE id = ?1 AND state = 'ready') RETURNING id`,
      args: [videoId, language, label, JSON.stringify(rows), MAX_CAPTIONS],
    },
  ]
}

export function deleteCaptions(videoId: string, id: number): Statement {
  return { sql: 'DELETE FROM video_caption WHERE video_id = ? AND id = ? RETURNING id', args: [videoId, id] }
}

/** Without its cues, of which there may be a megabyte. */
export async function hasCaptions(database: Database, videoId: string, id: number): Promise<boolean> {
  const sql = 'SELECT 1 FROM video_caption WHERE video_id = ? AND id = ?'
  return (await database.read({ sql, args: [videoId, id] })).length > 0
}

export async function findCues(database: Database, videoId: string, id: number): Promise<Cue[] | undefined> {
  const [row] = await database.read({
    sql: 'SELECT cues FROM video_caption WHERE video_id = ? AND id = ?',
    args: [videoId, id],
  })
  return (
    row &&
    v
      .parse(Cues, JSON.parse(text(row, 'cues')))
      .map(([startMs, endMs, said]) => ({ startMs, endMs, text: said }))
  )
}
