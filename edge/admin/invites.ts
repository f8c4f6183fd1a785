/** Invitations: made by an admin, good for one person, taken back while nobody has used them. */
import { Hono } from 'hono'
import * as v from 'valibot'
import { Invite, type MadeInvite } from '../../shared/contracts/admin.ts'
import { AppError } from '../../shared/errors.ts'
import { hashToken, newToken } from '../../shared/tokens.ts'
import { logActivity } from '../db/activity.ts'
import { integer, text } from '../db/row.ts'
import type { Platform } from '../ports.ts'
import type { AdminDeps } from './routes.ts'

const INVITE_TTL_MS = 7 * 86_400_000
const MAX_LISTED = 200
/** The hash names the invitation: the code itself, which opens the door, is shown once and not kept. */
const ID_PATTERN = /^[0-9a-f]{64}$/
const OPEN = 'used_by IS NULL AND expires_at > ?'

export function inviteRoutes({ platform, auth, site }: Omit<AdminDeps, 'limitsOf'>): Hono {
  const { clock, database, random } = platform
  const app = new Hono()

  app.get('/api/admin/invites', async (c) => {
    await auth.admin(c)
    return c.json({ invites: await listOpen(database, clock.now()) })
  })

  app.post('/api/admin/invites', async (c) => {
    const { adminId } = await auth.admin(c)
    const nowMs = clock.now()
    const code = newToken(random.bytes)
    const expiresAt = nowMs + INVITE_TTL_MS
    await database.write([
      {
        sql: 'INSERT INTO invite (code_hash, created_by, created_at, expires_at) VALUES (?, ?, ?, ?)',
        args: [await hashToken(code), adminId, nowMs, expiresAt],
      },
      logActivity({ action: 'invite_made', adminId, details: { expiresAt }, nowMs }),
    ])
    const made: MadeInvite = { url: `${(await site()).publicUrl}/register?invite=${code}`, expiresAt }
    return c.json(made, 201)
  })

  app.delete('/api/admin/invites/:id', async (c) => {
    const { adminId } = await auth.admin(c)
    const id = c.req.param('id')
    if (!ID_PATTERN.test(id)) throw new AppError('not_found')
    const nowMs = clock.now()
    const [, [revoked] = []] = await database.write([
      logActivity({
        action: 'invite_revoked',
        adminId,
        nowMs,
        onlyIf: { sql: `EXISTS (SELECT 1 FROM invite WHERE code_hash = ? AND ${OPEN})`, args: [id, nowMs] },
      }),
      { sql: `DELETE FROM invite WHERE code_hash = ? AND ${OPEN} RETURNING code_hash`, args: [id, nowMs] },
    ])
    if (!revoked) throw new AppError('not_found')
    return c.body(null, 204)
  })

  return app
}

/** Newest first. */
async function listOpen(database: Platform['database'], nowMs: number): Promise<Invite[]> {
  const rows = await database.read({
    sql: `SELECT code_hash, admin.username, invite.created_at, expires_at
          FROM invite JOIN admin ON admin.id = created_by
          WHERE ${OPEN} ORDER BY invite.created_at DESC, code_hash LIMIT ?`,
    args: [nowMs, MAX_LISTED],
  })
  return rows.map((row) =>
    v.parse(Invite, {
      id: text(row, 'code_hash'),
      madeBy: text(row, 'username'),
      createdAt: integer(row, 'created_at'),
      expiresAt: integer(row, 'expires_at'),
    }),
  )
}
