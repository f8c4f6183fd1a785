import { createLocalJWKSet, jwtVerify, type JSONWebKeySet } from 'jose'
import * as v from 'valibot'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { StreamKeyClaims } from '../../shared/claims.ts'
import { parseStreamName } from '../../shared/stream-key.ts'
import { createTestEdge, type Member, type TestEdge, type Visitor } from '../runtimes/node/test-edge.ts'

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
