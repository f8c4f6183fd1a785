import { createLocalJWKSet, jwtVerify, type JSONWebKeySet } from 'jose'
import * as v from 'valibot'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { PlayTokenClaims, StreamKeyClaims } from '../../shared/claims.ts'
import { OPAQUE_KEY_PATTERN, parseStreamName } from '../../shared/stream-key.ts'
import { createTestEdge, type Member, type TestEdge, type Visitor } from '../runtimes/node/test-edge.ts'
import { TEST_INTERNAL_SECRET } from '../runtimes/node/test-platform.ts'

let edge: TestEdge
let admin: Visitor
let owner: Member
beforeEach(async () => {
  edge = await createTestEdge()
  admin = await edge.setUp()
  owner = await edge.member('budi', { by: admin, rights: ['on_air'] })
})
afterEach(() => edge.platform.close())

interface Revealed {
  readonly jti: string
  readonly streamKey: string
}

async function issue(person: Visitor, name: string): Promise<Revealed> {
  const { status, body, text } = await person.send('POST', '/api/studio/budi/keys', { name })
  expect([status, text]).toEqual([201, text])
  return body as Revealed
}

function jwtOf({ streamKey }: Revealed): string {
  const presented = parseStreamName(streamKey)
  return presented?.kind === 'jwt' ? presented.jwt : ''
}

async function operator(): Promise<Member> {
  const person = await edge.member('siti')
  await owner.send('POST', '/api/studio/budi/operators', { username: 'siti' })
  return person
}

test('a key is a short JWT that the published keys verify', async () => {
  const revealed = await issue(owner, 'OBS di rumah')
  expect(revealed).toMatchObject({
    name: 'OBS di rumah',
    member: 'budi',
    isMine: true,
    server: 'rtmp://localhost/live',
  })
  expect(revealed.streamKey).toMatch(/^budi\?key=/)
  const jwt = jwtOf(revealed)
  expect(jwt.length).toBeLessThanOrEqual(280)
  const { headers, body } = await edge.visitor().get('/.well-known/jwks.json')
  expect(headers.get('cache-control')).toBe('public, max-age=60')
  const { payload, protectedHeader } = await jwtVerify(jwt, createLocalJWKSet(body as JSONWebKeySet), {
    algorithms: ['EdDSA'],
    issuer: edge.platform.config.installationId,
    audience: 'ingest',
    currentDate: new Date(edge.platform.clock.now()),
  })
  const channel = (await owner.get('/api/studio/budi')).body as { id: string }
  expect(protectedHeader).toEqual({ alg: 'EdDSA', kid: 'k01' })
  expect(v.parse(StreamKeyClaims, payload)).toMatchObject({ sub: channel.id, jti: revealed.jti })
})

test('what is published holds no private part', async () => {
  const { body, text } = await edge.visitor().get('/.well-known/jwks.json')
  expect(body).toEqual({
    keys: [{ kty: 'OKP', crv: 'Ed25519', x: expect.any(String), kid: 'k01', alg: 'EdDSA', use: 'sig' }],
  })
  expect(text).not.toContain(edge.platform.config.signingKeys[0]?.d ?? 'no private part')
})

test('revealing gives the same key again, to its person only', async () => {
  const person = await operator()
  const key = await issue(person, 'laptop')
  edge.platform.clock.advance(86_400_000)
  const again = await person.send('POST', `/api/studio/budi/keys/${key.jti}/reveal`)
  expect(again.body).toMatchObject({ streamKey: key.streamKey })
  expect((await owner.send('POST', `/api/studio/budi/keys/${key.jti}/reveal`)).status).toBe(403)
})

test('the key follows the channel to its new address', async () => {
  const key = await issue(owner, 'OBS')
  await owner.send('PATCH', '/api/studio/budi', { slug: 'budi-tv' })
  const again = (await owner.send('POST', `/api/studio/budi-tv/keys/${key.jti}/reveal`)).body as Revealed
  expect(again.streamKey).toMatch(/^budi-tv\?key=/)
  expect(jwtOf(again)).toBe(jwtOf(key))
})

