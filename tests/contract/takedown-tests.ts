import * as v from 'valibot'
import { describe, expect, test } from 'vitest'
import { Notification } from '../../shared/contracts/accounts.ts'
import { AdminVideo } from '../../shared/contracts/takedowns.ts'
import { StudioVideo, VideoList } from '../../shared/contracts/videos.ts'
import { codeOf } from '../support/api-client.ts'
import { eventually } from '../support/eventually.ts'
import { filming } from './filming.ts'
import type { Ready } from './target.ts'

const AdminVideos = v.object({ videos: v.array(AdminVideo) })
const Notifications = v.object({ notifications: v.array(Notification) })

export function addTakedownTests(ready: Ready): void {
  const { visitor, report, filmed } = filming(ready)

  describe('videos that an admin takes down', () => {
    test('are away from everybody and cannot be published, until they are given back', async () => {
      const video = await filmed()
      await report(video.id, video.ready)
      const { admin, origin } = ready()
      const { client, slug } = video.streamer
      const playlist = `/vod/${video.id}/index.m3u8`
      origin.on(playlist, { body: '#EXTM3U\n', headers: { 'x-ended': '1' } })
      const status = async (path: string) => (await visitor().send('GET', path)).status
      const publicly = () => Promise.all([`/api/videos/${video.id}`, playlist].map((path) => status(path)))
      const listed = async () => (await visitor().get(`/api/videos?channel=${slug}`, VideoList)).videos.length
      await eventually('it is there', async () => (await status(playlist)) === 200)

      const takedown = `/api/admin/videos/${video.id}/takedown`
      const json = { reason: 'Bukan milik Anda' }
      expect(codeOf(await client.send('PUT', takedown, { json }))).toBe('admin_required')
      expect((await admin.send('PUT', takedown, { json: {} })).status).toBe(422)
      const unknown = `/api/admin/videos/${'0'.repeat(26)}/takedown`
      expect(codeOf(await admin.send('PUT', unknown, { json }))).toBe('not_found')
      expect((await admin.send('PUT', takedown, { json })).status).toBe(204)
      expect((await admin.send('PUT', takedown, { json })).status).toBe(204)
      await eventually('nobody gets anything of it', async () =>
        (await publicly()).every((each) => each === 404),
      )
      await eventually('no list has it', async () => (await listed()) === 0)
      const publish = { json: { isPublished: true } }
      expect(codeOf(await client.send('PATCH', video.path, publish))).toBe('video_taken_down')
      expect(await client.get(video.path, StudioVideo)).toMatchObject({
        isPublished: false,
        takedownReason: json.reason,
      })
      const found = await admin.get(
        `/api/admin/videos?query=${encodeURIComponent(`https://situs/v/${video.id}?t=3`)}`,
        AdminVideos,
      )
      expect(found.videos).toMatchObject([{ id: video.id, isTakenDown: true, takedownReason: json.reason }])

      expect((await admin.send('DELETE', takedown, { json: { reason: 'Keliru' } })).status).toBe(204)
      await eventually('it is back', async () => (await publicly()).every((each) => each === 200))
      const { notifications } = await client.get('/api/me/notifications', Notifications)
      const told = notifications.filter(({ kind }) => kind === 'video_takedown')
      expect(told).toMatchObject([
        { isTakenDown: false, reason: 'Keliru' },
        { isTakenDown: true, reason: json.reason, videoId: video.id },
      ])
    })
  })
}
