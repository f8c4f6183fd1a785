import { afterEach, beforeEach, expect, test } from 'vitest'
import { ulid } from '../../shared/ids.ts'
import { createTestEdge, type TestAnswer, type TestEdge, type Visitor } from '../runtimes/node/test-edge.ts'
import { TEST_INTERNAL_SECRET } from '../runtimes/node/test-platform.ts'

const NONE = { maxBitrateBps: null, maxResolution: null, maxDurationSeconds: null }
const HD = { maxBitrateBps: 6_000_000, maxResolution: 1080, maxDurationSeconds: 14_400 }

let edge: TestEdge
let admin: Visitor
beforeEach(async () => {
  edge = await createTestEdge()
  admin = await edge.setUp()
})
afterEach(() => edge.platform.close())

interface Streamer {
  readonly name: string
  readonly visitor: Visitor
  readonly channelId: string
  readonly jti: string
}

async function streamer(name: string): Promise<Streamer> {
  const visitor = await edge.member(name, { by: admin, rights: ['on_air'] })
  const { id: channelId } = (await visitor.get(`/api/studio/${name}`)).body as { id: string }
  const { body } = await visitor.send('POST', `/api/studio/${name}/keys`, { name: 'OBS' })
  return { name, visitor, channelId, jti: (body as { jti: string }).jti }
}

const origin = { authorization: `Bearer ${TEST_INTERNAL_SECRET}` }
const newId = () => ulid(edge.platform.clock.now(), (length) => edge.platform.random.bytes(length))

function open({ channelId, jti }: Streamer, id = newId()): Promise<TestAnswer> {
  const startedAt = edge.platform.clock.now()
  const report = { event: 'open', originId: 'origin-1', channelId, jti, startedAt }
  return edge.visitor().send('PUT', `/internal/broadcasts/${id}`, report, origin)
}

const setLimits = (limits: Record<string, unknown>) => admin.send('PUT', '/api/admin/limits', limits)

test('a channel has the limits of the installation until it has its own', async () => {
  const budi = await streamer('budi')
  const shown = async () => ((await budi.visitor.get('/api/studio/budi')).body as { limits: unknown }).limits
  expect(await shown()).toEqual(NONE)
  await setLimits({ ...HD, maxBroadcasts: 3 })
  expect(await shown()).toEqual(HD)
  const own = { ...NONE, maxResolution: 720 }
  const answer = await admin.send('PUT', '/api/admin/channels/budi/limits', own)
  expect(answer.body).toEqual({
    installation: { ...HD, maxBroadcasts: 3, maxViewers: null, maxSiteViewers: null },
    channels: [{ slug: 'budi', title: 'budi', limits: { ...own, maxViewers: null } }],
  })
  expect(await shown()).toEqual(own)
  const id = newId()
  await open(budi, id)
  expect((await edge.visitor().get(`/internal/broadcasts/${id}/settings`, origin)).body).toMatchObject({
    limits: own,
  })
  expect((await admin.get('/api/admin/broadcasts')).body).toMatchObject({
    broadcasts: [{ limits: own, health: null }],
  })
  await admin.send('DELETE', '/api/admin/channels/budi/limits')
  expect(await shown()).toEqual(HD)
  expect((await admin.get('/api/admin/activity')).body).toMatchObject({
    activity: [
      { action: 'channel_limits_changed', details: { channel: 'budi', followsSite: true } },
      { action: 'went_on_air' },
      {
        action: 'channel_limits_changed',
        admin: 'pengelola',
        details: { channel: 'budi', maxResolution: 720 },
      },
      { action: 'limits_changed', details: { maxBroadcasts: 3 } },
      {},
      {},
      {},
      {},
    ],
  })
})

test('one broadcast too many is refused, and leaves no trace', async () => {
  const [budi, siti, dewi] = [await streamer('budi'), await streamer('siti'), await streamer('dewi')]
  await setLimits({ ...NONE, maxBroadcasts: 1 })
  const answers = await Promise.all([open(budi), open(siti), open(dewi)])
  expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, 409, 409])
  const refused = answers.filter(({ status }) => status === 409).map(({ body }) => body)
  expect(refused).toMatchObject([{ code: 'too_many_broadcasts' }, { code: 'too_many_broadcasts' }])
  const count = async (sql: string) => (await edge.platform.database.read({ sql }))[0]?.['n']
  expect(await count('SELECT COUNT(*) AS n FROM broadcast')).toBe(1)
  expect(await count(`SELECT COUNT(*) AS n FROM activity WHERE action = 'went_on_air'`)).toBe(1)
  expect(await count(`SELECT COUNT(*) AS n FROM outbox WHERE type = 'live'`)).toBe(1)
})

test('the broadcast that is on air goes on: the same report, the same key again', async () => {
  const [budi, siti] = [await streamer('budi'), await streamer('siti')]
  const id = newId()
  await open(budi, id)
  await setLimits({ ...NONE, maxBroadcasts: 1 })
  expect((await open(budi, id)).status).toBe(200)
  expect((await open(budi)).body).toMatchObject({ resumes: id })
  expect((await open(siti)).body).toMatchObject({ code: 'too_many_broadcasts' })
  // An origin that died takes its place with it only for the grace time.
  const { broadcastLease, grace } = edge.platform.config.durations
  edge.platform.clock.advance(broadcastLease + grace)
  expect((await open(siti)).body).toMatchObject({ code: 'too_many_broadcasts' })
  edge.platform.clock.advance(1)
  expect((await open(siti)).status).toBe(200)
})

test.each([
  [{ ...HD }, 'maxBroadcasts'],
  [{ ...HD, maxBroadcasts: 0 }, 'maxBroadcasts'],
  [{ ...HD, maxBroadcasts: 1, maxBitrateBps: 0.5 }, 'maxBitrateBps'],
  [{ ...HD, maxBroadcasts: 1, maxResolution: 100_000 }, 'maxResolution'],
  [{ ...HD, maxBroadcasts: 1, maxDurationSeconds: '4' }, 'maxDurationSeconds'],
])('%j is refused', async (limits, field) => {
  expect((await setLimits(limits)).body).toMatchObject({
    code: 'invalid_input',
    fields: { [field]: expect.any(String) },
  })
})

test('only admins see and set limits, and only of channels that exist', async () => {
  const budi = await streamer('budi')
  for (const person of [budi.visitor, edge.visitor()]) {
    expect((await person.get('/api/admin/limits')).status).toBe(401)
    expect((await person.send('PUT', '/api/admin/limits', { ...HD, maxBroadcasts: 1 })).status).toBe(401)
    expect((await person.send('PUT', '/api/admin/channels/budi/limits', HD)).status).toBe(401)
    expect((await person.send('DELETE', '/api/admin/channels/budi/limits')).status).toBe(401)
  }
  expect((await admin.send('PUT', '/api/admin/channels/nobody/limits', HD)).status).toBe(404)
})
