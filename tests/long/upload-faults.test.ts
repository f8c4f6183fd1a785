/**
 * What happens to uploads beside kills of their origin: a disk that is full in the middle, a line that sends a byte now and
 * then, and everything killed at once while it takes, publishes and deletes. The disk is a small one of its own (Linux, root).
 */
import { execFileSync } from 'node:child_process'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { fetchText } from '../conformance/live-reader.ts'
import { validate } from '../conformance/playlist-rules.ts'
import { ApiClient } from '../support/api-client.ts'
import { goOnAir } from '../support/broadcast.ts'
import { eventually, pause } from '../support/eventually.ts'
import { startPanggung, type Installation } from '../support/installation.ts'
import { makeStreamer, type Streamer } from '../support/people.ts'
import { seededRandom } from '../support/seeded-random.ts'
import {
  arrivedBytes,
  becameVideo,
  beginUpload,
  publish,
  sendChunk,
  studioVideos,
  uploadsOf,
} from '../support/upload-file.ts'

const DEADLINE = { deadlineMs: 120_000 }
const DISK_MB = 64
const CHUNK_BYTES = 2_000_000
const CHUNK_MS = 3000
const ROUNDS = 6

const env = (disk: string) => ({
  RECORDINGS_DIR: join(disk, 'recordings'),
  RECORDINGS_STOP_PERCENT: '100',
  RECORDINGS_WARN_PERCENT: '100',
  UPLOAD_CHUNK_MS: String(CHUNK_MS),
})

