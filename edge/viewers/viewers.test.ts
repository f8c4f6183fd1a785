import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { ulid } from '../../shared/ids.ts'
import { createTestEdge, type Member, type TestEdge, type Visitor } from '../runtimes/node/test-edge.ts'
import { TEST_INTERNAL_SECRET } from '../runtimes/node/test-platform.ts'

let edge: TestEdge
let admin: Visitor
let owner: Member
let broadcastId: string
let asked: string[]

beforeEach(async () => {
  asked = []
  edge = await createTestEdge({ fetchOrigin })
  admin = await edge.setUp()
  owner = await edge.member('budi', { by: admin, rights: ['on_air', 'donations'] })
  broadcastId = await goOnAir(owner, 'budi')
})
afterEach(() => edge.platform.close())

const fetchOrigin = (url: string): Promise<Response> => {
  const path = new URL(url).pathname
  asked.push(path)
  const body = path.endsWith('index.m3u8')
    ? `#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\n${broadcastId}/source/media.m3u8\n`
    : 'media'
  return Promise.resolve(new Response(body, { headers: { 'x-target-duration': '4' } }))
}

async function goOnAir(member: Visitor, slug: string): Promise<string> {
  const { id: channelId } = (await member.get(`/api/studio/${slug}`)).body as { id: string }
  const { body } = await member.send('POST', `/api/studio/${slug}/keys`, { name: 'OBS' })
  const id = ulid(edge.platform.clock.now(), edge.platform.random.bytes)
  const report = {
    event: 'open',
    originId: 'origin-1',
    channelId,
    jti: (body as { jti: string }).jti,
    startedAt: edge.platform.clock.now(),
  }
  const { status } = await edge
    .visitor()
    .send('PUT', `/internal/broadcasts/${id}`, report, { authorization: `Bearer ${TEST_INTERNAL_SECRET}` })
  expect(status).toBe(200)
  return id
}

async function show(visibility: string): Promise<void> {
  expect((await owner.send('PATCH', '/api/studio/budi', { visibility })).body).toMatchObject({ visibility })
  // What an edge knew before is too old to be believed by then.
  edge.platform.clock.advance(10_000)
}

async function passOf(visitor: Visitor, token?: string): Promise<string> {
  const { status, body } = await visitor.send('POST', '/api/channels/budi/viewers', { token })
  expect(status).toBe(201)
  return (body as { token: string }).token
}

const segment = () => `budi/${broadcastId}/source/seg.1.m4s`

