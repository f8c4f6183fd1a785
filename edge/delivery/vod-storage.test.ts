import { afterEach, beforeEach, expect, test } from 'vitest'
import { parseHlsPath } from '../../shared/hls-path.ts'
import { openBucket } from '../../shared/storage/bucket.ts'
import { bucketOf } from '../../shared/storage/settings.ts'
import { formatManifest } from '../../shared/vod/manifest.ts'
import { startS3Server, type S3Server } from '../../tests/support/s3-server.ts'
import { type StoredVideos, storedVideos } from './vod-storage.ts'

const VIDEO = '01jd3v2k8m0000000000000001'
const SIGNAL = new AbortController().signal

let server: S3Server
let nowMs: number
let videos: StoredVideos
beforeEach(async () => {
  server = await startS3Server()
  nowMs = 1_700_000_000_000
  const settings = bucketOf(server.env)
  if (!settings || 'missing' in settings) throw new Error('The server names no bucket')
  videos = storedVideos(openBucket(settings, { timeoutMs: 30_000 }), { now: () => nowMs })
})
afterEach(() => server.stop())

async function get(file: string) {
  const path = parseHlsPath(`/vod/${VIDEO}/${file}`)
  if (!path) throw new Error(`${file} is not in the grammar`)
  const answer = await videos(path, SIGNAL)
  return answer && { ...answer, text: new TextDecoder().decode(answer.body) }
}

function store(segments: number): void {
  const place = { sizeBytes: 3, durationMs: 4000, initIndex: 0, isDiscontinuity: false, isIndependent: true }
  const text = formatManifest({
    videoId: VIDEO,
    channelId: '01jd3v2k8m0000000000000009',
    startedAt: nowMs,
    targetDurationSeconds: 4,
    inits: [{ offset: 0, sizeBytes: 4, codecs: 'avc1.42c01e', width: 16, height: 16 }],
    segments: Array.from({ length: segments }, (_, msn) => ({
      ...place,
      offset: 4 + 3 * msn,
      programDateTimeMs: nowMs + 4000 * msn,
    })),
  })
  server.store.put(`videos/${VIDEO}/manifest.json`, 'application/json', Buffer.from(text))
  server.store.put(`videos/${VIDEO}/media.mp4`, 'video/mp4', Buffer.from('initAAABBBCCC'))
}

test('playlists are written from the manifest, media are the bytes that it names', async () => {
  store(3)
  expect((await get('index.m3u8'))?.text).toContain(`${VIDEO}/source/media.m3u8`)
  const playlist = await get(`${VIDEO}/source/media.m3u8`)
  expect(playlist?.text.match(/seg\.\d+\.m4s/g)).toEqual(['seg.0.m4s', 'seg.1.m4s', 'seg.2.m4s'])
  expect(playlist?.cacheControl).toBe('public, max-age=60')
  expect((await get(`${VIDEO}/source/init.0.mp4`))?.text).toBe('init')
  const segment = await get(`${VIDEO}/source/seg.1.m4s`)
  expect([segment?.text, segment?.contentType, segment?.cacheControl]).toEqual([
    'BBB',
    'video/mp4',
    'public, max-age=86400, immutable',
  ])
  // The manifest was read once.
  expect(server.requests.filter((each) => each.includes('manifest.json'))).toHaveLength(1)
  nowMs += 60_000
  store(2)
  expect(await get(`${VIDEO}/source/seg.2.m4s`)).toBeUndefined()
})

test('what is not there is nothing, what fails is said, and a file that was cut short is no answer', async () => {
  expect(await get('index.m3u8')).toBeUndefined()
  store(3)
  expect(await get('still.jpg')).toBeUndefined()
  expect(await get(`${VIDEO}/source/seg.3.m4s`)).toBeUndefined()
  expect(await get(`${VIDEO}/dvr/seg.0.m4s`)).toBeUndefined()
  server.store.put(`videos/${VIDEO}/media.mp4`, 'video/mp4', Buffer.from('initAAABB'))
  await expect(get(`${VIDEO}/source/seg.1.m4s`)).rejects.toThrow('fewer bytes')
  server.isDown = true
  await expect(get(`${VIDEO}/source/seg.0.m4s`)).rejects.toThrow('503')
})
