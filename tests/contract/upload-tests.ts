/** A file on its way, and a video as one file. The suite speaks for the origin. */
import { describe, expect, test } from 'vitest'
import { StudioChannel } from '../../shared/contracts/studio.ts'
import { ApiClient, codeOf, type Answer } from '../support/api-client.ts'
import { makeStreamer } from '../support/people.ts'
import { beginUpload, publish, sendChunk, studioVideos, uploadsOf } from '../support/upload-file.ts'
import type { Ready } from './target.ts'

const BYTES = new Uint8Array([1, 2, 3, 4])

export function addUploadTests(ready: Ready): void {
  const visitor = () => new ApiClient(ready().url)
  const asOrigin = (path: string, json: Record<string, unknown>): Promise<Answer> =>
    visitor().send('PUT', path, {
      json: { originId: ready().originId, ...json },
      headers: { authorization: `Bearer ${ready().internalSecret}` },
    })

  describe('uploads', () => {
    test('chunks reach the origin with what the protocol says, and nobody else’s do', async () => {
      const { origin } = ready()
      const streamer = await makeStreamer(ready().url, ready().admin)
      let created = { status: 507 }
      origin.on('/uploads', () => created)
      expect(codeOf(await refusedUpload())).toBe('storage_full')
      expect(await uploadsOf(streamer)).toEqual([])
      created = { status: 201 }
      const { id } = await beginUpload(streamer, 'Senam hamil.mp4', BYTES.length)
      const asked = origin.requestsFor('/uploads').at(-1)
      expect(asked?.headers['upload-length']).toBe('4')
      expect(asked?.headers['upload-metadata']).toContain(`id ${btoa(id)},channel `)
      for (const _more of [2, 3]) await beginUpload(streamer, 'lain.mp4', 1)
      expect(codeOf(await refusedUpload())).toBe('too_many_uploads')

      let reply: { status: number; headers?: Record<string, string> } = {
        status: 204,
        headers: { 'upload-offset': '4' },
      }
      origin.on(`/uploads/${id}`, () => reply)
      const sent = await sendChunk(streamer, id, { offset: 0, bytes: BYTES })
      expect([sent.status, sent.headers.get('upload-offset'), sent.headers.get('upload-length')]).toEqual([
        204,
        '4',
        '4',
      ])
      const chunk = origin.requestsFor(`/uploads/${id}`).at(-1)
      expect([chunk?.method, chunk?.headers['upload-offset'], chunk?.body]).toEqual([
        'PATCH',
        '0',
        '\u0001\u0002\u0003\u0004',
      ])
      reply = { status: 409 }
      expect((await sendChunk(streamer, id, { offset: 2, bytes: BYTES })).status).toBe(409)
      const wrongType = { 'content-type': 'text/plain' }
      const other = await makeStreamer(ready().url, ready().admin)
      const mine = await sendChunk(streamer, id, { offset: 0, bytes: BYTES, headers: wrongType })
      expect(codeOf(mine)).toBe('unsupported_media_type')
      const count = origin.requestsFor(`/uploads/${id}`).length
      const foreign = `/api/studio/${other.slug}/uploads/${id}`
      expect((await sendChunk(other, id, { offset: 0, bytes: BYTES })).status).toBe(404)
      expect((await other.client.send('HEAD', `${foreign}/file`)).status).toBe(404)
      expect((await other.client.send('DELETE', foreign)).status).toBe(404)
      expect((await other.client.send('DELETE', `/api/studio/${streamer.slug}/uploads/${id}`)).status).toBe(
        403,
      )
      expect((await visitor().send('GET', `/api/studio/${streamer.slug}/uploads`)).status).toBe(401)
      expect(origin.requestsFor(`/uploads/${id}`)).toHaveLength(count)
      // What the origin has no more is over.
      reply = { status: 404 }
      expect(codeOf(await sendChunk(streamer, id, { offset: 0, bytes: BYTES }))).toBe('gone')
      expect((await uploadsOf(streamer)).find((upload) => upload.id === id)).toMatchObject({
        state: 'refused',
        reason: 'expired',
      })

      function refusedUpload(): Promise<Answer> {
        const json = { fileName: 'a.mp4', sizeBytes: 10, modifiedAt: 1 }
        return streamer.client.send('POST', `/api/studio/${streamer.slug}/uploads`, { json })
      }
    })

    test('what is given up does not come back as a video, and another is cut and downloaded in pieces', async () => {
      const { origin } = ready()
      const streamer = await makeStreamer(ready().url, ready().admin)
      const { client, slug } = streamer
      const { id: channelId } = await client.get(`/api/studio/${slug}`, StudioChannel)
      origin.on('/uploads', { status: 201 })
      const finished = {
        state: 'ready',
        channelId,
        startedAt: 1_700_000_000_000,
        durationMs: 8000,
        sizeBytes: 100,
        hasStill: false,
      }
      const given = await beginUpload(streamer, 'salah.mp4', 10)
      await client.command('DELETE', `/api/studio/${slug}/uploads/${given.id}`)
      // It was just being finished.
      expect(
        (await asOrigin(`/internal/uploads/${given.id}`, { state: 'checking', percent: 0 })).status,
      ).toBe(410)
      expect((await asOrigin(`/internal/videos/${given.id}`, finished)).status).toBe(410)
      const { id } = await beginUpload(streamer, 'benar.mp4', 10)
      expect((await asOrigin(`/internal/uploads/${id}`, { state: 'encoding', percent: 40 })).status).toBe(204)
      expect(await uploadsOf(streamer)).toMatchObject([{ id, state: 'encoding', percent: 40 }])
      expect((await asOrigin(`/internal/videos/${id}`, finished)).status).toBe(204)
      expect(await studioVideos(streamer)).toMatchObject([{ id, title: 'benar', isPublished: false }])
      expect(await uploadsOf(streamer)).toEqual([])

      const path = `/api/studio/${slug}/videos/${id}`
      const playlist = [
        '#EXTM3U',
        '#EXT-X-TARGETDURATION:4',
        ...[0, 1].flatMap((n) => ['#EXTINF:4.0,', `seg.${n}.m4s`]),
        '#EXT-X-ENDLIST',
        '',
      ]
      origin.on(`/vod/${id}/${id}/source/media.m3u8`, { body: playlist.join('\n') })
      const cut = await client.send('PUT', `${path}/cut`, { json: { startMs: 4000, endMs: 8000 } })
      expect([cut.status, (JSON.parse(cut.text) as { durationMs?: number }).durationMs]).toEqual([200, 4000])
      origin.on(`/download/${id}?from=1&to=2`, ({ headers: { range } }) =>
        range === undefined
          ? { body: 'abcdef', headers: { 'content-length': '6', etag: '"satu"', 'accept-ranges': 'bytes' } }
          : {
              status: 206,
              body: 'cd',
              headers: { 'content-length': '2', 'content-range': 'bytes 2-3/6', etag: '"satu"' },
            },
      )
      const whole = await client.send('GET', `${path}/download`)
      expect([whole.status, whole.text, whole.headers.get('etag')]).toEqual([200, 'abcdef', '"satu"'])
      expect(whole.headers.get('content-disposition')).toContain('benar.mp4')
      const piece = await client.send('GET', `${path}/download`, {
        headers: { range: 'bytes=2-3', 'if-range': '"satu"' },
      })
      expect([piece.status, piece.text, piece.headers.get('content-range')]).toEqual([
        206,
        'cd',
        'bytes 2-3/6',
      ])
      expect(origin.requestsFor(`/download/${id}?from=1&to=2`).at(-1)?.headers['if-range']).toBe('"satu"')
      // A body that nobody reads would hold a connection to the origin.
      await client.send('HEAD', `${path}/download`)
      const asked = origin.requestsFor(`/download/${id}?from=1&to=2`).at(-1)
      expect([asked?.method, asked?.headers['x-downloader']]).toEqual(['HEAD', expect.stringMatching(/./)])
      origin.on(`/download/${id}?from=1&to=2`, { status: 429 })
      expect(codeOf(await client.send('GET', `${path}/download`))).toBe('too_many_downloads')
      await publish(streamer, id)
      expect((await visitor().send('GET', `/api/videos/${id}/download`)).status).toBe(404)
      await client.command('DELETE', path)
      expect((await client.send('GET', `${path}/download`)).status).toBe(404)
    })
  })
}
