/**
 * Origin, edge and database killed again and again while a rule announces and deletes videos, with object storage:
 * what is kept or young is there byte by byte, what the rule deletes was announced in time and is gone everywhere.
 */
import { createClient } from '@libsql/client'
import { execFileSync } from 'node:child_process'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { RetentionRule } from '../../shared/contracts/videos.ts'
import { parseAnswer } from '../support/api-client.ts'
import { eventually, pause } from '../support/eventually.ts'
import { startPanggung, type Installation } from '../support/installation.ts'
import { killOrigin } from '../support/origin-kill.ts'
import { makeStreamer, type Streamer } from '../support/people.ts'
import { startS3Server, type S3Server } from '../support/s3-server.ts'
import { seededRandom } from '../support/seeded-random.ts'
import { type LibsqlServer, migrateDatabase, startLibsqlServer } from '../support/sqld.ts'
import { becameVideo, publish, studioVideos, uploadFile } from '../support/upload-file.ts'
import { contentOf } from '../support/video-content.ts'

const FILMS = 6
const KILLS = 12
const WARNING_MS = 8000
const DEADLINE = { deadlineMs: 180_000 }
const YEAR_MS = 365 * 86_400_000

let folder: string
let film: string
let storage: S3Server
let database: LibsqlServer
let installation: Installation
let streamer: Streamer
const env = () => ({
  ...storage.env,
  DATABASE_URL: database.url,
  RECORDINGS_STORAGE: 's3',
  RECORDINGS_PART_MB: '5',
  RECORDINGS_STOP_PERCENT: '100',
  RECORDINGS_WARN_PERCENT: '100',
  RETENTION_WARNING_MS: String(WARNING_MS),
  RETENTION_SWEEP_MS: '150',
  STORAGE_RETRY_MS: '200',
  INVENTORY_MS: '1000',
})
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'retention-kills-'))
  film = join(folder, 'film.mp4')
  const sources = '-v error -f lavfi -i testsrc2=size=640x360:rate=25 -f lavfi -i sine=frequency=440 -t 14'
  const codecs = '-c:v libx264 -preset ultrafast -g 50 -bf 2 -b:v 4M -minrate 4M -c:a aac'
  execFileSync('ffmpeg', [...sources.split(' '), ...codecs.split(' '), film])
  ;[storage, database] = await Promise.all([startS3Server(), startLibsqlServer()])
  await migrateDatabase(database.url)
  // Written by the database itself, so that no kill of anything else hides an announcement.
  await sql(`CREATE TABLE seen_announced (video_id TEXT, delete_after INTEGER)`)
  await sql(`CREATE TRIGGER saw_announced AFTER UPDATE OF delete_after ON video WHEN NEW.delete_after IS NOT NULL
    BEGIN INSERT INTO seen_announced VALUES (NEW.id, NEW.delete_after); END`)
  installation = await startPanggung({ env: env() })
  streamer = await makeStreamer(installation.url, installation.admin)
})
afterAll(async () => {
  await installation.stop()
  await Promise.all([storage.stop(), database.stop(), rm(folder, { recursive: true })])
})

async function sql(text: string, args: (string | number)[] = []) {
  const client = createClient({ url: database.url })
  try {
    return (await client.execute({ sql: text, args })).rows
  } finally {
    client.close()
  }
}

async function makeVideo(): Promise<string> {
  const id = await uploadFile(streamer, film)
  await becameVideo(streamer, id, DEADLINE.deadlineMs)
  await publish(streamer, id)
  return id
}

const listed = async () => (await studioVideos(streamer)).map(({ id }) => id).toSorted()

async function putRule(rule: RetentionRule): Promise<void> {
  const answer = await streamer.client.send('PUT', `/api/studio/${streamer.slug}/retention`, { json: rule })
  expect(parseAnswer(answer, RetentionRule)).toEqual(rule)
}

const random = seededRandom('retention-kills')
const killAnything = [
  () => killOrigin(installation),
  async () => {
    await database.kill()
    await pause(random.integer(0, 500))
    await database.restart()
  },
  // The origin goes with it.
  async () => {
    await installation.stop({ keepData: true, signal: 'SIGKILL' })
    installation = await startPanggung({ env: env(), restartOf: installation })
  },
]

async function killAgainAndAgain(): Promise<void> {
  for (let kills = 0; kills < KILLS; kills++) {
    await pause(random.integer(0, 1500))
    await killAnything[random.integer(0, killAnything.length - 1)]?.()
  }
}