describe('a channel for members', () => {
  beforeEach(() => show('members'))

  test('tells strangers nothing of what is on air', async () => {
    const stranger = edge.visitor()
    expect((await stranger.get('/api/channels')).body).toEqual({ channels: [] })
    expect((await stranger.get('/api/channels/budi')).body).toMatchObject({
      visibility: 'members',
      live: null,
    })
    const live = await stranger.get('/api/channels/budi/live')
    expect(live.body).toMatchObject({ broadcast: null, playlist: null, needsSignIn: true })
    expect(live.headers.get('cache-control')).toBe('private, no-store')
    const broadcast = await stranger.get(`/api/broadcasts/${broadcastId}`)
    expect([broadcast.status, broadcast.body]).toMatchObject([401, { code: 'sign_in_required' }])
    expect((await stranger.send('POST', '/api/channels/budi/viewers', {})).body).toMatchObject({
      code: 'sign_in_required',
    })
    const page = await stranger.get('/c/budi')
    expect(page.headers.get('x-robots-tag')).toContain('noindex')
    expect(page.text).not.toContain(broadcastId)
    const past = await stranger.get(`/b/${broadcastId}`)
    expect([past.status, past.headers.get('x-robots-tag')]).toEqual([200, 'noindex, nofollow'])
    for (const path of ['budi/index.m3u8', 'budi/still.jpg', segment()]) {
      const answer = await stranger.get(`/live/${path}`)
      expect([answer.status, answer.headers.get('cache-control')]).toEqual([401, 'no-store'])
      expect(JSON.parse(answer.text)).toMatchObject({ code: 'viewer_token_required' })
    }
  })

  test('is watched by members and admins, who alone keep what they get', async () => {
    const member = await edge.member('siti')
    expect((await member.get('/api/channels')).body).toMatchObject({ channels: [{ slug: 'budi' }] })
    expect((await member.get('/api/channels/budi/live')).body).toMatchObject({
      broadcast: { id: broadcastId },
      needsSignIn: false,
      needsToken: true,
    })
    for (const viewer of [member, admin]) {
      const token = await passOf(viewer)
      const answer = await edge.visitor().get(`/live/~${token}/${segment()}`)
      expect([answer.status, answer.text]).toEqual([200, 'media'])
      expect(answer.headers.get('cache-control')).toMatch(/^private, /)
      expect((await edge.visitor().get(`/live/~${token}/budi/still.jpg`)).status).toBe(200)
    }
    // Tokens are no part of the key: one fill for both.
    expect(asked.filter((path) => path.endsWith('seg.1.m4s'))).toEqual([`/live/${segment()}`])
  })

  test('ends for an address that was passed on, when its token does', async () => {
    const member = await edge.member('siti')
    const leaked = `/live/~${await passOf(member)}/${segment()}`
    expect((await edge.visitor().get(leaked)).status).toBe(200)
    edge.platform.clock.advance(60_000)
    expect((await edge.visitor().get(leaked)).status).toBe(401)
  })

  test('gives the browser’s own player, which cannot renew, a pass that lasts ten times as long', async () => {
    const member = await edge.member('siti')
    const { body } = await member.send('POST', '/api/channels/budi/viewers', { isNative: true })
    const { token, lifetimeMs } = body as { token: string; lifetimeMs: number }
    expect(lifetimeMs).toBe(600_000)
    const address = `/live/~${token}/${segment()}`
    edge.platform.clock.advance(599_999)
    expect((await edge.visitor().get(address)).status).toBe(200)
    edge.platform.clock.advance(1)
    expect((await edge.visitor().get(address)).status).toBe(401)
  })

  test('is renewed while somebody is signed in, and not afterwards', async () => {
    const member = await edge.member('siti')
    const first = await passOf(member)
    edge.platform.clock.advance(30_000)
    const second = await passOf(member, first)
    // The same viewer, for longer.
    expect(second.split('.').slice(1, 5)).toEqual(first.split('.').slice(1, 5))
    await member.send('POST', '/api/accounts/sign-out')
    expect((await member.send('POST', '/api/channels/budi/viewers', { token: second })).status).toBe(401)
  })

  test('is not opened by the token of another channel, nor by one from the time when it was for all', async () => {
    const other = await edge.member('dewi', { by: admin, rights: ['on_air'] })
    await other.send('PATCH', '/api/studio/dewi', { visibility: 'members' })
    const { body } = await other.send('POST', '/api/channels/dewi/viewers', {})
    const foreign = (body as { token: string }).token
    expect((await edge.visitor().get(`/live/~${foreign}/${segment()}`)).status).toBe(401)

    await show('public')
    const open = await passOf(edge.visitor())
    expect((await edge.visitor().get(`/live/~${open}/${segment()}`)).status).toBe(200)
    await show('members')
    expect((await edge.visitor().get(`/live/~${open}/${segment()}`)).status).toBe(401)
  })
})

test('an unlisted channel is watched by its link and found nowhere', async () => {
  await show('unlisted')
  const member = await edge.member('siti')
  for (const visitor of [edge.visitor(), member])
    expect((await visitor.get('/api/channels')).body).toEqual({ channels: [] })
  expect((await admin.get('/api/admin/channels')).body).toMatchObject({ channels: [{ slug: 'budi' }] })
  expect((await member.get('/api/admin/channels')).status).toBe(401)
  const stranger = edge.visitor()
  expect((await stranger.get('/api/channels/budi/live')).body).toMatchObject({
    broadcast: { id: broadcastId },
  })
  expect((await stranger.get(`/live/${segment()}`)).headers.get('cache-control')).toMatch(/^public, /)
  expect((await stranger.get('/c/budi')).headers.get('x-robots-tag')).toContain('noindex')
})

test.each([
  ['public', 'public', null],
  ['unlisted', 'public', 'noindex, nofollow'],
  ['public', 'unlisted', 'noindex, nofollow'],
  ['members', 'members', 'noindex, nofollow'],
])('search engines are asked to stay away: channel %s, video %s: %s', async (channel, video, robots) => {
  await show(channel)
  await edge.platform.database.write([
    {
      sql: `INSERT INTO video (id, channel_id, origin_id, state, is_published, visibility, started_at)
            SELECT id, channel_id, origin_id, 'recording', 1, ?, started_at FROM broadcast WHERE id = ?
            ON CONFLICT (id) DO UPDATE SET is_published = 1, visibility = excluded.visibility`,
      args: [video, broadcastId],
    },
  ])
  const stranger = edge.visitor()
  const ofVideo = await stranger.get(`/v/${broadcastId}`)
  expect([ofVideo.status, ofVideo.headers.get('x-robots-tag')]).toEqual([200, robots])
  const ofBroadcast = (await stranger.get(`/b/${broadcastId}`)).headers.get('x-robots-tag')
  expect(ofBroadcast).toBe(channel === 'public' ? null : 'noindex, nofollow')
  expect((await stranger.get('/v/tidak-ada')).status).toBe(404)
})

