import { afterEach, beforeEach, expect, test } from 'vitest'
import { MAX_CHAPTERS, MAX_MARKS, type Video } from '../../shared/contracts/videos.ts'
import { type StageChannel, TestStage } from '../runtimes/node/test-stage.ts'
import { finishVideo, insertRecording } from './report-store.ts'
import { addMark, marksToChapters, mediaTimeOf } from './mark-store.ts'

const ID = '01jd3v2k8m0000000000000001'
const RECORDING = {
  pieces: [
    [1_000_000, 0],
    [1_030_000, 20_000],
  ],
  durationMs: 30_000,
} as const

let stage: TestStage
let channel: StageChannel
beforeEach(async () => {
  stage = await TestStage.open({ sharedRead: 0 })
  channel = await stage.channel('panggung-budi')
  await stage.platform.database.write([
    {
      sql: `INSERT INTO stream_key (jti, kid, channel_id, member_id, name, issued_at, expires_at)
        VALUES ('k1', 'kid', ?, ?, 'OBS', 0, 9000000000000)`,
      args: [channel.id, channel.owner.id],
    },
    {
      sql: `INSERT INTO broadcast (id, channel_id, jti, origin_id, started_at, lease_until)
        VALUES (?, ?, 'k1', 'main', 0, 9000000000000)`,
      args: [ID, channel.id],
    },
  ])
})
afterEach(() => stage.close())

const markAt = async (nowMs: number, label: string, channelId = channel.id): Promise<boolean> => {
  const mark = addMark({ channelId, broadcastId: ID, label, nowMs })
  return ((await stage.platform.database.write(mark)).at(-1) ?? []).length > 0
}
const finish = async (): Promise<void> => {
  const { database } = stage.platform
  await database.write([
    insertRecording({ id: ID, channelId: channel.id, originId: 'main', startedAt: 0 }),
    finishVideo(ID, {
      ...RECORDING,
      originId: 'main',
      sizeBytes: 1,
      width: undefined,
      height: undefined,
      hasStill: false,
      storage: 'disk',
      hasPreviews: false,
      alerts: [],
    }),
    ...(await marksToChapters(database, ID, RECORDING)),
  ])
}
const chapters = async () => (await stage.send<Video>('GET', `/api/videos/${ID}`)).body.chapters
const left = () => stage.platform.database.read({ sql: 'SELECT * FROM broadcast_mark' })

test('a moment is found in its piece, in a gap in the next one, and after the end nowhere', () => {
  const places = [999_000, 1_000_000, 1_019_999, 1_020_000, 1_029_000, 1_030_000, 1_039_999, 1_040_000]
  expect(places.map((atMs) => mediaTimeOf(atMs, RECORDING))).toEqual([
    0,
    0,
    19_999,
    20_000,
    20_000,
    20_000,
    29_999,
    undefined,
  ])
  expect(mediaTimeOf(0, { pieces: [], durationMs: 1 })).toBeUndefined()
})

test('marks become chapters once, and what is removed of them does not come back', async () => {
  for (const [at, label] of [
    [1_012_345, 'Salam'],
    [1_025_000, 'Sambung lagi'],
    [1_026_000, 'di celah yang sama'],
    [2_000_000, 'setelah selesai'],
  ] as const)
    expect(await markAt(at, label)).toBe(true)
  await finish()
  expect(await chapters()).toEqual([
    { startMs: 12_345, label: 'Salam' },
    { startMs: 20_000, label: 'Sambung lagi' },
  ])
  expect(await left()).toEqual([])
  await stage.platform.database.write([{ sql: 'DELETE FROM video_chapter' }])
  await finish()
  expect(await chapters()).toEqual([])
})

test('a broadcast has so many marks, and its video so many chapters', async () => {
  for (let count = 0; count < MAX_MARKS; count++)
    expect(await markAt(1_000_000 + count, `m${count}`)).toBe(true)
  expect(await markAt(1_001_000, 'zu viel')).toBe(false)
  await finish()
  const made = await chapters()
  expect([made.length, made.at(-1)?.label]).toEqual([MAX_CHAPTERS, `m${MAX_CHAPTERS - 1}`])
})

test('only what is on air is marked, by its own people, not without end', async () => {
  const path = `/api/studio/${channel.slug}/marks`
  const mark = (as = channel.owner, label = 'Gol') => stage.send('POST', path, { as, json: { label } })
  const other = await stage.channel('panggung-rina')
  expect((await mark(other.owner)).status).toBe(403)
  expect(await markAt(1_000_000, 'asing', other.id)).toBe(false)
  for (const wrong of ['', ' ', 'x'.repeat(81)]) expect((await mark(channel.owner, wrong)).status).toBe(422)
  const statuses = new Set<number>()
  for (let times = 0; times < 21; times++) statuses.add((await mark()).status)
  expect([...statuses]).toEqual([204, 429])
  expect(await left()).toHaveLength(20)
  await stage.platform.database.write([
    { sql: `UPDATE broadcast SET state = 'ended', ended_at = 1, end_reason = 'stopped'` },
  ])
  expect((await mark()).body).toMatchObject({ code: 'channel_off_air' })
})

test('they go with the video', async () => {
  await markAt(1_000_000, 'a')
  const { database } = stage.platform
  await database.write([insertRecording({ id: ID, channelId: channel.id, originId: 'main', startedAt: 0 })])
  await database.write([{ sql: `UPDATE video SET state = 'deleted', deleted_at = 1` }])
  expect(await left()).toEqual([])
})
