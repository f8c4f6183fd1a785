/** Where admins set what may go on air. Origins hear of a change at their next poll. */
import { Hono } from 'hono'
import * as v from 'valibot'
import { AdminLimits, ChannelLimits, InstallationLimits } from '../../shared/contracts/limits.ts'
import { AppError } from '../../shared/errors.ts'
import { logActivity } from '../db/activity.ts'
import type { Auth } from '../http/auth.ts'
import { readJson } from '../http/input.ts'
import type { Platform } from '../ports.ts'
import {
  deleteChannelLimits,
  findChannelId,
  listChannelLimits,
  putChannelLimits,
  putInstallationLimits,
  readInstallationLimits,
} from './store.ts'

export interface LimitDeps {
  readonly platform: Pick<Platform, 'clock' | 'database'>
  readonly auth: Auth
}

export function limitRoutes({ platform: { clock, database }, auth }: LimitDeps): Hono {
  const app = new Hono()

  async function adminLimits(): Promise<AdminLimits> {
    const [installation, channels] = await Promise.all([
      readInstallationLimits(database),
      listChannelLimits(database),
    ])
    return v.parse(AdminLimits, { installation, channels })
  }

  async function channelIdOf(slug: string): Promise<string> {
    const channelId = await findChannelId(database, slug)
    if (channelId === undefined) throw new AppError('not_found')
    return channelId
  }

  app.get('/api/admin/limits', async (c) => {
    await auth.admin(c)
    return c.json(await adminLimits())
  })

  app.put('/api/admin/limits', async (c) => {
    const { adminId } = await auth.admin(c)
    const limits = await readJson(c, InstallationLimits)
    await database.write([
      putInstallationLimits(limits),
      logActivity({ action: 'limits_changed', adminId, details: limits, nowMs: clock.now() }),
    ])
    return c.json(await adminLimits())
  })

  app.put('/api/admin/channels/:slug/limits', async (c) => {
    const { adminId } = await auth.admin(c)
    const limits = await readJson(c, ChannelLimits)
    const channel = c.req.param('slug')
    await database.write([
      putChannelLimits(await channelIdOf(channel), limits),
      logActivity({
        action: 'channel_limits_changed',
        adminId,
        details: { channel, ...limits },
        nowMs: clock.now(),
      }),
    ])
    return c.json(await adminLimits())
  })

  app.delete('/api/admin/channels/:slug/limits', async (c) => {
    const { adminId } = await auth.admin(c)
    const channel = c.req.param('slug')
    await database.write([
      deleteChannelLimits(await channelIdOf(channel)),
      logActivity({
        action: 'channel_limits_changed',
        adminId,
        details: { channel, followsSite: true },
        nowMs: clock.now(),
      }),
    ])
    return c.json(await adminLimits())
  })

  return app
}
