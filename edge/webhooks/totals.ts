/** What a channel has been given, for its own site or a bot. Public only when its owner says so. */
import type { ChannelTotals } from '../../shared/contracts/webhooks.ts'
import { integer, text, textOrNull } from '../db/row.ts'
import type { Database } from '../ports.ts'
import { periodsAt } from '../widgets/rules.ts'

/** @returns `undefined` also when they are not public: nobody learns which */
export async function readTotals(
  database: Database,
  { slug, nowMs }: { slug: string; nowMs: number },
): Promise<ChannelTotals | undefined> {
  const [channel] = await database.read({
    sql: `SELECT id, slug, title, (SELECT value ->> '$' FROM setting WHERE name = 'timeZone') AS time_zone
      FROM channel WHERE slug = ? AND totals_public = 1 AND donations_enabled = 1
        AND COALESCE((SELECT value FROM setting WHERE name = 'donationsEnabled'), 'true') = 'true'`,
    args: [slug],
  })
  if (!channel) return undefined
  const { day, week, month } = periodsAt(nowMs, textOrNull(channel, 'time_zone') ?? 'Asia/Jakarta')
  const since = (at: number) => `COALESCE(SUM(CASE WHEN created_at >= ${at} THEN amount END), 0)`
  const [row] = await database.read({
    sql: `SELECT COUNT(*) AS donations, COALESCE(SUM(amount), 0) AS total, ${since(day)} AS day,
        ${since(week)} AS week, ${since(month)} AS month
      FROM counted_donation WHERE channel_id = ?`,
    args: [text(channel, 'id')],
  })
  if (!row) return undefined
  return {
    slug: text(channel, 'slug'),
    title: text(channel, 'title'),
    donations: integer(row, 'donations'),
    totalRupiah: integer(row, 'total'),
    dayRupiah: integer(row, 'day'),
    weekRupiah: integer(row, 'week'),
    monthRupiah: integer(row, 'month'),
    at: nowMs,
  }
}
