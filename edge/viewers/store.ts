import * as v from 'valibot'
import { Visibility } from '../../shared/contracts/channels.ts'
import { text } from '../db/row.ts'
import type { Database } from '../ports.ts'

export interface ChannelAudienceRow {
  readonly channelId: string
  readonly visibility: Visibility
}

/** By a slug that the channel has or had. */
export async function findChannelAudience(
  database: Database,
  slug: string,
): Promise<ChannelAudienceRow | undefined> {
  const [row] = await database.read({
    sql: `SELECT channel.id, channel.visibility FROM channel
          WHERE channel.id = COALESCE((SELECT id FROM channel WHERE slug = ?1),
            (SELECT channel_id FROM old_slug WHERE slug = ?1))`,
    args: [slug],
  })
  return row && { channelId: text(row, 'id'), visibility: v.parse(Visibility, row['visibility']) }
}
