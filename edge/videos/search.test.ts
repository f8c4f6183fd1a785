import { afterEach, beforeEach, expect, test } from 'vitest'
import { createTestPlatform, type TestPlatform } from '../runtimes/node/test-platform.ts'
import { listVideos } from './store.ts'

let platform: TestPlatform
beforeEach(async () => {
  platform = await createTestPlatform()
  await platform.database.write(
    [
      `INSERT INTO member (id, username, email, password_hash, registered_at) VALUES ('pemilik', 'pemilik', 'a@b.id', '', 0)`,
      `INSERT INTO channel (id, slug, title, owner_id, created_at) VALUES ('kanal', 'klinik', 'Klinik Melati', 'pemilik', 0)`,
      `INSERT INTO video (id, channel_id, origin_id, state, is_published, started_at, title, topic, description)
        VALUES ('a', 'kanal', 'main', 'ready', 1, 0, 'Senam Hamil 100%', 'Kehamilan', 'Bersama bidan É')`,
    ].map((sql) => ({ sql, args: [] })),
  )
})
afterEach(() => platform.close())

test.each([
  ['hamil', 1],
  ['HAMIL bidan melati kehamilan', 1],
  ['100%', 1],
  ['É', 1],
  ['hamil imunisasi', 0],
  ['%', 1],
  ['_', 0],
  [String.raw`\\`, 0],
  // Words are not found across the end of a title.
  ['%kehamilan', 0],
  // As many as count.
  ['senam hamil 100% bersama bidan klinik lain', 1],
])('a search for %s', async (q, count) => {
  expect(await listVideos(platform.database, { q })).toHaveLength(count)
})
