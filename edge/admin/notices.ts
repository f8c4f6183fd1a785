/** What admins are told by the schema: who became one of them, and what somebody loosened. Kept until each has read it. */
import { Hono } from 'hono'
import * as v from 'valibot'
import { AdminNotice } from '../../shared/contracts/admin.ts'
import { integer, text } from '../db/row.ts'
import type { Auth } from '../http/auth.ts'
import { readJson } from '../http/input.ts'
import type { Database, Platform } from '../ports.ts'

/** The rest comes when these are read. */
const MAX_LISTED = 20

export interface AdminNoticeDeps {
  readonly platform: Pick<Platform, 'clock' | 'database'>
  readonly auth: Auth
}

/** The oldest unread first: what was done first explains what came after it. */
export async function listAdminNotices(database: Database, adminId: string): Promise<AdminNotice[]> {
  const rows = await database.read({
    sql: `SELECT id, kind, details, created_at FROM admin_notice WHERE admin_id = ? AND read_at IS NULL
      ORDER BY id LIMIT ${MAX_LISTED}`,
    args: [adminId],
  })
  return rows.map((row) =>
    v.parse(AdminNotice, {
      ...(JSON.parse(text(row, 'details')) as object),
      id: integer(row, 'id'),
      kind: text(row, 'kind'),
      createdAt: integer(row, 'created_at'),
    }),
  )
}

export function adminNoticeRoutes({ platform: { clock, database }, auth }: AdminNoticeDeps): Hono {
  const app = new Hono()
  app.post('/api/admin/me/notices/read', async (c) => {
    const { adminId } = await auth.admin(c)
    const { upTo } = await readJson(c, v.strictObject({ upTo: v.pipe(v.number(), v.safeInteger()) }))
    await database.write([
      {
        sql: 'UPDATE admin_notice SET read_at = ? WHERE admin_id = ? AND id <= ? AND read_at IS NULL',
        args: [clock.now(), adminId, upTo],
      },
    ])
    return c.body(null, 204)
  })
  return app
}
