import { afterEach, beforeEach, expect, test } from 'vitest'
import type { FindOwnVideos } from '../../shared/contracts/video-library.ts'
import { createTestPlatform, type TestPlatform } from '../runtimes/node/test-platform.ts'
import { listOfChannel, sumOfChannel } from './library-store.ts'

const VIDEOS = 60
const idOf = (number: number): string => `v${String(number).padStart(3, '0')}`

let platform: TestPlatform
beforeEach(async () => {
  platform = await createTestPlatform()
  const member = `INSERT INTO member (id, username, email, password_hash, registered_at)`
  const channel = `INSERT INTO channel (id, slug, title, owner_id, created_at)`
  const video = `INSERT INTO video (id, channel_id, origin_id, state, is_published, visibility, started_at, title, size_bytes, views)`
  const upload = `INSERT INTO upload (id, channel_id, origin_id, file_name, title, size_bytes, modified_at, created_at)`
  await platform.database.write(
    [
      `${member} VALUES ('budi', 'budi', 'a@b.id', '', 0), ('sari', 'sari', 's@b.id', '', 0)`,
      `${channel} VALUES ('kanal', 'budi', 'Budi', 'budi', 0), ('lain', 'sari', 'Sari', 'sari', 0)`,
      // Many are of the same size, and seen as often.
      ...Array.from(
        { length: VIDEOS },
        (_, n) =>
          `${video} VALUES ('${idOf(n)}', 'kanal', 'main', 'ready', ${n % 2}, '${n < 5 ? 'members' : 'public'}', 0,
            'Siaran ${n}', ${(n % 7) * 1000}, ${n % 3})`,
      ),
      `${upload} VALUES ('u001', 'kanal', 'main', 'senam.mp4', 'Senam hamil', 1, 0, 0)`,
      `${video} VALUES ('u001', 'kanal', 'main', 'ready', 0, 'public', 0, '', 5, 0)`,
      `${video} VALUES ('x001', 'lain', 'main', 'ready', 1, 'public', 0, 'Siaran orang lain', 9, 9)`,
      `UPDATE video SET state = 'deleted', deleted_at = 1 WHERE id = '${idOf(0)}'`,
      `UPDATE video SET taken_down_at = 1, takedown_reason = 'x' WHERE id = '${idOf(2)}'`,
    ].map((sql) => ({ sql, args: [] })),
  )
})
afterEach(() => platform.close())

const page = async (find: FindOwnVideos): Promise<string[]> =>
  (await listOfChannel(platform.database, { channelId: 'kanal', find })).map(({ id }) => id)

async function all(find: FindOwnVideos): Promise<string[]> {
  const ids = await page(find)
  for (;;) {
    const before = ids.at(-1)
    const next = before === undefined ? [] : await page({ ...find, before })
    if (next.length === 0) return ids
    ids.push(...next)
  }
}

test.each(['newest', 'oldest', 'largest', 'most_viewed'] as const)(
  'page after page in the order %s holds each video once',
  async (order) => {
    const ids = await all({ order })
    expect([ids.length, new Set(ids).size]).toEqual([VIDEOS, VIDEOS])
    const rank = (id: string): number => {
      const n = Number(id.slice(1))
      const isUpload = id.startsWith('u')
      if (order === 'largest') return isUpload ? 5 : (n % 7) * 1000
      if (order === 'most_viewed') return isUpload ? 0 : n % 3
      return 0
    }
    const inOrder = ids.toSorted((a, b) => {
      const later = a < b ? 1 : -1
      return order === 'oldest' ? -later : rank(b) - rank(a) || later
    })
    expect(ids).toEqual(inOrder)
  },
)

test.each<[FindOwnVideos, number]>([
  [{}, VIDEOS],
  [{ kind: 'upload' }, 1],
  [{ kind: 'broadcast' }, VIDEOS - 1],
  [{ visibility: 'members' }, 4],
  [{ state: 'published' }, VIDEOS / 2],
  [{ state: 'taken_down' }, 1],
  // One was deleted, and one taken down.
  [{ state: 'draft' }, VIDEOS / 2 - 2 + 1],
  [{ state: 'recording' }, 0],
  [{ q: 'SENAM' }, 1],
  [{ q: 'siaran 59' }, 1],
  [{ q: 'orang lain' }, 0],
  [{ q: 'siaran', visibility: 'members', state: 'published' }, 2],
])('%j finds its own', async (find, count) => {
  const ids = await all(find)
  const { whole, found } = await sumOfChannel(platform.database, { channelId: 'kanal', find })
  expect([ids.length, found?.count, whole?.count]).toEqual([count, count, VIDEOS])
})

test('what it takes is said of all, and of what was found', async () => {
  const { whole, found } = await sumOfChannel(platform.database, {
    channelId: 'kanal',
    find: { kind: 'upload' },
  })
  const recordings = Array.from({ length: VIDEOS }, (_, n) => (n === 0 ? 0 : (n % 7) * 1000))
  expect(whole?.sizeBytes).toBe(5 + recordings.reduce((sum, size) => sum + size, 0))
  expect(found).toEqual({ count: 1, sizeBytes: 5 })
})

test('what was deleted meanwhile is still a place to go on from', async () => {
  const before = (await page({ order: 'largest' })).at(-1) ?? ''
  const rest = await page({ order: 'largest', before })
  await platform.database.write([
    { sql: `UPDATE video SET state = 'deleted', deleted_at = 1 WHERE id = ?`, args: [before] },
  ])
  expect(await page({ order: 'largest', before })).toEqual(rest)
})
