import { afterEach, beforeEach, expect, test } from 'vitest'
import { generateKeyPair, exportJWK } from 'jose'
import { createTestEdge, type Member, type TestEdge, type Visitor } from '../runtimes/node/test-edge.ts'
import { TEST_INTERNAL_SECRET } from '../runtimes/node/test-platform.ts'
import { createSealedBox } from '../http/seal.ts'

const KEY = 'abcd-efgh-ijkl-mnop-canary'
const PATH = '/api/studio/budi/restreams'

let edge: TestEdge
let admin: Visitor
let owner: Member
beforeEach(async () => {
  edge = await createTestEdge()
  admin = await edge.setUp()
  owner = await edge.member('budi', { by: admin, rights: ['on_air'] })
})
afterEach(() => edge.platform.close())

const youtube = { name: 'YouTube', url: 'rtmp://a.rtmp.youtube.com/live2', streamKey: KEY }

async function add(target: Record<string, unknown> = youtube): Promise<{ id: string }> {
  const { status, body, text } = await owner.send('POST', PATH, target)
  expect([status, text]).toEqual([201, text])
  return body as { id: string }
}

const origin = { authorization: `Bearer ${TEST_INTERNAL_SECRET}` }

async function onAir(): Promise<string> {
  const { id: channelId } = (await owner.get('/api/studio/budi')).body as { id: string }
  const { jti } = (await owner.send('POST', '/api/studio/budi/keys', { name: 'OBS' })).body as { jti: string }
  const id = '01jd3v2k8m0000000000000000'
  const open = { event: 'open', originId: 'origin-1', channelId, jti, startedAt: edge.platform.clock.now() }
  expect((await edge.visitor().send('PUT', `/internal/broadcasts/${id}`, open, origin)).status).toBe(200)
  return id
}

async function settings(id: string): Promise<{ version: string; restreams: unknown[] }> {
  const { body } = await edge.visitor().get(`/internal/broadcasts/${id}/settings`, origin)
  return body as { version: string; restreams: unknown[] }
}

async function polledVersion(): Promise<string | undefined> {
  const { body } = await edge.visitor().get('/internal/status?origin=origin-1', origin)
  return (body as { settings: { version: string }[] }).settings[0]?.version
}

test('a target reaches the origin with its key, and pages without', async () => {
  const { id } = await add()
  const { body, text } = await owner.get(PATH)
  expect(body).toEqual({
    targets: [{ id, name: 'YouTube', url: youtube.url, keyEnd: 'nary', isEnabled: true }],
  })
  expect(text).not.toContain(KEY)
  const broadcast = await onAir()
  expect(await settings(broadcast)).toMatchObject({
    restreams: [{ id, url: youtube.url, streamKey: KEY }],
    mayRestreamToPrivate: false,
  })
  const states = () => owner.get('/api/studio/budi').then((answer) => (answer.body as { live: unknown }).live)
  expect(await states()).toMatchObject({ restreams: [{ name: 'YouTube', state: null }] })
  const health = { hints: [], restreams: [{ id, state: 'failing' }] }
  const renew = { event: 'renew', originId: 'origin-1', state: 'live', health }
  await edge.visitor().send('PUT', `/internal/broadcasts/${broadcast}`, renew, origin)
  expect(await states()).toMatchObject({ restreams: [{ name: 'YouTube', state: 'failing' }] })
})

test('every change has a version of its own, that the poll names', async () => {
  const broadcast = await onAir()
  const seen = new Set<string>()
  const isNew = async () => {
    const { version } = await settings(broadcast)
    expect(await polledVersion()).toBe(version)
    return !seen.has(version) && seen.add(version) !== undefined
  }
  expect(await isNew()).toBe(true)
  const { id } = await add()
  expect(await isNew()).toBe(true)
  await owner.send('PATCH', `${PATH}/${id}`, { isEnabled: false })
  expect(await isNew()).toBe(true)
  expect((await settings(broadcast)).restreams).toEqual([])
  await owner.send('PATCH', `${PATH}/${id}`, { isEnabled: true, streamKey: 'another-key' })
  expect(await isNew()).toBe(true)
  expect((await owner.send('DELETE', `${PATH}/${id}`)).status).toBe(204)
  expect(await isNew()).toBe(true)
  const limits = { maxBitrateBps: 6_000_000, maxResolution: null, maxDurationSeconds: null }
  await admin.send('PUT', '/api/admin/channels/budi/limits', limits)
  expect(await isNew()).toBe(true)
  await admin.send('PUT', '/api/admin/limits', { ...limits, maxResolution: 720, maxBroadcasts: null })
  expect(await isNew()).toBe(false)
})

