import { afterEach, beforeEach, expect, test } from 'vitest'
import { createTestPlatform, type TestPlatform } from '../runtimes/node/test-platform.ts'
import { makeDraft } from './report-store.ts'
import { findVideo, updateVideo } from './store.ts'
import { giveBack, listForAdmins, takeDown } from './takedown-store.ts'

const [PUBLISHED, DRAFT] = ['01k00000000000000000000001', '01k00000000000000000000002']

let platform: TestPlatform
beforeEach(async () => {
  platform = await createTestPlatform()
  const film = `INSERT INTO video (id, channel_id, origin_id, state, is_published, started_at, title)
    VALUES`
  await platform.database.write(
    [
      `INSERT INTO member (id, username, email, password_hash, registered_at) VALUES ('pemilik', 'pemilik', 'a@b.id', '', 0)`,
      `INSERT INTO channel (id, slug, title, owner_id, created_at) VALUES ('kanal', 'klinik', 'Klinik', 'pemilik', 0)`,
      `${film} ('${PUBLISHED}', 'kanal', 'main', 'ready', 1, 0, '50% lebih')`,
      `${film} ('${DRAFT}', 'kanal', 'main', 'ready', 0, 0, 'Rahasia')`,
    ].map((sql) => ({ sql, args: [] })),
  )
})
afterEach(() => platform.close())

const ids = async (query: string) => (await listForAdmins(platform.database, { query })).map(({ id }) => id)
const isPublished = async (id: string) => (await findVideo(platform.database, id))?.isPublished
const why = { reason: 'Alasan', nowMs: 5 }

test('what is taken down cannot be published by any statement', async () => {
  await platform.database.write([takeDown(PUBLISHED, why)])
  expect(await isPublished(PUBLISHED)).toBe(false)
  await expect(platform.database.write(updateVideo(PUBLISHED, { isPublished: true }))).rejects.toMatchObject({
    rule: 'taken_down_is_unpublished',
  })
  // Its words may be changed.
  await platform.database.write(updateVideo(PUBLISHED, { title: 'Lain', isPublished: false }))
})

test('it becomes again what it was, also when it was taken down twice', async () => {
  for (const id of [PUBLISHED, DRAFT])
    await platform.database.write([takeDown(id, why), takeDown(id, { ...why, nowMs: 6 })])
  await platform.database.write([giveBack(PUBLISHED), giveBack(DRAFT)])
  expect([await isPublished(PUBLISHED), await isPublished(DRAFT)]).toEqual([true, false])
})

test('a broadcast that an admin ends meanwhile stays a draft when its video is given back', async () => {
  await platform.database.write([takeDown(PUBLISHED, why), makeDraft(PUBLISHED), giveBack(PUBLISHED)])
  expect(await isPublished(PUBLISHED)).toBe(false)
})

test('is found by words and by links; drafts are not shown until they are taken down', async () => {
  expect(await ids('')).toEqual([PUBLISHED])
  expect(await ids('klinik')).toEqual([PUBLISHED])
  expect(await ids('50%')).toEqual([PUBLISHED])
  expect(await ids('5%l')).toEqual([])
  expect(await ids(`https://situs.example/v/${PUBLISHED.toUpperCase()}#t=5`)).toEqual([PUBLISHED])
  expect(await ids(`/v/${DRAFT}`)).toEqual([])
  await platform.database.write([takeDown(DRAFT, why)])
  expect(await ids('')).toEqual([DRAFT, PUBLISHED])
})