test('the owner sees and revokes all keys, an operator their own; each alone', async () => {
  const person = await operator()
  const mine = await issue(owner, 'punya budi')
  edge.platform.clock.advance(1)
  const theirs = await issue(person, 'punya siti')
  edge.platform.clock.advance(1)
  const other = await issue(person, 'kamera')
  const names = async (visitor: Visitor) => {
    const { body } = await visitor.get('/api/studio/budi/keys')
    return (body as { keys: { name: string }[] }).keys.map(({ name }) => name)
  }
  expect(await names(owner)).toEqual(['kamera', 'punya siti', 'punya budi'])
  expect(await names(person)).toEqual(['kamera', 'punya siti'])
  expect((await person.send('DELETE', `/api/studio/budi/keys/${mine.jti}`)).status).toBe(403)
  expect((await owner.send('DELETE', `/api/studio/budi/keys/${theirs.jti}`)).status).toBe(204)
  expect((await owner.send('DELETE', `/api/studio/budi/keys/${theirs.jti}`)).status).toBe(204)
  expect((await person.send('POST', `/api/studio/budi/keys/${theirs.jti}/reveal`)).body).toMatchObject({
    code: 'key_revoked',
  })
  expect((await person.send('POST', `/api/studio/budi/keys/${other.jti}/reveal`)).status).toBe(200)
})

test('without the right there is no key; with twenty there is no more', async () => {
  await admin.send('DELETE', `/api/admin/members/${owner.id}/rights/on_air`, { reason: 'istirahat' })
  expect((await owner.send('POST', '/api/studio/budi/keys', { name: 'OBS' })).body).toMatchObject({
    code: 'right_missing',
  })
  await admin.send('PUT', `/api/admin/members/${owner.id}/rights/on_air`, { reason: 'kembali' })
  const answers = await Promise.all(
    Array.from({ length: 21 }, (_, index) =>
      owner.send('POST', '/api/studio/budi/keys', { name: `OBS ${index}` }),
    ),
  )
  const refused = answers.filter(({ status }) => status !== 201)
  expect(refused.map(({ body }) => body)).toMatchObject([{ code: 'too_many_keys' }])
  const { activity } = (await admin.get('/api/admin/activity')).body as { activity: { action: string }[] }
  expect(activity.filter(({ action }) => action === 'key_issued')).toHaveLength(20)
})

test('no key is in the database or in the log, but who issued, revealed and revoked is', async () => {
  const key = await issue(owner, 'OBS')
  await owner.send('POST', `/api/studio/budi/keys/${key.jti}/reveal`)
  await owner.send('DELETE', `/api/studio/budi/keys/${key.jti}`)
  const tables = await edge.platform.database.read({
    sql: `SELECT name FROM sqlite_master WHERE type = 'table'`,
  })
  const rows = await Promise.all(
    tables.map(({ name }) => edge.platform.database.read({ sql: `SELECT * FROM "${String(name)}"` })),
  )
  const kept = JSON.stringify([rows, edge.platform.logged])
  const [, claims = '', signature = ''] = jwtOf(key).split('.')
  expect(kept).toContain(key.jti)
  expect(kept).not.toContain(claims)
  expect(kept).not.toContain(signature)
  expect((await admin.get('/api/admin/activity')).body).toMatchObject({
    activity: [
      { action: 'key_revoked', member: 'budi' },
      { action: 'key_revealed', member: 'budi' },
      { action: 'key_issued', member: 'budi', details: { channel: 'budi', name: 'OBS', jti: key.jti } },
      {},
      {},
      {},
    ],
  })
})

test('a key of another channel is not found here', async () => {
  const key = await issue(owner, 'OBS')
  const other = await edge.member('siti', { by: admin, rights: ['on_air'] })
  expect((await other.send('DELETE', `/api/studio/siti/keys/${key.jti}`)).status).toBe(404)
  expect((await other.send('POST', `/api/studio/siti/keys/${key.jti}/reveal`)).status).toBe(404)
})

async function issueShort(person: Visitor, name = 'Larix'): Promise<Revealed> {
  const { body } = await person.send('POST', '/api/studio/budi/keys', { name, kind: 'short' })
  return body as Revealed
}

async function resolve(key: string): Promise<{ status: number; body: unknown }> {
  const headers = { authorization: `Bearer ${TEST_INTERNAL_SECRET}` }
  return edge.visitor().send('POST', '/internal/keys/resolve', { key }, headers)
}