/** Nothing else is listed, on the disk or in the bucket, and the edge has heard that no byte is left. */
async function onlyThese(ids: readonly string[]): Promise<void> {
  const wanted = ids.toSorted().join()
  await eventually(
    'what is left is what is listed: in the studio, on the disk and in the bucket',
    async () => {
      const onDisk = (await readdir(join(installation.dataDir, 'origin', 'recordings'))).filter(
        (name) => name !== '.uploads',
      )
      const inBucket = new Set([...storage.objects.keys()].map((key) => key.split('/')[1] ?? ''))
      const waiting = await sql(`SELECT 1 FROM video WHERE state = 'deleted' AND is_removed = 0`)
      const found = [await listed(), onDisk.toSorted(), [...inBucket].toSorted()]
      return (
        found.every((each) => each.join() === wanted) &&
        waiting.length === 0 &&
        storage.store.uploads.size === 0
      )
    },
    DEADLINE,
  )
}

/** @returns those that went before the time of their announcement, or without a word to their owner */
async function goneTooSoon(ids: readonly string[]): Promise<string[]> {
  const rows = await sql(
    `WITH gone AS (SELECT id, deleted_at,
        (SELECT MIN(delete_after) FROM seen_announced WHERE video_id = video.id) AS announced
      FROM video WHERE state = 'deleted' AND id IN (SELECT value FROM json_each(?1)))
     SELECT id FROM gone WHERE deleted_at >= announced AND EXISTS (
       SELECT 1 FROM notification WHERE kind = 'videos_expiring' AND created_at = announced - ?2)`,
    [JSON.stringify(ids), WARNING_MS],
  )
  const inTime = new Set(rows.map(({ id }) => id))
  return ids.filter((id) => !inTime.has(id))
}

/** Those that nothing deletes, and what they hold. */
const kept = new Map<string, string>()

test('by age: what is announced goes in time, what is kept stays', async () => {
  const ids: string[] = []
  for (let films = 0; films < FILMS; films++) ids.push(await makeVideo())
  const content = await contentOf(installation.url, ids[0] ?? '')
  await sql(`UPDATE video SET started_at = started_at - ?`, [YEAR_MS])
  await putRule({ keepDays: 30, keepGigabytes: null })
  const [young, saved] = [await makeVideo(), ids[2] ?? '']
  const killing = killAgainAndAgain()
  await eventually(
    'it is announced',
    async () => (await studioVideos(streamer)).some(({ id, deleteAfter }) => id === saved && deleteAfter),
    DEADLINE,
  )
  await eventually(
    'it is kept',
    async () => {
      const path = `/api/studio/${streamer.slug}/videos/${saved}`
      return (await streamer.client.send('PATCH', path, { json: { isKept: true } })).status === 200
    },
    DEADLINE,
  )
  await killing
  for (const id of [saved, young]) kept.set(id, content)
  await onlyThese([...kept.keys()])
  expect(await goneTooSoon(ids.filter((id) => id !== saved))).toEqual([])
}, 900_000)

test('by size: the oldest go until the others fit, and not one more', async () => {
  const ids: string[] = []
  for (let films = 0; films < FILMS; films++) ids.push(await makeVideo())
  const videos = await studioVideos(streamer)
  const { sizeBytes } = videos.find(({ id }) => id === ids[0]) ?? { sizeBytes: 0 }
  expect(sizeBytes).toBeGreaterThan(5 * 1024 * 1024)
  await putRule({ keepDays: null, keepGigabytes: 1 })
  // Gigabytes would take too long to make: all of the young ones but the oldest fit.
  const fits = FILMS - 2
  await sql(`UPDATE video_rule SET keep_bytes = ?`, [sizeBytes * fits + 1])
  await killAgainAndAgain()
  const [content = ''] = kept.values()
  const [saved = ''] = kept.keys()
  kept.clear()
  // What is kept for good does not count.
  for (const id of [saved, ...ids.slice(-fits)]) kept.set(id, content)
  await onlyThese([...kept.keys()])
  expect(await goneTooSoon(ids.slice(0, -fits))).toEqual([])
  // Nothing is announced for ever.
  const announced = async () =>
    (await studioVideos(streamer)).filter(({ deleteAfter }) => deleteAfter !== null)
  expect(await announced()).toEqual([])
  for (const { id, sizeBytes: size } of await studioVideos(streamer))
    expect(storage.objects.get(`videos/${id}/media.mp4`)?.body.length).toBe(size)
  for (const [id, hash] of kept) expect(await contentOf(installation.url, id)).toBe(hash)
  expect(storage.refusals).toEqual([])
}, 900_000)
