/** What each viewer's page asks for again and again costs the database one question for all of them. */
import { afterEach, beforeEach, expect, test } from 'vitest'
import { DEFAULT_DURATIONS } from '../config.ts'
import { createEdge } from '../app.ts'
import type { Database } from '../ports.ts'
import { createTestEdge, type Member, type TestEdge, type Visitor } from '../runtimes/node/test-edge.ts'

const VIDEO = '01k00000000000000000000000'
const VIEWERS = 200

let edge: TestEdge
let admin: Visitor
let owner: Member
let reads: string[]

beforeEach(async () => {
  edge = await createTestEdge({ config: { durations: DEFAULT_DURATIONS } })
  admin = await edge.setUp()
  owner = await edge.member('budi', { by: admin, rights: ['on_air'] })
  await owner.send('POST', '/api/studio/budi/keys', { name: 'OBS' })
  await edge.platform.database.write([
    {
      sql: `INSERT INTO broadcast (id, channel_id, jti, origin_id, started_at, state, lease_until)
            SELECT ?, channel_id, jti, 'origin-1', ?, 'live', ? FROM stream_key`,
      args: [VIDEO, edge.platform.clock.now(), edge.platform.clock.now() + 3_600_000],
    },
    {
      sql: `INSERT INTO video (id, channel_id, origin_id, state, is_published, visibility, started_at)
            SELECT ?, id, 'origin-1', 'ready', 1, 'public', 0 FROM channel`,
      args: [VIDEO],
    },
  ])
  reads = []
})
afterEach(() => edge.platform.close())

/** Another edge on the same database, whose questions are counted. */
function countedEdge() {
  const { database } = edge.platform
  const counted: Database = {
    ...database,
    read: (statement) => {
      reads.push(statement.sql)
      return database.read(statement)
    },
  }
  return createEdge({ ...edge.platform, database: counted })
}

async function ask(app: ReturnType<typeof createEdge>, path: string, headers: Record<string, string> = {}) {
  return app.request(`http://localhost${path}`, { headers })
}

test.each([
  // The channel, and how many watch it.
  ['/api/channels/budi/live', 2],
  [`/api/broadcasts/${VIDEO}`, 1],
  [`/api/videos/${VIDEO}`, 1],
  // The list, and its topics.
  ['/api/videos?channel=budi', 2],
])('%s: %i reads for two hundred viewers in one second', async (path, expected) => {
  const app = countedEdge()
  // What an edge asks once in its life.
  await ask(app, '/api/channels')
  reads.length = 0
  const answers = await Promise.all(Array.from({ length: VIEWERS }, () => ask(app, path)))
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]))
  expect(new Set(await Promise.all(answers.map((each) => each.text()))).size).toBe(1)
  expect(reads).toHaveLength(expected)
  edge.platform.clock.advance(DEFAULT_DURATIONS.sharedRead)
  const etag = answers[0]?.headers.get('etag') ?? ''
  const same = await ask(app, path, { 'if-none-match': etag })
  expect([same.status, await same.text(), same.headers.get('etag')]).toEqual([304, '', etag])
  expect(same.headers.get('cache-control')).toMatch(/^public, max-age=[15]$/)
  expect(reads).toHaveLength(2 * expected)
  // Nothing else of an address makes it another one.
  if (!path.includes('?')) await ask(app, `${path}?x=1`)
  expect(reads).toHaveLength(2 * expected)
})

test('public totals are added up once a second, whoever asks for them', async () => {
  await owner.send('PUT', '/api/studio/budi/public-totals', { isPublic: true })
  const app = countedEdge()
  await ask(app, '/api/channels')
  reads.length = 0
  const askAll = () =>
    Promise.all(Array.from({ length: VIEWERS }, () => ask(app, '/api/channels/budi/totals')))
  expect(new Set((await askAll()).map(({ status }) => status))).toEqual(new Set([200]))
  const once = reads.length
  expect(once).toBeGreaterThan(0)
  expect(once).toBeLessThan(5)
  await askAll()
  expect(reads).toHaveLength(once)
  edge.platform.clock.advance(DEFAULT_DURATIONS.sharedRead)
  await askAll()
  expect(reads).toHaveLength(2 * once)
})

test('a change is felt after a second, on every edge', async () => {
  const [here, there] = [countedEdge(), countedEdge()]
  const live = async (app: typeof here): Promise<unknown> =>
    (await ask(app, '/api/channels/budi/live')).json()
  for (const app of [here, there]) expect(await live(app)).toMatchObject({ broadcast: { id: VIDEO } })
  await edge.platform.database.write([{ sql: `UPDATE broadcast SET state = 'ended', ended_at = 1` }])
  edge.platform.clock.advance(DEFAULT_DURATIONS.sharedRead)
  for (const app of [here, there]) expect(await live(app)).toMatchObject({ broadcast: null })
})

test('of a channel for members nobody gets what another one may see', async () => {
  await owner.send('PATCH', '/api/studio/budi', { visibility: 'members' })
  const stranger = edge.visitor()
  const paths = ['/api/channels/budi/live', `/api/broadcasts/${VIDEO}`, `/api/videos/${VIDEO}`]
  for (const path of paths) {
    const mine = await owner.get(path)
    expect([mine.status, mine.headers.get('cache-control'), mine.headers.get('etag')]).toEqual([
      200,
      'private, no-store',
      null,
    ])
    const theirs = await stranger.get(path)
    expect(theirs.text).not.toContain(VIDEO)
    expect(theirs.headers.get('cache-control')).toMatch(/no-store/)
    expect((await owner.get(path)).text).toContain(VIDEO)
  }
})
