import { text } from '../db/row.ts'
import type { Database } from '../ports.ts'

/** Ended broadcasts count too: their playlists stay for one window. */
export async function findOriginId(database: Database, slug: string): Promise<string | undefined> {
  const [row] = await database.read({
    sql: `SELECT broadcast.origin_id AS originId FROM broadcast
          WHERE broadcast.channel_id = COALESCE(
            (SELECT id FROM channel WHERE slug = ?1),
            (SELECT channel_id FROM old_slug WHERE slug = ?1))
          ORDER BY broadcast.id DESC LIMIT 1`,
    args: [slug],
  })
  return typeof row?.['originId'] === 'string' ? row['originId'] : undefined
}

/** Of a channel, the newest last. */
export async function findBroadcastIds(database: Database, slug: string, limit: number): Promise<string[]> {
  const rows = await database.read({
    sql: `SELECT broadcast.id FROM broadcast
          WHERE broadcast.channel_id = COALESCE(
            (SELECT id FROM channel WHERE slug = ?1),
            (SELECT channel_id FROM old_slug WHERE slug = ?1))
          ORDER BY broadcast.id DESC LIMIT ?2`,
    args: [slug, limit],
  })
  return rows.map((row) => text(row, 'id')).toReversed()
}
