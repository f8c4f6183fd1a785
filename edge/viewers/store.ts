import * as v from 'valibot'
import { Visibility } from '../../shared/contracts/channels.ts'
import { integer, integerOrNull, text } from '../db/row.ts'
import type { AudienceCaps, Database, Statement } from '../ports.ts'

export interface ChannelAudienceRow {
  readonly channelId: string
  readonly visibility: Visibility
  readonly caps: AudienceCaps
}

/** By a slug that the channel has or had. Its own limits stand instead of the installation's. */
export async function findChannelAudience(
  database: Database,
  slug: string,
): Promise<ChannelAudienceRow | undefined> {
  const [row] = await database.read({
    sql: `SELECT channel.id, channel.visibility,
            CASE WHEN channel_limit.channel_id IS NULL THEN json_extract(setting.value, '$.maxViewers')
              ELSE channel_limit.max_viewers END AS max_viewers,
            json_extract(setting.value, '$.maxSiteViewers') AS max_site_viewers
          FROM channel
          LEFT JOIN channel_limit ON channel_limit.channel_id = channel.id
          LEFT JOIN setting ON setting.name = 'limits'
          WHERE channel.id = COALESCE((SELECT id FROM channel WHERE slug = ?1),
            (SELECT channel_id FROM old_slug WHERE slug = ?1))`,
    args: [slug],
  })
  return (
    row && {
      channelId: text(row, 'id'),
      visibility: v.parse(Visibility, row['visibility']),
      caps: { channel: integerOrNull(row, 'max_viewers'), site: integerOrNull(row, 'max_site_viewers') },
    }
  )
}

interface Counted {
  readonly edgeId: string
  /** By channel. */
  readonly sizes: ReadonlyMap<string, number>
  readonly nowMs: number
  /** Older rows are nobody. */
  readonly sinceMs: number
}

/** A row for each channel, the most of each broadcast on air, and nothing that is long over. */
export function countAudience({ edgeId, sizes, nowMs, sinceMs }: Counted): Statement[] {
  const rows = JSON.stringify([...sizes])
  return [
    {
      sql: `INSERT INTO audience (channel_id, edge_id, viewers, counted_at)
            SELECT value ->> 0, ?2, value ->> 1, ?3 FROM json_each(?1)
            WHERE EXISTS (SELECT 1 FROM channel WHERE id = value ->> 0)
            ON CONFLICT (channel_id, edge_id) DO UPDATE
              SET viewers = excluded.viewers, counted_at = excluded.counted_at`,
      args: [rows, edgeId, nowMs],
    },
    {
      sql: `UPDATE broadcast SET peak_viewers = MAX(peak_viewers, COALESCE(
              (SELECT SUM(viewers) FROM audience
               WHERE audience.channel_id = broadcast.channel_id AND counted_at > ?2), 0))
            WHERE state <> 'ended' AND channel_id IN (SELECT value ->> 0 FROM json_each(?1))`,
      args: [rows, sinceMs],
    },
    { sql: 'DELETE FROM audience WHERE counted_at < ?', args: [sinceMs] },
  ]
}

/** What other edges count. */
export async function othersAudience(
  database: Database,
  { edgeId, channelId, sinceMs }: { edgeId: string; channelId: string; sinceMs: number },
): Promise<{ channel: number; site: number }> {
  const [row] = await database.read({
    sql: `SELECT COALESCE(SUM(viewers), 0) AS site,
            COALESCE(SUM(viewers) FILTER (WHERE channel_id = ?2), 0) AS channel
          FROM audience WHERE edge_id <> ?1 AND counted_at > ?3`,
    args: [edgeId, channelId, sinceMs],
  })
  return row ? { channel: integer(row, 'channel'), site: integer(row, 'site') } : { channel: 0, site: 0 }
}

/** How many watch these channels, all edges together; a channel without viewers is missing. */
export async function readAudience(
  database: Database,
  { channelIds, sinceMs }: { channelIds: readonly string[]; sinceMs: number },
): Promise<Map<string, number>> {
  const rows = await database.read({
    sql: `SELECT channel_id, SUM(viewers) AS viewers FROM audience
          WHERE channel_id IN (SELECT value FROM json_each(?1)) AND counted_at > ?2 GROUP BY channel_id`,
    args: [JSON.stringify(channelIds), sinceMs],
  })
  return new Map(rows.map((row) => [text(row, 'channel_id'), integer(row, 'viewers')]))
}
