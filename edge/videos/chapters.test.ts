import { afterEach, beforeEach, expect, test } from 'vitest'
import { MAX_CHAPTERS, type StudioVideo } from '../../shared/contracts/videos.ts'
import { type StageChannel, TestStage } from '../runtimes/node/test-stage.ts'
import { cutChapters } from './chapter-store.ts'

const VIDEO = '01jd3v2k8m0000000000000001'

let stage: TestStage
let channel: StageChannel
beforeEach(async () => {
  stage = await TestStage.open({ sharedRead: 0 })
  channel = await stage.channel('panggung-budi')
  await stage.platform.database.write([
    {
      sql: `INSERT INTO video (id, channel_id, origin_id, state, is_published, started_at, duration_ms)
        VALUES (?, ?, 'main', 'ready', 1, 0, 60000)`,
      args: [VIDEO, channel.id],
    },
  ])
})
afterEach(() => stage.close())

const put = (chapters: unknown) =>
  stage.send<StudioVideo>('PUT', `/api/studio/${channel.slug}/videos/${VIDEO}/chapters`, {
    as: channel.owner,
    json: { chapters },
  })
const stored = () => stage.platform.database.read({ sql: 'SELECT * FROM video_chapter' })
const many = (count: number) =>
  Array.from({ length: count }, (_, at) => ({ startMs: at, label: `Bab ${at}` }))

test('a list has its bounds, and a refused one changes nothing', async () => {
  expect((await put(many(MAX_CHAPTERS))).body.wholeChapters).toEqual(many(MAX_CHAPTERS))
  for (const wrong of [
    many(MAX_CHAPTERS + 1),
    [{ startMs: 60_000, label: 'akhir' }],
    [{ startMs: 1.5, label: 'a' }],
    [{ startMs: -1, label: 'a' }],
    [{ startMs: 1, label: 'x'.repeat(81) }],
    [{ startMs: 1, label: '\u202e' }],
    [{ startMs: 1, label: 'a', html: '' }],
    null,
  ])
    expect((await put(wrong)).status).toBe(422)
  expect(await stored()).toHaveLength(MAX_CHAPTERS)
})

test('they go with their video', async () => {
  await put(many(2))
  const path = `/api/studio/${channel.slug}/videos/${VIDEO}`
  expect((await stage.send('DELETE', path, { as: channel.owner })).status).toBe(204)
  expect(await stored()).toEqual([])
})

test('of a cut video those are left that begin in it', () => {
  const chapters = [0, 4000, 8000, 12_000].map((startMs) => ({ startMs, label: String(startMs) }))
  expect(cutChapters(chapters, null)).toBe(chapters)
  expect(cutChapters(chapters, { startMs: 4000, endMs: 12_000 })).toEqual([
    { startMs: 0, label: '4000' },
    { startMs: 4000, label: '8000' },
  ])
})