let disk: string
let installation: Installation
let streamer: Streamer
let film: Buffer<ArrayBuffer>
beforeAll(async () => {
  disk = await mkdtemp(join(tmpdir(), 'upload-faults-'))
  const path = join(disk, 'film.mp4')
  const sources = '-v error -f lavfi -i testsrc2=size=640x360:rate=25 -f lavfi -i sine=frequency=440 -t 20'
  const codecs = '-c:v libx264 -preset ultrafast -g 50 -bf 2 -b:v 3M -c:a aac'
  execFileSync('ffmpeg', [...sources.split(' '), ...codecs.split(' '), path])
  film = Buffer.from(new Uint8Array(await readFile(path)))
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${DISK_MB}m`, 'panggung-uji', disk])
  installation = await startPanggung({ env: env(disk) })
  streamer = await makeStreamer(installation.url, installation.admin)
})
afterAll(async () => {
  try {
    await installation.stop()
  } finally {
    execFileSync('umount', [disk])
    await rm(disk, { recursive: true })
  }
})

const ballast = () => join(disk, 'ballast')
/** @returns when not a byte more can be written */
async function fillDisk(): Promise<void> {
  try {
    await writeFile(ballast(), Buffer.alloc(DISK_MB * 1024 * 1024))
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOSPC') return
    throw error
  }
  throw new Error('The disk holds more than it should')
}

const chunkAt = (id: string, offset: number) =>
  sendChunk(streamer, id, { offset, bytes: new Uint8Array(film.subarray(offset, offset + CHUNK_BYTES)) })

/** What is left of it, whatever cuts it off. */
async function sendRest(id: string): Promise<void> {
  for (;;) {
    const isVideo = (await studioVideos(streamer)).some((video) => video.id === id)
    const offset = isVideo ? film.length : await arrivedBytes(streamer, id)
    if (offset === film.length) return
    await chunkAt(id, offset)
  }
}

async function plays(id: string): Promise<void> {
  const base = `${installation.url}/vod/${id}/${id}/source`
  const text = await eventually('it plays', () => fetchText(`${base}/media.m3u8`), DEADLINE)
  expect(validate(text)).toEqual([])
  expect((await fetch(`${base}/seg.0.m4s`)).status).toBe(200)
}

const remove = (id: string) => streamer.client.send('DELETE', `/api/studio/${streamer.slug}/videos/${id}`)

test('a disk that is full in the middle of a file ends neither the upload nor what is on air', async () => {
  const { url } = installation
  const { id } = await beginUpload(streamer, 'film.mp4', film.length)
  expect((await chunkAt(id, 0)).status).toBe(204)
  const other = await makeStreamer(url, installation.admin)
  const live = await goOnAir(installation, { fixture: 'obs-30', latencyMode: 'ultra', streamer: other })
  await fillDisk()
  const refused = await chunkAt(id, CHUNK_BYTES)
  expect([500, 503, 507]).toContain(refused.status)
  const playlist = `${url}/live/${other.slug}/${live.broadcastId}/source/media.m3u8`
  const newest = async () => /#EXT-X-PRELOAD-HINT:.*/.exec(await fetchText(playlist))?.[0]
  const before = await newest()
  await eventually('what is on air goes on', async () => (await newest()) !== before, DEADLINE)
  await rm(ballast())
  const visitor = new ApiClient(url)
  await eventually('the origin is well', async () => (await visitor.send('GET', '/health')).status === 200)
  await sendRest(id)
  await becameVideo(streamer, id, DEADLINE.deadlineMs)
  await publish(streamer, id)
  await plays(id)
  await live.stop()

  // Whole, and no room for the video that is to be made of it.
  const next = await beginUpload(streamer, 'lagi.mp4', film.length)
  const last = Math.floor((film.length - 1) / CHUNK_BYTES) * CHUNK_BYTES
  for (let offset = 0; offset < last; offset += CHUNK_BYTES)
    expect((await chunkAt(next.id, offset)).status).toBe(204)
  const free = Buffer.alloc(film.length - last)
  await writeFile(join(disk, 'room'), free)
  await fillDisk()
  await rm(join(disk, 'room'))
  await eventually('the last chunk fits', async () => (await chunkAt(next.id, last)).status === 204, DEADLINE)
  await eventually(
    'it is refused with the reason',
    async () => (await uploadsOf(streamer)).find((each) => each.id === next.id)?.reason === 'disk_full',
    DEADLINE,
  )
  await rm(ballast())
  await remove(id)
  await eventually(
    'nothing of it is left',
    async () => (await readdir(join(disk, 'recordings', '.uploads'))).length === 0,
    DEADLINE,
  )
}, 400_000)

test('a line that sends a byte now and then is cut off, keeps what came, and holds nobody up', async () => {
  const { client, slug } = streamer
  const { id } = await beginUpload(streamer, 'lambat.mp4', film.length)
  const path = `/api/studio/${slug}/uploads/${id}/file`
  const ended = Promise.withResolvers<number | undefined>()
  const slow = request(`${installation.url}${path}`, {
    method: 'PATCH',
    headers: {
      cookie: client.cookieFor(path),
      origin: installation.url,
      'content-type': 'application/offset+octet-stream',
      'content-length': CHUNK_BYTES,
      'upload-offset': '0',
      'tus-resumable': '1.0.0',
    },
  })
  slow.once('response', ({ statusCode }) => ended.resolve(statusCode))
  slow.once('error', () => ended.resolve(undefined))
  let sent = 0
  const drip = setInterval(() => slow.write(film.subarray(sent, ++sent)), 100)
  const next = await beginUpload(streamer, 'cepat.mp4', film.length)
  await sendRest(next.id)
  await becameVideo(streamer, next.id, DEADLINE.deadlineMs)
  // An answer that says so, or the end of the connection.
  expect([502, 503, 408, undefined]).toContain(await ended.promise)
  clearInterval(drip)
  slow.destroy()
  const arrived = await eventually('it is free again', () => arrivedBytes(streamer, id), DEADLINE)
  expect(arrived).toBeLessThanOrEqual(sent)
  await sendRest(id)
  await becameVideo(streamer, id, DEADLINE.deadlineMs)
  await publish(streamer, id)
  await plays(id)
  for (const each of [id, next.id]) await remove(each)
}, 300_000)

test('everything killed while it takes, publishes and deletes: what is said is so afterwards', async () => {
  const random = seededRandom('upload-faults')
  const killAll = async (during: Promise<unknown>): Promise<void> => {
    const over = during.catch(() => undefined)
    await pause(random.integer(0, 60))
    await installation.stop({ keepData: true, signal: 'SIGKILL' })
    await over
    installation = await startPanggung({ env: env(disk), restartOf: installation })
  }
  for (let round = 0; round < ROUNDS; round++) {
    const { id } = await beginUpload(streamer, `putaran ${round}.mp4`, film.length)
    await chunkAt(id, 0)
    await killAll(chunkAt(id, CHUNK_BYTES))
    const offset = await eventually('it goes on', () => arrivedBytes(streamer, id), DEADLINE)
    expect(offset).toBeGreaterThanOrEqual(CHUNK_BYTES)
    await sendRest(id)
    await becameVideo(streamer, id, DEADLINE.deadlineMs)
    await killAll(publish(streamer, id))
    const isPublished = (await studioVideos(streamer)).find((video) => video.id === id)?.isPublished
    const seen = (await new ApiClient(installation.url).send('GET', `/api/videos/${id}`)).status
    expect([isPublished, seen]).toEqual([isPublished, isPublished === true ? 200 : 404])
    await publish(streamer, id)
    await plays(id)
    const answered = remove(id)
    await killAll(answered)
    const wasTold = await answered.then(({ status }) => status === 204).catch(() => false)
    const isListed = (await studioVideos(streamer)).some((video) => video.id === id)
    // What was said stays said; what was not may be either.
    expect([wasTold && isListed, (await remove(id)).status]).toEqual([false, isListed ? 204 : 404])
    await eventually(
      'no byte of it is left',
      async () => !(await readdir(join(disk, 'recordings'))).includes(id),
      DEADLINE,
    )
    const media = `${installation.url}/vod/${id}/${id}/source/media.m3u8`
    await eventually('no edge sends it', async () => (await fetch(media)).status === 404)
  }
}, 900_000)