test('a token that says nothing changes nothing where everybody may watch', async () => {
  const token = await passOf(edge.visitor())
  const stranger = edge.visitor()
  for (const prefix of [`~${token}/`, '~bukan.token/', ''])
    expect((await stranger.get(`/live/${prefix}${segment()}`)).text).toBe('media')
  expect(asked.filter((path) => path.endsWith('seg.1.m4s'))).toHaveLength(1)
  for (const prefix of ['~', `~${'a'.repeat(513)}`, '~a b', `~${token}`])
    expect((await stranger.get(`/live/${prefix}`)).status).toBe(404)
})

test('the database may go: who may watch is known from before, and nobody is let in on a guess', async () => {
  await show('members')
  const token = await passOf(await edge.member('siti'))
  const other = await edge.member('dewi', { by: admin, rights: ['on_air'] })
  expect(other.username).toBe('dewi')
  expect((await edge.visitor().get(`/live/${segment()}`)).status).toBe(401)
  await edge.platform.database.close()
  for (const waitMs of [0, 5_000, 20_000]) {
    edge.platform.clock.advance(waitMs)
    expect((await edge.visitor().get(`/live/${segment()}`)).status).toBe(401)
    expect((await edge.visitor().get(`/live/~${token}/${segment()}`)).status).toBe(200)
  }
  expect((await edge.visitor().get('/live/dewi/index.m3u8')).status).toBe(503)
})

describe('the audience', () => {
  const AUDIENCE_MS = 10_000
  const playlist = (token: string) => edge.visitor().get(`/live/~${token}/budi/index.m3u8`)
  const live = async () => (await edge.visitor().get('/api/channels/budi/live')).body

  test('is counted by passes, shown, and forgotten', async () => {
    expect(await live()).toMatchObject({ viewers: 0 })
    const tokens = [await passOf(edge.visitor()), await passOf(edge.visitor())]
    for (const token of tokens) await playlist(token)
    edge.platform.clock.advance(AUDIENCE_MS)
    for (const token of [...tokens, ...tokens]) await playlist(token)
    await expect.poll(live).toMatchObject({ viewers: 2 })
    expect((await edge.visitor().get('/api/channels')).body).toMatchObject({ channels: [{ viewers: 2 }] })
    const studio = async () => ((await owner.get('/api/studio/budi')).body as { live: unknown }).live
    expect(await studio()).toMatchObject({ viewers: 2, peakViewers: 2 })
    // Asking for nothing is watching nothing, and the most stays.
    edge.platform.clock.advance(AUDIENCE_MS * 3)
    expect(await live()).toMatchObject({ viewers: 0 })
    expect((await owner.get('/api/studio/budi/broadcasts')).body).toMatchObject({
      broadcasts: [{ peakViewers: 2 }],
    })
  })

  test('has a limit: one too many waits, whoever is there stays, and nobody comes without a pass', async () => {
    const NONE = { maxBitrateBps: null, maxResolution: null, maxDurationSeconds: null }
    const early = await passOf(edge.visitor())
    await playlist(early)
    const set = await admin.send('PUT', '/api/admin/channels/budi/limits', { ...NONE, maxViewers: 2 })
    expect(set.body).toMatchObject({ channels: [{ limits: { maxViewers: 2 } }] })
    edge.platform.clock.advance(10_000)
    await playlist(early)
    expect((await edge.visitor().get('/live/budi/index.m3u8')).status).toBe(401)
    expect(await live()).toMatchObject({ needsToken: true })
    const second = await passOf(edge.visitor())
    const full = await edge.visitor().send('POST', '/api/channels/budi/viewers', {})
    expect([full.status, full.body]).toMatchObject([503, { code: 'audience_full' }])
    expect(full.headers.get('retry-after')).not.toBeNull()
    // Waiting is no offence, however many wait at one address.
    for (let index = 0; index < 700; index++)
      expect((await edge.visitor().send('POST', '/api/channels/budi/viewers', {})).status).toBe(503)
    expect(edge.platform.logged.filter((line) => line.includes('audience_full'))).toHaveLength(1)
    for (const token of [early, second]) {
      expect((await playlist(token)).status).toBe(200)
      await passOf(edge.visitor(), token)
    }
    edge.platform.clock.advance(25_000)
    await passOf(edge.visitor())
  })

  test('of the whole site has a limit too', async () => {
    const limits = { maxBitrateBps: null, maxResolution: null, maxDurationSeconds: null, maxBroadcasts: null }
    await admin.send('PUT', '/api/admin/limits', { ...limits, maxSiteViewers: 1 })
    await edge.member('dewi', { by: admin, rights: ['on_air'] })
    await passOf(edge.visitor())
    const full = await edge.visitor().send('POST', '/api/channels/dewi/viewers', {})
    expect(full.body).toMatchObject({ code: 'audience_full' })
  })
})
