import type { DonationFormExtras } from '../../shared/contracts/widgets.ts'
import { integer, text } from '../db/row.ts'
import type { Database } from '../ports.ts'

/** What the alerts of a channel say, from an amount on; nothing of a channel that is not there. */
export async function listAlertTemplates(
  database: Database,
  slug: string,
): Promise<DonationFormExtras['alertTemplates']> {
  const rows = await database.read({
    sql: `SELECT 0 AS from_rupiah, alert_template AS template FROM channel WHERE slug = ?1
      UNION ALL SELECT from_rupiah, template FROM alert_variation
        WHERE channel_id = (SELECT id FROM channel WHERE slug = ?1)`,
    args: [slug],
  })
  return rows.map((row) => ({ fromRupiah: integer(row, 'from_rupiah'), template: text(row, 'template') }))
}
