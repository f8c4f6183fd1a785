import { describe, expect, test } from 'vitest'
import { StudioVideo, Video } from '../../shared/contracts/videos.ts'
import { ViewerPass } from '../../shared/contracts/viewers.ts'
import { writePreviewCues } from '../../shared/vod/preview-cues.ts'
import { writeVodPlaylist } from '../../shared/vod/playlist.ts'
import { codeOf, parseAnswer } from '../support/api-client.ts'
import { eventually } from '../support/eventually.ts'
import { issueKey, registerMember } from '../support/people.ts'
import { filming } from './filming.ts'
import type { Ready } from './target.ts'

const ENDED = { 'x-ended': '1' }
const JPEG = new Uint8Array([0xff, 0xd8, 0xff, 0xc0, 0, 17, 8, 0x02, 0x76, 0x04, 0xb0, 3])
/** Three segments of four seconds, with a small picture each. */
const PLAYLIST = writeVodPlaylist(
  {
    inits: [],
    segments: [0, 1, 2].map((place) => ({
      offset: place,
      sizeBytes: 1,
      durationMs: 4000,
      initIndex: 0,
      isDiscontinuity: false,
      isIndependent: true,
      programDateTimeMs: place * 4000,
    })),
  },
  { targetDurationSeconds: 4 },
)
const PREVIEWS = writePreviewCues(
  [0, 1, 2].map((place) => ({ startMs: place * 4000, endMs: place * 4000 + 4000 })),
)