test('a short key is easy to type, and stands for the same claims', async () => {
  const key = await issueShort(owner)
  expect(key).toMatchObject({ kind: 'short', server: 'rtmp://localhost/live', isMine: true })
  expect(key.streamKey).toMatch(/^[2-9a-hjkmnp-z]{24}$/)
  expect(key.streamKey).toMatch(OPAQUE_KEY_PATTERN)
  // The keyboard of a phone writes a capital first.
  const typed = key.streamKey.replace(/[a-z]/, (letter) => letter.toUpperCase())
  expect(parseStreamName(typed)).toEqual({ kind: 'opaque', key: key.streamKey })
  const channel = (await owner.get('/api/studio/budi')).body as { id: string }
  const expiresAt = edge.platform.clock.now() + 365 * 86_400_000
  expect(await resolve(key.streamKey)).toMatchObject({
    status: 200,
    body: { channelId: channel.id, jti: key.jti, expiresAt },
  })
  expect((await owner.get('/api/studio/budi/keys')).body).toMatchObject({ keys: [{ kind: 'short' }] })
})

test('a short key is shown once and kept as a hash', async () => {
  const key = await issueShort(owner)
  expect((await owner.send('POST', `/api/studio/budi/keys/${key.jti}/reveal`)).body).toMatchObject({
    code: 'key_shown_once',
  })
  const rows = await edge.platform.database.read({ sql: 'SELECT * FROM stream_key' })
  const lines = await edge.platform.database.read({ sql: 'SELECT * FROM activity' })
  const kept = JSON.stringify([rows, lines, edge.platform.logged])
  expect(kept).toContain(key.jti)
  expect(kept).not.toContain(key.streamKey)
  expect((await admin.get('/api/admin/activity')).body).toMatchObject({
    activity: [{ action: 'key_issued', details: { kind: 'short' } }, {}, {}, {}],
  })
})

test('a short key that is unknown, revoked or expired stands for nothing', async () => {
  const [revoked, expired] = [await issueShort(owner, 'satu'), await issueShort(owner, 'dua')]
  expect((await resolve('2'.repeat(24))).status).toBe(404)
  expect((await resolve('TOO-SHORT')).status).toBe(422)
  await owner.send('DELETE', `/api/studio/budi/keys/${revoked.jti}`)
  expect((await resolve(revoked.streamKey)).status).toBe(404)
  expect((await resolve(expired.streamKey)).status).toBe(200)
  edge.platform.clock.advance(365 * 86_400_000)
  expect((await resolve(expired.streamKey)).status).toBe(404)
  const stranger = await edge.visitor().send('POST', '/internal/keys/resolve', { key: expired.streamKey })
  expect(stranger.status).toBe(403)
})

test('a play token opens the monitor for a day, and never the air', async () => {
  const { status, body } = await owner.send('POST', '/api/studio/budi/play-tokens')
  const { url, expiresAt } = body as { url: string; expiresAt: number }
  expect([status, expiresAt]).toEqual([201, edge.platform.clock.now() + 86_400_000])
  const [, token = ''] = /^rtmp:\/\/localhost\/live\/budi\?token=(.+)$/.exec(url) ?? []
  const keys = createLocalJWKSet((await edge.visitor().get('/.well-known/jwks.json')).body as JSONWebKeySet)
  const options = { algorithms: ['EdDSA'], currentDate: new Date(edge.platform.clock.now()) }
  const { payload } = await jwtVerify(token, keys, { ...options, audience: 'play', issuer: 'test' })
  const channel = (await owner.get('/api/studio/budi')).body as { id: string }
  expect(v.parse(PlayTokenClaims, payload)).toMatchObject({ sub: channel.id, exp: expiresAt / 1000 })
  await expect(jwtVerify(token, keys, { ...options, audience: 'ingest' })).rejects.toThrow(/aud/)
  const { text } = await admin.get('/api/admin/activity')
  expect(text).toContain('play_token_issued')
  expect(text).not.toContain(token.split('.')[2])
  const stranger = await edge.member('siti')
  expect((await stranger.send('POST', '/api/studio/budi/play-tokens')).status).toBe(403)
  await admin.send('DELETE', `/api/admin/members/${owner.id}/rights/on_air`, { reason: 'istirahat' })
  expect((await owner.send('POST', '/api/studio/budi/play-tokens')).body).toMatchObject({
    code: 'right_missing',
  })
})
