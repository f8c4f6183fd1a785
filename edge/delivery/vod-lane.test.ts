/** What the disk of the videos does is no affair of those who watch what is live. */
import { afterEach, expect, test, vi } from 'vitest'
import { createOriginFetch } from '../runtimes/node/origin-fetch.ts'
import { noDatabase, openDelivery, sendPlaylist, type TestDelivery } from '../runtimes/node/test-delivery.ts'
import type { Row } from '../ports.ts'

const VIDEO = '01jd3v2k8m000000000000000'
const one = { playlist: 1, held_playlist: 1, media: 1, part: 1, video: 2, picture: 1, upload: 1, download: 1 }
const row: Row = {
  origin_id: 'main',
  channel_id: VIDEO,
  audience: 'public',
  is_published: 1,
  cut_from: null,
  cut_to: null,
  cut_start_ms: null,
  cut_duration_ms: null,
  storage: 'disk',
  captions: '[]',
}

let stage: TestDelivery
afterEach(() => stage.close())

test('a disk that hangs under videos keeps no live playlist and no live segment waiting', async () => {
  stage = await openDelivery()
  const isVideo = (url = '') => url.startsWith('/vod/')
  // What is asked of a video is never answered.
  stage.respond = ({ url }, response) => (isVideo(url) ? undefined : sendPlaylist(response))
  const get = stage.deliver(
    // Nobody gives up while the test lasts.
    { fillTimeout: 600_000 },
    {
      fetchOrigin: createOriginFetch(one),
      database: {
        ...noDatabase,
        read: ({ sql }) =>
          sql.includes('FROM video ') ? Promise.resolve([row]) : Promise.reject(new Error('It is away')),
      },
    },
  )
  const waiting = [1, 2, 3].flatMap((n) =>
    ['media.m3u8', 'seg.0.m4s'].map((file) => get(`/vod/${VIDEO}${n}/${VIDEO}${n}/source/${file}`)),
  )
  await vi.waitFor(() => expect(stage.requests.filter(({ url }) => isVideo(url))).toHaveLength(2), 15_000)
  const base = '/live/budi/01j0000000000000000000000a/source'
  for (const file of ['media.m3u8', 'seg.5.m4s']) expect((await get(`${base}/${file}`)).status).toBe(200)
  void Promise.allSettled(waiting)
})
