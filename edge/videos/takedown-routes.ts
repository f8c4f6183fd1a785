/** An admin takes a video from everybody but its people, and gives it back. */
import { Hono } from 'hono'
import * as v from 'valibot'
import { Reason } from '../../shared/contracts/admin.ts'
import { Id } from '../../shared/contracts/fields.ts'
import { AdminVideo, FindAdminVideos } from '../../shared/contracts/takedowns.ts'
import { AppError } from '../../shared/errors.ts'
import { ulid } from '../../shared/ids.ts'
import { logActivity } from '../db/activity.ts'
import { tell } from '../db/outbox.ts'
import type { Auth } from '../http/auth.ts'
import { check, readJson } from '../http/input.ts'
import type { Platform } from '../ports.ts'
import { findVideo } from './store.ts'
import { giveBack, listForAdmins, notifyOwner, takeDown } from './takedown-store.ts'

export interface TakedownDeps {
  readonly platform: Pick<Platform, 'clock' | 'database' | 'hub' | 'random'>
  readonly auth: Auth
}

export function takedownRoutes({ platform, auth }: TakedownDeps): Hono {
  const { clock, database, hub, random } = platform
  const app = new Hono()

  app.get('/api/admin/videos', async (c) => {
    await auth.admin(c)
    const videos = await listForAdmins(database, check(FindAdminVideos, c.req.query()))
    return c.json({ videos: v.parse(v.array(AdminVideo), videos) })
  })

  for (const [method, action] of [
    ['PUT', 'video_taken_down'],
    ['DELETE', 'video_restored'],
  ] as const)
    app.on(method, '/api/admin/videos/:id/takedown', async (c) => {
      const { adminId } = await auth.admin(c)
      const { reason } = await readJson(c, Reason)
      const id = c.req.param('id')
      const video = v.is(Id, id) ? await findVideo(database, id) : undefined
      if (!video) throw new AppError('not_found')
      const { channelId, channel, title } = video
      const isTakenDown = action === 'video_taken_down'
      const nowMs = clock.now()
      // Before the change, in its batch. Again is no error, no second line in the log, and tells nobody twice.
      const onlyIf = {
        sql: `EXISTS (SELECT 1 FROM video WHERE id = ? AND state <> 'deleted' AND (taken_down_at IS NULL) = ?)`,
        args: [id, Number(isTakenDown)],
      }
      await database.write([
        logActivity({
          action,
          adminId,
          details: { channel: channel.slug, video: id, title, reason },
          nowMs,
          onlyIf,
        }),
        notifyOwner(ulid(nowMs, random.bytes), {
          channelId,
          payload: { channel: channel.slug, videoId: id, title, isTakenDown, reason },
          nowMs,
          onlyIf,
        }),
        tell({ channelId, audience: 'studio', event: { type: 'video', videoId: id }, nowMs, onlyIf }),
        isTakenDown ? takeDown(id, { reason, nowMs }) : giveBack(id),
      ])
      hub.wake(channelId)
      return c.body(null, 204)
    })

  return app
}
