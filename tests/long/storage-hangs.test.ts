/** A storage that takes requests and never answers: broadcasts go on, recordings stay on the disk, and both are told. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { LiveState } from '../../shared/contracts/channels.ts'
import { fetchText } from '../conformance/live-reader.ts'
import { validate } from '../conformance/playlist-rules.ts'
import { readMediaPlaylist } from '../conformance/playlist.ts'
import { ApiClient } from '../support/api-client.ts'
import { goOnAir } from '../support/broadcast.ts'
import { eventually } from '../support/eventually.ts'
import { startPanggung, type Installation } from '../support/installation.ts'
import type { Streamer } from '../support/people.ts'
import { startS3Server, type S3Server } from '../support/s3-server.ts'
import { studioVideos } from '../support/upload-file.ts'

const DEADLINE = { deadlineMs: 120_000 }
const RECORDINGS = 3
/** Of a broadcast beside the storage that hangs. */
const SEGMENTS = 6
/** Videos go one after another; what reads or deletes one asks for itself. */
const MAX_UNANSWERED = 4

let installation: Installation
let storage: S3Server
beforeAll(async () => {
  storage = await startS3Server()
  installation = await startPanggung({
    env: {
      RECORDINGS_STOP_PERCENT: '100',
      RECORDINGS_WARN_PERCENT: '100',
      RECORDINGS_STORAGE: 's3',
      STORAGE_SILENCE_MS: '1000',
      STORAGE_RETRY_MS: '200',
      STORAGE_MAX_RETRY_MS: '1000',
      ...storage.env,
    },
  })
})
afterAll(async () => {
  await installation.stop()
  await storage.stop()
})

test('what is live goes on beside it, and nothing is lost when it answers again', async () => {
  const { url } = installation
  const visitor = new ApiClient(url)
  storage.failsToAnswer = (request) => (request.includes('videos') ? 'never' : undefined)
  const ids: string[] = []
  let streamer: Streamer | undefined
  for (let count = 0; count < RECORDINGS; count++) {
    const onAir = await goOnAir(installation, {
      fixture: 'obs-30',
      latencyMode: 'ultra',
      ...(streamer && { streamer }),
    })
    const recorded = async () =>
      (await visitor.get(`/api/channels/${onAir.streamer.slug}/live`, LiveState)).dvr !== null
    await eventually('it is recorded', recorded, DEADLINE)
    await onAir.stop()
    ids.push(onAir.broadcastId)
    streamer = onAir.streamer
  }
  const owner = streamer
  if (!owner) throw new Error('Nobody was on air')
  const storedOf = async () => {
    const videos = await studioVideos(owner)
    return ids.map((id) => videos.find((video) => video.id === id))
  }
  const statesOf = async () => (await storedOf()).map((video) => video?.storage)
  const problemsOf = async () => (await storedOf()).map((video) => video?.storageProblem)
  await eventually(
    'its people are told of all of them',
    async () => (await problemsOf()).every((problem) => problem === 'silent'),
    DEADLINE,
  )

  const live = await goOnAir(installation, { fixture: 'obs-30', latencyMode: 'ultra', streamer: owner })
  const playlist = `${url}/live/${owner.slug}/${live.broadcastId}/source/media.m3u8`
  const lastOf = async (): Promise<number> => {
    const text = await fetchText(playlist)
    expect(validate(text)).toEqual([])
    const { mediaSequence, segments } = readMediaPlaylist(text)
    return mediaSequence + segments.length
  }
  const first = await lastOf()
  await eventually(
    'segments go on',
    async () => {
      const parts = [...(await fetchText(playlist)).matchAll(/#EXT-X-PART:.*URI="([^"]+)"(?!.*GAP)/g)]
      expect((await fetch(new URL(parts.at(-1)?.[1] ?? '', playlist))).status).toBe(200)
      return (await lastOf()) >= first + SEGMENTS
    },
    { ...DEADLINE, pollMs: 200 },
  )
  // The disk has them: they are watched as if there were no storage.
  for (const id of ids) {
    const text = await fetchText(`${url}/vod/${id}/${id}/source/media.m3u8`)
    expect(validate(text)).toEqual([])
    expect((await fetch(`${url}/vod/${id}/${id}/source/seg.0.m4s`)).status).toBe(200)
  }
  await live.stop()
  expect(storage.mostUnanswered).toBeGreaterThan(0)
  expect(storage.mostUnanswered).toBeLessThanOrEqual(MAX_UNANSWERED)

  storage.failsToAnswer = () => undefined
  ids.push(live.broadcastId)
  await eventually(
    'all of them are brought to it',
    async () => (await statesOf()).every((state) => state === 'stored'),
    DEADLINE,
  )
  for (const id of ids) expect(storage.objects.has(`videos/${id}/media.mp4`)).toBe(true)
}, 300_000)
