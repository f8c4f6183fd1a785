import { afterEach, beforeEach, expect, test } from 'vitest'
import { TEST_INTERNAL_SECRET } from '../runtimes/node/test-platform.ts'
import {
  createTestChannel,
  OLDER_SECRET,
  ORIGIN_HEADERS,
  type TestChannel,
} from '../runtimes/node/test-broadcasts.ts'

let edge: TestChannel['edge']
let admin: TestChannel['admin']
let owner: TestChannel['owner']
let channelId: TestChannel['channelId']
let jti: TestChannel['jti']
let issue: TestChannel['issue']
let newId: TestChannel['newId']
let report: TestChannel['report']
let open: TestChannel['open']
beforeEach(async () => {
  ;({ edge, admin, owner, channelId, jti, issue, newId, report, open } = await createTestChannel())
})
afterEach(() => edge.platform.close())

async function live(): Promise<unknown> {
  return ((await edge.visitor().get('/api/channels/budi/live')).body as { broadcast: unknown }).broadcast
}

test('open, renew and end are seen by viewers, the studio and the log', async () => {
  const id = newId()
  const opened = await open(id)
  expect([opened.status, opened.body]).toEqual([200, { slug: 'budi', latencyMode: 'low', isRecorded: true }])
  expect((await edge.visitor().get('/api/channels/budi/live')).body).toMatchObject({
    broadcast: { id, state: 'live' },
    playlist: '/live/budi/index.m3u8',
  })
  const health = { videoCodec: 'avc1.64001f', hints: ['key_frames_rare'] }
  expect((await report(id, { event: 'renew', state: 'live', health })).status).toBe(204)
  expect((await owner.get('/api/studio/budi')).body).toMatchObject({
    live: { id, startedBy: 'budi', keyName: 'OBS', health },
  })
  expect((await owner.get('/api/studio/budi/keys')).body).toMatchObject({
    keys: [{ lastUsedAt: edge.platform.clock.now() }],
  })
  expect((await admin.get('/api/admin/broadcasts')).body).toMatchObject({
    broadcasts: [{ id, startedBy: 'budi' }],
  })
  const endedAt = edge.platform.clock.now()
  expect((await report(id, { event: 'end', reason: 'stopped', endedAt })).status).toBe(204)
  expect(await live()).toBeNull()
  expect((await edge.visitor().get(`/api/broadcasts/${id}`)).body).toMatchObject({
    endedAt,
    endReason: 'stopped',
  })
  expect((await edge.visitor().get(`/b/${id}`)).text).toBe('/watch.html')
  expect((await admin.get('/api/admin/activity')).body).toMatchObject({
    activity: [
      { action: 'went_off_air', details: { broadcast: id, reason: 'stopped' } },
      { action: 'went_on_air', member: 'budi', details: { broadcast: id, key: 'OBS' } },
      ...Array.from({ length: 4 }, () => ({})),
    ],
  })
  const events = await edge.platform.database.read({
    sql: `SELECT payload FROM outbox WHERE type = 'live' ORDER BY seq`,
  })
  expect(events.map(({ payload }) => (JSON.parse(String(payload)) as { live: string }).live)).toEqual([
    'live',
    'ended',
  ])
})

test('the same report again changes nothing', async () => {
  const id = newId()
  const answers = await Promise.all([open(id), open(id)])
  expect(answers.map(({ status, body }) => [status, body])).toEqual([
    [200, { slug: 'budi', latencyMode: 'low', isRecorded: true }],
    [200, { slug: 'budi', latencyMode: 'low', isRecorded: true }],
  ])
  const end = { event: 'end', reason: 'stopped', endedAt: edge.platform.clock.now() }
  await Promise.all([report(id, end), report(id, end)])
  expect((await report(id, { event: 'renew', state: 'live' })).status).toBe(410)
  const lines = await edge.platform.database.read({
    sql: `SELECT action FROM activity WHERE action IN ('went_on_air', 'went_off_air') ORDER BY id`,
  })
  expect(lines).toEqual([{ action: 'went_on_air' }, { action: 'went_off_air' }])
})

test('who does not carry a secret is refused, an older secret still counts', async () => {
  for (const authorization of [undefined, 'Bearer wrong', `Basic ${TEST_INTERNAL_SECRET}`])
    expect(
      (await edge.visitor().get('/internal/status?origin=origin-1', authorization ? { authorization } : {}))
        .status,
    ).toBe(403)
  const older = await edge
    .visitor()
    .get('/internal/status?origin=origin-1', { authorization: `Bearer ${OLDER_SECRET}` })
  expect([older.status, older.body]).toEqual([
    200,
    { end: [], revokedJtis: [], settings: [], removeVideos: [] },
  ])
})