test('no key is in the database, the log or the activity', async () => {
  const { id } = await add()
  await owner.send('PATCH', `${PATH}/${id}`, { name: 'YouTube kedua', isEnabled: false })
  await owner.send('DELETE', `${PATH}/${id}`)
  await add()
  const tables = await edge.platform.database.read({
    sql: `SELECT name FROM sqlite_master WHERE type = 'table'`,
  })
  const rows = await Promise.all(
    tables.map(({ name }) => edge.platform.database.read({ sql: `SELECT * FROM "${String(name)}"` })),
  )
  const kept = JSON.stringify([rows, edge.platform.logged])
  expect(kept).toContain('sealed_key')
  expect(kept).not.toContain('canary')
  const { body } = await admin.get('/api/admin/activity')
  expect(body).toMatchObject({
    activity: [
      { action: 'restream_added', details: { channel: 'budi', name: 'YouTube', isEnabled: true } },
      { action: 'restream_removed', details: { name: 'YouTube kedua' } },
      { action: 'restream_changed', details: { name: 'YouTube kedua', isEnabled: false } },
      { action: 'restream_added', member: 'budi' },
      {},
      {},
      {},
    ],
  })
})

test('a kept key never goes to another address', async () => {
  const { id } = await add()
  const url = 'rtmp://rtmp.example.org/live'
  expect((await owner.send('PATCH', `${PATH}/${id}`, { url })).body).toMatchObject({
    code: 'invalid_input',
    fields: { streamKey: 'missing' },
  })
  const moved = await owner.send('PATCH', `${PATH}/${id}`, { url, streamKey: 'short' })
  expect(moved.body).toMatchObject({ url, keyEnd: '' })
})

test.each([
  [{ ...youtube, url: 'rtmp://localhost:1940/live' }, { url: 'not_allowed' }],
  [{ ...youtube, url: 'http://a.example.org/live' }, { url: 'malformed' }],
  [{ ...youtube, url: 'rtmp://a.example.org' }, { url: 'malformed' }],
  [{ ...youtube, streamKey: 'two words' }, { streamKey: 'malformed' }],
  [{ ...youtube, name: ' ' }, { name: 'missing' }],
])('%j is refused', async (target, fields) => {
  expect((await owner.send('POST', PATH, target)).body).toMatchObject({ code: 'invalid_input', fields })
})

test('five targets and no more, also at the same moment', async () => {
  const answers = await Promise.all(Array.from({ length: 7 }, () => owner.send('POST', PATH, youtube)))
  expect(answers.filter(({ status }) => status === 201)).toHaveLength(5)
  expect(answers.filter(({ status }) => status !== 201).map(({ body }) => body)).toMatchObject([
    { code: 'too_many_restreams' },
    { code: 'too_many_restreams' },
  ])
})

test('the targets are the business of the owner alone', async () => {
  const { id } = await add()
  const operator = await edge.member('siti')
  await owner.send('POST', '/api/studio/budi/operators', { username: 'siti' })
  expect((await operator.get(PATH)).status).toBe(403)
  expect((await operator.send('DELETE', `${PATH}/${id}`)).status).toBe(403)
  const other = await edge.member('dewi', { by: admin, rights: ['on_air'] })
  expect((await other.send('DELETE', `/api/studio/dewi/restreams/${id}`)).status).toBe(404)
  expect((await other.send('PATCH', `/api/studio/dewi/restreams/${id}`, { isEnabled: false })).status).toBe(
    404,
  )
})

test('a sealed key opens where it belongs, with the signing key of its time, and nowhere else', async () => {
  const { config, random } = edge.platform
  const { privateKey } = await generateKeyPair('EdDSA', { crv: 'Ed25519', extractable: true })
  const newer = { ...(await exportJWK(privateKey)), kid: 'k02', alg: 'EdDSA' }
  const box = createSealedBox(config, random, 'panggung restream key')
  const sealed = await box.seal(KEY, 'a')
  expect(await box.seal(KEY, 'a')).not.toBe(sealed)
  expect(await box.open(sealed, 'a')).toBe(KEY)
  expect(await box.open(sealed, 'b')).toBeUndefined()
  expect(await box.open(sealed.slice(0, -1) + (sealed.endsWith('A') ? 'B' : 'A'), 'a')).toBeUndefined()
  const both = createSealedBox(
    { ...config, signingKeys: [newer, ...config.signingKeys] },
    random,
    'panggung restream key',
  )
  expect(await both.open(sealed, 'a')).toBe(KEY)
  expect((await both.seal(KEY, 'a')).startsWith('k02.')).toBe(true)
  const replaced = createSealedBox({ ...config, signingKeys: [newer] }, random, 'panggung restream key')
  expect(await replaced.open(sealed, 'a')).toBeUndefined()
})