export function addVideoPageTests(ready: Ready): void {
  const { visitor, asOrigin, report, filmed } = filming(ready)

  describe('the page of a video', () => {
    test('its people see drafts and what was cut off, others neither', async () => {
      const video = await filmed()
      const { client } = video.streamer
      await report(video.id, { ...video.ready, hasPreviews: true })
      const { origin } = ready()
      const root = `/vod/${video.id}`
      const media = `${video.id}/source/media.m3u8`
      origin.on(`${root}/${media}`, { body: PLAYLIST, headers: ENDED })
      origin.on(`${root}/previews.vtt`, { body: PREVIEWS, headers: ENDED })
      origin.on(`${root}/previews.jpg`, { body: JPEG, headers: ENDED })
      origin.on(`${root}/${video.id}/source/seg.0.m4s`, { body: 'awal', headers: ENDED })
      origin.on(`/previews/${video.id}?from=1&to=3`, { body: 'potongan' })
      origin.on(`/frame/${video.id}?at=6667&from=1&to=3`, { body: 'gambar' })
      const cut = await client.send('PUT', `${video.path}/cut`, { json: { startMs: 5000, endMs: 12_000 } })
      expect(parseAnswer(cut, StudioVideo)).toMatchObject({ cut: { startMs: 4000 }, wholeMs: 61_000 })
      const { previews, stillUrl } = await visitor().get(`/api/videos/${video.id}`, Video)
      expect([previews, stillUrl]).toEqual([`${root}/previews.vtt`, `${root}/still.jpg?cut=1-3`])

      const text = async (file: string, token?: string) =>
        (await visitor().send('GET', `/vod/${token === undefined ? '' : `~${token}/`}${video.id}/${file}`))
          .text
      await eventually(
        'everybody gets what is left',
        async () => (await text(media)).includes('seg.2.m4s') && !(await text(media)).includes('seg.0.m4s'),
      )
      expect(await text('previews.vtt')).toContain('00:00:04.000 --> 00:00:08.000\npreviews.jpg#xywh=160,0')
      expect(await text('previews.jpg')).toBe('potongan')
      // The one that was drawn of the whole may show what was cut off.
      expect(await text('still.jpg')).toBe('gambar')

      expect(codeOf(await visitor().send('POST', `${video.path}/viewers`, { json: {} }))).toBe(
        'sign_in_required',
      )
      const stranger = await registerMember(ready().url)
      expect((await stranger.client.send('POST', `${video.path}/viewers`, { json: {} })).status).toBe(403)
      expect((await stranger.client.send('GET', `${video.path}/picture`)).status).toBe(403)
      expect((await client.send('GET', `${video.path}/picture`)).text).toBe('gambar')
      const { token } = await client.post(`${video.path}/viewers`, {}, ViewerPass)
      await client.send('PATCH', video.path, { json: { isPublished: false } })
      await eventually(
        'a draft is nobody’s',
        async () => (await visitor().send('GET', `${root}/${media}`)).status === 404,
      )
      expect(await text(media, token)).toContain('seg.0.m4s')
      expect(await text('previews.vtt', token)).toBe(PREVIEWS)
      expect(await text(`${video.id}/source/seg.0.m4s`, token)).toBe('awal')
      const other = await filmed()
      await report(other.id, { ...other.ready })
      await other.streamer.client.send('PATCH', other.path, { json: { isPublished: false } })
      await eventually(
        'a pass opens its own channel only',
        async () => (await visitor().send('GET', `/vod/~${token}/${other.id}/index.m3u8`)).status === 404,
      )
    })

    test('captions are text in step with the cut, a rendition beside the picture, and private where it is', async () => {
      const video = await filmed()
      const { client } = video.streamer
      await report(video.id, video.ready)
      const { origin } = ready()
      const root = `/vod/${video.id}`
      origin.on(`${root}/${video.id}/source/media.m3u8`, { body: PLAYLIST, headers: ENDED })
      origin.on(`${root}/index.m3u8`, {
        body: `#EXTM3U\n#EXT-X-VERSION:7\n#EXT-X-STREAM-INF:BANDWIDTH=1,CODECS="avc1"\n${video.id}/source/media.m3u8\n`,
        headers: ENDED,
      })
      origin.on(`${root}/${video.id}/source/init.0.mp4`, { body: 'x', headers: ENDED })
      for (const msn of [0, 1])
        origin.on(`${root}/${video.id}/source/seg.${msn}.m4s`, { body: 'x', headers: ENDED })
      const put = (body: string, query = 'language=id&label=Indonesia') =>
        client.send('PUT', `${video.path}/captions?${query}`, {
          body,
          headers: { 'content-type': 'application/octet-stream' },
        })
      expect(codeOf(await put('<html>'))).toBe('captions_unreadable')
      expect(codeOf(await put('WEBVTT\n\n00:02.000 --> 00:01.000\na\n'))).toBe('captions_unreadable')
      expect((await put('WEBVTT', 'language=%22&label=x')).status).toBe(422)
      const first = parseAnswer(await put('WEBVTT\n\n00:01.000 --> 00:02.000\nlama\n'), StudioVideo)
      const set = parseAnswer(
        await put('WEBVTT\n\n00:05.000 --> 00:06.000\n<script>1 < 2 --> 3\n'),
        StudioVideo,
      )
      const [caption] = set.captions
      expect([set.captions.length, caption?.id === first.captions[0]?.id]).toEqual([1, false])
      const id = caption?.id ?? 0
      const text = async (file: string) => (await visitor().send('GET', `${root}/${file}`)).text
      await eventually('players are told', async () =>
        (await text('index.m3u8')).includes(`URI="${video.id}/sub${id}/media.m3u8"`),
      )
      expect(await text(`${video.id}/sub${id}/media.m3u8`)).toContain(
        '#EXTINF:12.000,\nseg.0.vtt\n#EXT-X-ENDLIST',
      )
      expect(await text(`${video.id}/sub${id}/seg.0.vtt`)).toContain(
        'WEBVTT\nX-TIMESTAMP-MAP=LOCAL:00:00:00.000,MPEGTS:0\n\n00:00:05.000 --> 00:00:06.000\n',
      )
      for (const wrong of [
        `captions.${id + 1000}.vtt`,
        `${video.id}/sub${id}/seg.1.vtt`,
        `${video.id}/sub${id}/init.0.mp4`,
      ])
        expect([wrong, (await visitor().send('GET', `${root}/${wrong}`)).status]).toEqual([wrong, 404])
      await client.send('PUT', `${video.path}/cut`, { json: { startMs: 4000, endMs: 12_000 } })
      await eventually('they are cut too', async () =>
        (await text(`captions.${id}.vtt`)).includes('00:00:01.000 --> 00:00:02.000'),
      )
      await client.send('PATCH', video.path, { json: { visibility: 'members' } })
      await eventually(
        'nobody reads them without a pass',
        async () => (await visitor().send('GET', `${root}/captions.${id}.vtt`)).status === 401,
      )
      const other = await filmed()
      await report(other.id, other.ready)
      const foreign = `${other.path}/captions/${id}`
      expect((await other.streamer.client.send('DELETE', foreign)).status).toBe(404)
      expect((await visitor().send('GET', `/vod/${other.id}/captions.${id}.vtt`)).status).toBe(404)
      const left = parseAnswer(await client.send('DELETE', `${video.path}/captions/${id}`), StudioVideo)
      expect(left.captions).toEqual([])
    })

    test('chapters are a list of its people, and what is cut off takes its names along', async () => {
      const video = await filmed()
      const { client } = video.streamer
      const put = (chapters: unknown) => client.send('PUT', `${video.path}/chapters`, { json: { chapters } })
      expect(codeOf(await put([]))).toBe('video_in_progress')
      await report(video.id, video.ready)
      const [start, middle, end] = [
        { startMs: 0, label: 'Salam' },
        { startMs: 4000, label: '<b>Tanya jawab</b>' },
        { startMs: 60_000, label: 'Penutup' },
      ]
      for (const wrong of [
        [middle, middle],
        [{ startMs: 61_000, label: 'x' }],
        [{ startMs: 0, label: ' ' }],
        {},
      ])
        expect([wrong, (await put(wrong)).status]).toEqual([wrong, 422])
      const set = parseAnswer(await put([end, start, middle]), StudioVideo)
      expect(set.wholeChapters).toEqual([start, middle, end])
      const media = `/vod/${video.id}/${video.id}/source/media.m3u8`
      ready().origin.on(media, { body: PLAYLIST, headers: ENDED })
      await client.send('PUT', `${video.path}/cut`, { json: { startMs: 4000, endMs: 12_000 } })
      await eventually('viewers get what is left', async () => {
        const { chapters } = await visitor().get(`/api/videos/${video.id}`, Video)
        return JSON.stringify(chapters) === JSON.stringify([{ ...middle, startMs: 0 }])
      })
      const stranger = await registerMember(ready().url)
      const foreign = await stranger.client.send('PUT', `${video.path}/chapters`, { json: { chapters: [] } })
      expect(foreign.status).toBe(403)
      expect(parseAnswer(await put([end]), StudioVideo).wholeChapters).toEqual([end])
    })

    test('a moment that was marked while on air becomes a chapter of the recording', async () => {
      const { id, streamer, ready: finished, path } = await filmed()
      const { client, slug } = streamer
      const mark = () => client.send('POST', `/api/studio/${slug}/marks`, { json: { label: 'Gol' } })
      expect(codeOf(await mark())).toBe('channel_off_air')
      const { jti } = await issueKey(streamer, slug)
      const startedAt = Date.now()
      const opening = {
        event: 'open',
        originId: ready().originId,
        jti,
        channelId: finished['channelId'],
        startedAt,
      }
      expect((await asOrigin('PUT', `/internal/broadcasts/${id}`, opening)).status).toBeLessThan(300)
      expect((await mark()).status).toBe(204)
      const pieces = [[startedAt + 3_600_000, 5000]]
      expect((await report(id, { ...finished, pieces })).status).toBe(204)
      const { wholeChapters } = await client.get(path, StudioVideo)
      expect(wholeChapters).toEqual([{ startMs: 5000, label: 'Gol' }])
    })

    test('its picture is one of its moments or one that was sent, and nothing else', async () => {
      const video = await filmed()
      const { client } = video.streamer
      await report(video.id, video.ready)
      ready().origin.on(`/frame/${video.id}?at=9000`, { body: JPEG })
      const moment = (atMs: number) => client.send('PUT', `${video.path}/picture/moment`, { json: { atMs } })
      const chosen = parseAnswer(await moment(9000), StudioVideo)
      expect([chosen.hasOwnPicture, chosen.stillUrl]).toEqual([true, expect.stringMatching(/^\/files\//)])
      expect((await visitor().send('GET', chosen.stillUrl ?? '')).status).toBe(200)
      expect((await moment(8000)).status).toBe(404)
      expect((await moment(-1)).status).toBe(422)
      const send = (body: Uint8Array<ArrayBuffer>) =>
        client.send('PUT', `${video.path}/picture`, { body, headers: { 'content-type': 'image/jpeg' } })
      expect(codeOf(await send(new TextEncoder().encode('<svg onload=alert(1)>')))).toBe(
        'unsupported_media_type',
      )
      const sent = parseAnswer(await send(JPEG), StudioVideo)
      expect(sent.stillUrl).not.toBe(chosen.stillUrl)
      expect((await visitor().send('GET', chosen.stillUrl ?? '')).status).toBe(404)
      const back = parseAnswer(await client.send('DELETE', `${video.path}/picture`), StudioVideo)
      expect([back.hasOwnPicture, back.stillUrl]).toEqual([false, `${video.path}/picture`])
    })
  })
}
