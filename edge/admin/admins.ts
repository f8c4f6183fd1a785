/** Another admin, made by one. What needs two admins is in force from then on. */
import { Hono } from 'hono'
import * as v from 'valibot'
import type { Colleague, NewAdmin } from '../../shared/contracts/admin.ts'
import { Username } from '../../shared/contracts/fields.ts'
import { AppError } from '../../shared/errors.ts'
import { base32, ulid } from '../../shared/ids.ts'
import { logActivity } from '../db/activity.ts'
import { text } from '../db/row.ts'
import type { Auth } from '../http/auth.ts'
import { readJson } from '../http/input.ts'
import { ConstraintError, type Platform } from '../ports.ts'

/** 80 random bits in letters that can be read out on the phone. */
const PASSWORD_BYTES = 10
const MAX_LISTED = 200

export interface AdminAccountDeps {
  readonly platform: Pick<Platform, 'clock' | 'database' | 'passwords' | 'random'>
  readonly auth: Auth
}

export function adminAccountRoutes({ platform, auth }: AdminAccountDeps): Hono {
  const { clock, database, passwords, random } = platform
  const app = new Hono()
  app.get('/api/admin/admins', async (c) => {
    await auth.admin(c)
    const rows = await database.read({
      sql: `SELECT id, username, EXISTS (
          SELECT 1 FROM admin_factor WHERE admin_id = admin.id AND confirmed_at IS NOT NULL) AS has_factor
        FROM admin ORDER BY username LIMIT ${MAX_LISTED}`,
    })
    const admins = rows.map((row): Colleague => ({
      id: text(row, 'id'),
      username: text(row, 'username'),
      hasSecondFactor: row['has_factor'] === 1,
    }))
    return c.json({ admins })
  })

  app.post('/api/admin/admins', async (c) => {
    const { adminId } = await auth.admin(c)
    const { username } = await readJson(c, v.object({ username: Username }))
    const nowMs = clock.now()
    const password = base32(random.bytes(PASSWORD_BYTES))
    const added: NewAdmin = { id: ulid(nowMs, random.bytes), username, password }
    try {
      await database.write([
        {
          sql: 'INSERT INTO admin (id, username, password_hash, added_by, created_at) VALUES (?, ?, ?, ?, ?)',
          args: [added.id, username, await passwords.hash(password), adminId, nowMs],
        },
        logActivity({ action: 'admin_added', adminId, details: { username }, nowMs }),
      ])
    } catch (error) {
      if (error instanceof ConstraintError && error.rule === 'admin.username')
        throw new AppError('username_taken', { cause: error })
      throw error
    }
    return c.json(added, 201)
  })
  return app
}