test("a key goes on air under a former name of its channel, and under no other channel's", async () => {
  const attempt = (namedSlug: string) =>
    report(newId(), { event: 'open', channelId, jti, startedAt: edge.platform.clock.now(), namedSlug })
  expect((await owner.send('PATCH', '/api/studio/budi', { slug: 'budi-baru' })).status).toBe(200)
  expect((await attempt('somebody-else')).body).toMatchObject({ code: 'key_of_other_channel' })
  expect((await attempt('budi')).body).toMatchObject({ slug: 'budi-baru' })
})

test('an origin that is not configured cannot open anything', async () => {
  const id = newId()
  const answer = await report(id, { event: 'open', originId: 'foreign', channelId, jti, startedAt: 1 })
  expect(answer.status).toBe(403)
  expect(await live()).toBeNull()
})

test('another key is refused while the channel is live, also while the grace time runs', async () => {
  const other = await issue(owner)
  const first = newId()
  await open(first)
  expect((await open(newId(), other)).body).toMatchObject({ code: 'already_live' })
  const { broadcastLease, grace } = edge.platform.config.durations
  edge.platform.clock.advance(broadcastLease + 1)
  expect(await live()).toMatchObject({ id: first, state: 'interrupted' })
  expect((await open(newId(), other)).body).toMatchObject({ code: 'already_live' })
  edge.platform.clock.advance(grace)
  expect(await live()).toBeNull()
  expect((await edge.visitor().get(`/api/broadcasts/${first}`)).body).toMatchObject({ endReason: 'lost' })
  const second = newId()
  expect((await open(second, other)).status).toBe(200)
  expect(await live()).toMatchObject({ id: second, state: 'live' })
  expect((await owner.get('/api/studio/budi/broadcasts')).body).toMatchObject({
    broadcasts: [
      { id: second, endReason: null },
      { id: first, endReason: 'lost' },
    ],
  })
})

test('of two opens at the same time one goes on air', async () => {
  const other = await issue(owner)
  const answers = await Promise.all([open(newId()), open(newId(), other)])
  expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, 409])
})

test('the same key within the grace time goes on with the same broadcast', async () => {
  const id = newId()
  await open(id)
  await report(id, { event: 'renew', state: 'interrupted' })
  expect(await live()).toMatchObject({ id, state: 'interrupted' })
  const { broadcastLease, grace } = edge.platform.config.durations
  edge.platform.clock.advance(broadcastLease + grace)
  expect((await open(newId())).body).toMatchObject({ resumes: id })
  expect(await live()).toMatchObject({ id, state: 'live' })
  edge.platform.clock.advance(broadcastLease + grace + 1)
  const next = newId()
  expect((await open(next)).body).not.toHaveProperty('resumes')
  expect(await live()).toMatchObject({ id: next })
})

test('the address stays while the channel is on air', async () => {
  const id = newId()
  await open(id)
  const move = () => owner.send('PATCH', '/api/studio/budi', { slug: 'budi-tv', title: 'Budi TV' })
  expect((await move()).body).toMatchObject({ code: 'channel_on_air' })
  const same = await owner.send('PATCH', '/api/studio/budi', { slug: 'budi', title: 'Budi TV' })
  expect(same.body).toMatchObject({ slug: 'budi', title: 'Budi TV' })
  await report(id, { event: 'end', reason: 'stopped', endedAt: edge.platform.clock.now() })
  expect((await move()).body).toMatchObject({ slug: 'budi-tv' })
})

test('a late renewal brings an interrupted broadcast back', async () => {
  const id = newId()
  await open(id)
  edge.platform.clock.advance(edge.platform.config.durations.broadcastLease + 1)
  expect(await live()).toMatchObject({ state: 'interrupted' })
  await report(id, { event: 'renew', state: 'live' })
  expect(await live()).toMatchObject({ id, state: 'live' })
})

test('a revoked or expired key, and one that never was, cannot open', async () => {
  expect((await open(newId(), newId())).body).toMatchObject({ code: 'broadcast_refused' })
  const revoked = await issue(owner)
  await owner.send('DELETE', `/api/studio/budi/keys/${revoked}`)
  expect((await open(newId(), revoked)).body).toMatchObject({ code: 'broadcast_refused' })
  const { body } = await edge.visitor().get('/internal/status?origin=origin-1', ORIGIN_HEADERS)
  expect(body).toEqual({ end: [], revokedJtis: [revoked], settings: [], removeVideos: [] })
  edge.platform.clock.advance(366 * 86_400_000)
  expect((await open(newId())).body).toMatchObject({ code: 'broadcast_refused' })
})

test('a key of one channel does not open another', async () => {
  await edge.member('siti', { by: admin, rights: ['on_air'] })
  const [row] = await edge.platform.database.read({ sql: `SELECT id FROM channel WHERE slug = 'siti'` })
  const startedAt = edge.platform.clock.now()
  const answer = await report(newId(), { event: 'open', channelId: row?.['id'], jti, startedAt })
  expect(answer.body).toMatchObject({ code: 'broadcast_refused' })
})
