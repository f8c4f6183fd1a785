/**
 * An origin that is killed again and again while files arrive, become videos, go to object storage and are deleted, and whose
 * machine loses its power where the disk had not kept a recording yet: what is listed is there, byte by byte, and what is
 * deleted is gone, on the disk and in the bucket.
 */
import { execFileSync } from 'node:child_process'
import { existsSync, statSync, writeFileSync } from 'node:fs'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { eventually, pause } from '../support/eventually.ts'
import { startPanggung, type Installation } from '../support/installation.ts'
import { makeStreamer, type Streamer } from '../support/people.ts'
import { killOrigin } from '../support/origin-kill.ts'
import { startS3Server, type S3Server } from '../support/s3-server.ts'
import { seededRandom } from '../support/seeded-random.ts'
import {
  arrivedBytes,
  becameVideo,
  beginUpload,
  publish,
  sendChunk,
  studioVideos,
} from '../support/upload-file.ts'
import { contentOf } from '../support/video-content.ts'

const ROUNDS = 12
const CHUNK_BYTES = 4_000_000
const DEADLINE = { deadlineMs: 120_000 }

let installation: Installation
let storage: S3Server
let streamer: Streamer
let film: Buffer<ArrayBuffer>
let lostRecordings = 0
beforeAll(async () => {
  const folder = await mkdtemp(join(tmpdir(), 'upload-kills-'))
  const path = join(folder, 'film.mp4')
  const sources = '-v error -f lavfi -i testsrc2=size=640x360:rate=25 -f lavfi -i sine=frequency=440 -t 40'
  const codecs = '-c:v libx264 -preset ultrafast -g 50 -bf 2 -b:v 4M -c:a aac'
  execFileSync('ffmpeg', [...sources.split(' '), ...codecs.split(' '), path])
  film = Buffer.from(new Uint8Array(await readFile(path)))
  await rm(folder, { recursive: true })
  storage = await startS3Server()
  installation = await startPanggung({
    env: {
      ...storage.env,
      RECORDINGS_STORAGE: 's3',
      RECORDINGS_PART_MB: '5',
      RECORDINGS_STOP_PERCENT: '100',
      RECORDINGS_WARN_PERCENT: '100',
    },
  })
  streamer = await makeStreamer(installation.url, installation.admin)
})
afterAll(async () => {
  await installation.stop()
  await storage.stop()
})

const kill = (andThen?: () => void) => killOrigin(installation, andThen)

/** What the disk was not told to keep is lost: a recording, as long as there is what it was made of. */
function losePower(id: string): void {
  const recordings = join(installation.dataDir, 'origin', 'recordings')
  const media = join(recordings, id, 'media.mp4')
  if (!existsSync(join(recordings, '.uploads', id)) || !existsSync(media)) return
  lostRecordings += 1
  writeFileSync(media, Buffer.alloc(statSync(media).size))
}

/** All of it arrives, whatever is cut off on the way. */
async function arrive(id: string, killAtBytes: number): Promise<void> {
  let isKilled = false
  for (let offset = 0; offset < film.length; offset = await stands(id)) {
    const bytes = new Uint8Array(film.subarray(offset, offset + CHUNK_BYTES))
    const sending = sendChunk(streamer, id, { offset, bytes }).catch(() => undefined)
    if (!isKilled && offset + bytes.length > killAtBytes) {
      isKilled = true
      await kill()
    }
    const answer = await sending
    if (answer?.status === 204 && offset + bytes.length === film.length) return
  }
}

/** Where it goes on; the end of the file when there is nothing left to be sent. */
function stands(id: string): Promise<number> {
  return eventually(
    'the origin says where it goes on',
    async () => {
      const isVideo = (await studioVideos(streamer)).some((video) => video.id === id)
      return isVideo ? film.length : arrivedBytes(streamer, id)
    },
    DEADLINE,
  )
}

test('no kill loses a file that was taken, or brings back what was deleted', async () => {
  const random = seededRandom('upload-kills')
  const kept = new Map<string, string>()
  for (let round = 0; round < ROUNDS; round++) {
    const { id } = await beginUpload(streamer, `film ${round}.mp4`, film.length)
    await arrive(id, random.integer(0, film.length))
    // While it is looked at, repackaged, adopted, drawn, brought to the bucket, or after all of that.
    for (let kills = 0; kills < 2; kills++) {
      await pause(random.integer(0, 1200))
      await kill(() => losePower(id))
    }
    await becameVideo(streamer, id, DEADLINE.deadlineMs)
    // Listed a moment ago: the disk may not have it yet.
    if (round % 3 === 0) await kill(() => losePower(id))
    await publish(streamer, id)
    kept.set(id, await contentOf(installation.url, id))
    // Every second one goes again, and a kill comes in between.
    if (round % 2 === 1) {
      await streamer.client.command('DELETE', `/api/studio/${streamer.slug}/videos/${id}`)
      kept.delete(id)
      await pause(random.integer(0, 300))
      await kill()
    }
  }
  // The same file gives the same video, wherever its making was cut off.
  expect(new Set(kept.values()).size).toBe(1)
  expect(lostRecordings).toBeGreaterThan(0)
  const folder = join(installation.dataDir, 'origin', 'recordings')
  const ids = [...kept.keys()].toSorted()
  await eventually(
    'what is left is what is listed: in the studio, on the disk and in the bucket',
    async () => {
      const listed = (await studioVideos(streamer)).map(({ id }) => id).toSorted()
      const onDisk = (await readdir(folder)).filter((name) => name !== '.uploads').toSorted()
      const inBucket = [
        ...new Set([...storage.objects.keys()].map((key) => key.split('/')[1] ?? '')),
      ].toSorted()
      const whole = ids.every((id) => storage.objects.has(`videos/${id}/media.mp4`))
      const names = await readdir(join(folder, '.uploads'))
      const found = [listed, onDisk, inBucket].every((each) => each.join() === ids.join())
      return found && whole && names.length === 0 && storage.store.uploads.size === 0
    },
    DEADLINE,
  )
  for (const [id, content] of kept) expect(await contentOf(installation.url, id)).toBe(content)
  expect(storage.refusals).toEqual([])
}, 1_800_000)
