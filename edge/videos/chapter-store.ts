import * as v from 'valibot'
import type { Chapter, VideoCut } from '../../shared/contracts/videos.ts'
import { text } from '../db/row.ts'
import type { Row, Statement } from '../ports.ts'

/** Of a row of `video`, as `chapters`. */
export const CHAPTERS_OF_VIDEO = `(SELECT json_group_array(json_array(start_ms, label))
  FROM video_chapter WHERE video_id = video.id) AS chapters`

const Listed = v.array(v.tuple([v.number(), v.string()]))

/** Of the whole, in their order. */
export function chaptersOf(row: Row): Chapter[] {
  return v
    .parse(Listed, JSON.parse(text(row, 'chapters')))
    .map(([startMs, label]) => ({ startMs, label }))
    .toSorted((a, b) => a.startMs - b.startMs)
}

/** Those that begin in what is left, in its time: the name of what was cut off is cut off too. */
export function cutChapters<Each extends Pick<Chapter, 'startMs'>>(
  chapters: readonly Each[],
  cut: VideoCut | null,
): readonly Each[] {
  if (!cut) return chapters
  return chapters
    .filter(({ startMs }) => startMs >= cut.startMs && startMs < cut.endMs)
    .map((chapter) => ({ ...chapter, startMs: chapter.startMs - cut.startMs }))
}

/** All of them at once. */
export function putChapters(videoId: string, chapters: readonly Chapter[]): Statement[] {
  const rows = chapters.map(({ startMs, label }) => [startMs, label])
  return [
    { sql: 'DELETE FROM video_chapter WHERE video_id = ?', args: [videoId] },
    {
      sql: `INSERT INTO video_chapter (video_id, start_ms, label)
        SELECT ?1, value ->> 0, value ->> 1 FROM json_each(?2)
        WHERE EXISTS (SELECT 1 FROM video WHERE id = ?1 AND state = 'ready')`,
      args: [videoId, JSON.stringify(rows)],
    },
  ]
}
