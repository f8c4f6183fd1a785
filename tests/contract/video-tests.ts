import { describe, expect, test } from 'vitest'
import { AlertQueue } from '../../shared/contracts/alerts.ts'
import { KnownVideos, OriginStatus } from '../../shared/contracts/internal.ts'
import {
  RetentionRule,
  StorageProblems,
  StudioVideo,
  Video,
  VideoAlerts,
  VideoList,
} from '../../shared/contracts/videos.ts'
import { VideoLibrary } from '../../shared/contracts/video-library.ts'
import { ViewerPass } from '../../shared/contracts/viewers.ts'
import { ApiClient, codeOf, parseAnswer } from '../support/api-client.ts'
import { eventually } from '../support/eventually.ts'
import { donate, freshName, makeDonor, makeStreamer, overlayLink, registerMember } from '../support/people.ts'
import { filming, newVideoId } from './filming.ts'
import type { Ready } from './target.ts'

export function addVideoTests(ready: Ready): void {
  const { visitor, asOrigin, report, filmed } = filming(ready)

  async function removable(): Promise<readonly string[]> {
    const status = await asOrigin('GET', `/internal/status?origin=${ready().originId}`)
    return parseAnswer(status, OriginStatus).removeVideos ?? []
  }

  describe('videos', () => {
    test('a recording is a video once it is finished, found by its topic and its words', async () => {
      const video = await filmed()
      const title = freshName('penyuluhan')
      const listed = (query: string) => visitor().get(`/api/videos?${query}`, VideoList)
      expect((await listed(`channel=${video.streamer.slug}`)).videos).toEqual([])
      for (const _again of [1, 2]) expect((await report(video.id, video.ready)).status).toBe(204)
      const json = { title, topic: 'Imunisasi', description: '50% diskon_' }
      parseAnswer(await video.streamer.client.send('PATCH', video.path, { json }), StudioVideo)
      const { videos, topics } = await listed(`channel=${video.streamer.slug}&topic=imunisasi`)
      expect(videos).toMatchObject([{ id: video.id, title, durationMs: 61_000 }])
      expect(topics).toEqual(['Imunisasi'])
      expect((await listed(`q=${title.toUpperCase()}`)).videos).toHaveLength(1)
      expect((await listed(`channel=${video.streamer.slug}&q=0%25`)).videos).toHaveLength(1)
      // What stands for anything in SQL stands for itself here.
      expect((await listed(`channel=${video.streamer.slug}&q=${encodeURIComponent('5_%')}`)).videos).toEqual(
        [],
      )
      expect(codeOf(await visitor().send('GET', '/api/videos?before=x'))).toBe('invalid_input')
    })

    test('media is sent whole, in ranges and not twice, and is the same for ever', async () => {
      const { id } = await filmed()
      const { origin } = ready()
      const segment = `/vod/${id}/${id}/source/seg.0.m4s`
      origin.on(segment, { body: '0123456789', headers: { 'x-target-duration': '4', 'x-ended': '1' } })
      const get = (headers: Record<string, string> = {}) => visitor().send('GET', segment, { headers })
      const whole = await get()
      expect([whole.status, whole.text]).toEqual([200, '0123456789'])
      expect(whole.headers.get('cache-control')).toBe('public, max-age=86400, immutable')
      const etag = whole.headers.get('etag') ?? ''
      const range = await get({ range: 'bytes=2-4' })
      expect([range.status, range.text, range.headers.get('content-range')]).toEqual([
        206,
        '234',
        'bytes 2-4/10',
      ])
      expect((await get({ range: 'bytes=-3' })).text).toBe('789')
      expect((await get({ range: 'bytes=10-' })).status).toBe(416)
      expect((await get({ range: 'bytes=0-1', 'if-range': '"lain"' })).status).toBe(200)
      expect((await get({ 'if-none-match': etag })).status).toBe(304)
      expect(origin.requestsFor(segment)).toHaveLength(1)
      const listing = `/vod/${id}/${id}/source/media.m3u8`
      origin.on(listing, { body: '#EXTM3U\n#EXT-X-ENDLIST\n', headers: { 'x-ended': '1' } })
      expect((await visitor().send('GET', listing)).text).toContain('ENDLIST')
      for (const wrong of ['/vod/x/index.m3u8', `/vod/${id}/${id}/source/seg.1.m4s`, `/vod/${id}`])
        expect([wrong, (await visitor().send('GET', wrong)).status]).toEqual([wrong, 404])
    })

    test('a draft is nobody else’s, and whoever deletes it takes its files along', async () => {
      const video = await filmed()
      await report(video.id, video.ready)
      const { client } = video.streamer
      const index = `/vod/${video.id}/index.m3u8`
      ready().origin.on(index, { body: '#EXTM3U\n', headers: { 'x-ended': '1' } })
      expect((await visitor().send('GET', index)).status).toBe(200)
      await client.send('PATCH', video.path, { json: { isPublished: false } })
      await eventually(
        'the draft is not sent',
        async () => (await visitor().send('GET', index)).status === 404,
      )
      expect((await visitor().send('GET', `/api/videos/${video.id}`)).status).toBe(404)
      expect((await visitor().send('GET', `/v/${video.id}`)).status).toBe(404)
      const library = `/api/studio/${video.streamer.slug}/videos`
      const drafts = await client.get(`${library}?state=draft&kind=broadcast&order=largest`, VideoLibrary)
      expect([drafts.videos.map(({ id }) => id), drafts.found?.count]).toEqual([[video.id], 1])
      const behind = `${library}?order=most_viewed&before=${video.id}`
      expect(await client.get(behind, VideoLibrary)).toEqual({ videos: [], whole: null, found: null })
      expect(codeOf(await client.send('GET', `${library}?order=1`))).toBe('invalid_input')
      await client.send('PATCH', video.path, { json: { isPublished: true, visibility: 'unlisted' } })
      await visitor().get(`/api/videos/${video.id}`, Video)
      expect((await visitor().get(`/api/videos?channel=${video.streamer.slug}`, VideoList)).videos).toEqual(
        [],
      )

      const stranger = await registerMember(ready().url)
      expect((await stranger.client.send('DELETE', video.path)).status).toBe(403)
      const other = await makeStreamer(ready().url, ready().admin)
      const foreign = `/api/studio/${other.slug}/videos/${video.id}`
      expect((await other.client.send('DELETE', foreign)).status).toBe(404)
      expect((await other.client.send('PATCH', foreign, { json: { title: 'milik saya' } })).status).toBe(404)
      for (const _again of [1, 2])
        expect([204, 404]).toContain((await client.send('DELETE', video.path)).status)
      await eventually('it is gone', async () => (await visitor().send('GET', index)).status === 404)
      expect(await removable()).toContain(video.id)
      // Nothing an origin says brings it back.
      expect((await report(video.id, video.ready)).status).toBe(410)
      expect((await report(video.id, { state: 'removed' })).status).toBe(204)
      expect(await removable()).not.toContain(video.id)
    })

    test('its alerts are told while they may be, to those who may watch', async () => {
      const { url, admin } = ready()
      const video = await filmed()
      const { client, slug } = video.streamer
      const donor = await makeDonor(url, admin, 50_000)
      const { id } = await donate(donor, slug, {
        amountRupiah: 20_000,
        senderName: 'Bu Rini',
        message: 'halo',
      })
      const { waiting } = await client.get(`/api/studio/${slug}/alerts`, AlertQueue)
      const overlay = await overlayLink(video.streamer)
      const page = new ApiClient(url)
      const step = (name: string, json: object) =>
        page.send('POST', `/api/overlay/${overlay.id}/${name}`, {
          json: { instanceId: 'halaman-satu', ...json },
        })
      await page.command('POST', `/api/overlay/${overlay.id}/session`, { key: overlay.key })
      await step('lease', { isActive: true })
      expect((await step('claim', {})).status).toBe(200)
      const alertId = waiting[0]?.id ?? ''
      expect((await step('started', { alertId })).status).toBe(204)
      const alerts = `/api/videos/${video.id}/alerts?ids=${alertId}`
      expect((await visitor().get(alerts, VideoAlerts)).alerts).toMatchObject([
        { id: alertId, senderName: 'Bu Rini', message: 'halo', amountRupiah: 20_000 },
      ])
      expect(codeOf(await visitor().send('GET', `${alerts},x`))).toBe('invalid_input')
      // The origin said where it is; from which amount alerts are chapters say its people.
      const shown = [[9000, alertId]]
      expect((await report(video.id, { ...video.ready, alerts: [[9000, 'x']] })).status).toBe(422)
      expect((await report(video.id, { ...video.ready, alerts: shown })).status).toBe(204)
      const chapters = async () => (await visitor().get(`/api/videos/${video.id}`, Video)).alertChapters
      expect(await chapters()).toEqual([])
      const from = (alertChaptersFrom: unknown) =>
        client.send('PATCH', video.path, { json: { alertChaptersFrom } })
      for (const wrong of [0, 1.5, '20000']) expect((await from(wrong)).status).toBe(422)
      const chosen = parseAnswer(await from(20_000), StudioVideo)
      const chapter = { startMs: 9000, senderName: 'Bu Rini', amountRupiah: 20_000 }
      expect(chosen).toMatchObject({ hasAlerts: true, wholeAlertChapters: [chapter] })
      await eventually('it is a chapter', async () => (await chapters()).length > 0)
      expect(await chapters()).toEqual([chapter])
      await client.command('POST', `/api/studio/${slug}/donations/${id}/refund`, { reason: 'salah kirim' })
      await eventually(
        'what was given back is told no more',
        async () => (await visitor().get(alerts, VideoAlerts)).alerts.length === 0,
      )
      await eventually('nor as a chapter', async () => (await chapters()).length === 0)
      await client.send('PATCH', video.path, { json: { visibility: 'members' } })
      await eventually(
        'strangers are told nothing',
        async () => (await visitor().send('GET', alerts)).status === 401,
      )
    })

    test('a video for members needs a token, which strangers do not get', async () => {
      const video = await filmed()
      await report(video.id, video.ready)
      const { client } = video.streamer
      await client.send('PATCH', video.path, { json: { visibility: 'members' } })
      ready().origin.on(`/vod/${video.id}/index.m3u8`, { body: '#EXTM3U\n', headers: { 'x-ended': '1' } })
      const index = (token?: string) =>
        visitor().send('GET', `/vod/${token === undefined ? '' : `~${token}/`}${video.id}/index.m3u8`)
      await eventually('it is not sent to everybody', async () => (await index()).status === 401)
      expect((await visitor().send('GET', `/api/videos/${video.id}`)).status).toBe(401)
      const passes = `/api/videos/${video.id}/viewers`
      expect((await visitor().send('POST', passes, { json: {} })).status).toBe(401)
      const member = await registerMember(ready().url)
      const { token } = await member.client.post(passes, {}, ViewerPass)
      const sent = await index(token)
      expect([sent.status, sent.headers.get('cache-control')?.startsWith('private')]).toEqual([200, true])
      expect((await index(`${token.slice(0, -2)}xx`)).status).toBe(401)
      const other = await filmed()
      await report(other.id, other.ready)
      await other.streamer.client.send('PATCH', other.path, { json: { visibility: 'members' } })
      await eventually('a token opens its own channel only', async () => {
        const foreign = await visitor().send('GET', `/vod/~${token}/${other.id}/index.m3u8`)
        return foreign.status === 401
      })
    })

    test('only an origin says what there is, and of its own only', async () => {
      const video = await filmed()
      const path = `/internal/videos/${video.id}`
      expect(
        (await visitor().send('PUT', path, { json: { ...video.ready, originId: ready().originId } })).status,
      ).toBe(403)
      expect((await report(video.id, { ...video.ready, originId: 'lain' })).status).toBe(403)
      expect((await report(video.id, { ...video.ready, durationMs: -1 })).status).toBe(422)
      const unknown = { ...video.ready, channelId: '01j0000000000000000000000z' }
      const id = newVideoId()
      expect((await report(id, unknown)).status).toBe(404)
    })

    test('rules are the owner’s and the admins’, and what an origin has lost is listed no more', async () => {
      const video = await filmed()
      await report(video.id, video.ready)
      const { client, slug } = video.streamer
      const path = `/api/studio/${slug}/retention`
      const rule = { keepDays: 36_500, keepGigabytes: null }
      expect(await client.get(path, RetentionRule)).toEqual({ keepDays: null, keepGigabytes: null })
      expect((await client.send('PUT', path, { json: rule })).status).toBe(200)
      expect(await client.get(path, RetentionRule)).toEqual(rule)
      const stranger = await registerMember(ready().url)
      expect((await stranger.client.send('PUT', path, { json: rule })).status).toBe(403)
      expect((await client.send('PUT', path, { json: { ...rule, keepDays: 0 } })).status).toBe(422)
      expect((await client.send('PUT', '/api/admin/retention', { json: rule })).status).toBe(401)
      expect(codeOf(await visitor().send('GET', '/internal/videos?origin=x'))).toBe('forbidden')
      const known = await asOrigin('GET', `/internal/videos?origin=${ready().originId}&after=`)
      expect(parseAnswer(known, KnownVideos).ids).toContain(video.id)
      const listed = () => visitor().get(`/api/videos?channel=${slug}`, VideoList)
      expect((await report(video.id, { state: 'missing' })).status).toBe(204)
      expect((await listed()).videos).toEqual([])
      await report(video.id, { ...video.ready, storage: 'failing', storageProblem: 'clock' })
      expect(await client.get(video.path, StudioVideo)).toMatchObject({
        storage: 'failing',
        storageProblem: 'clock',
      })
      expect((await client.send('GET', '/api/admin/storage')).status).toBe(401)
      const { problems } = await ready().admin.get('/api/admin/storage', StorageProblems)
      expect(problems.map(({ problem }) => problem)).toContain('clock')
      await report(video.id, video.ready)
      expect((await client.get(video.path, StudioVideo)).storageProblem).toBeNull()
      await eventually('it is listed again', async () => (await listed()).videos.length === 1)
    })

    test('a view counts once for one address', async () => {
      const video = await filmed()
      await report(video.id, video.ready)
      for (const _again of [1, 2, 3])
        expect((await visitor().send('POST', `/api/videos/${video.id}/views`)).status).toBe(204)
      await eventually(
        'it is written',
        async () => (await visitor().get(`/api/videos/${video.id}`, Video)).views > 0,
      )
      expect((await visitor().get(`/api/videos/${video.id}`, Video)).views).toBe(1)
    })
  })
}
