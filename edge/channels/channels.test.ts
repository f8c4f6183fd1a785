import { afterEach, beforeEach, expect, test } from 'vitest'
import { createTestEdge, type Member, type TestEdge, type Visitor } from '../runtimes/node/test-edge.ts'

let edge: TestEdge
let admin: Visitor
let owner: Member
beforeEach(async () => {
  edge = await createTestEdge()
  admin = await edge.setUp()
  owner = await edge.member('budi', { by: admin, rights: ['on_air', 'donations'] })
})
afterEach(() => edge.platform.close())

const PNG = Uint8Array.from('\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x10\0\0\0\x10...', (letter) =>
  letter.charCodeAt(0),
)

test('everybody sees a channel, only its people see its studio', async () => {
  const visitor = edge.visitor()
  expect((await visitor.get('/api/channels')).body).toMatchObject({
    channels: [{ slug: 'budi', live: null }],
  })
  expect((await visitor.get('/api/channels/budi')).body).toMatchObject({
    title: 'budi',
    acceptsDonations: true,
  })
  expect((await visitor.get('/api/channels/siapa')).status).toBe(404)
  const live = await visitor.get('/api/channels/budi/live')
  expect(live.body).toEqual({
    broadcast: null,
    playlist: null,
    dvr: null,
    latencyMode: 'low',
    needsSignIn: false,
    needsToken: false,
    viewers: null,
  })
  expect(live.headers.get('cache-control')).toBe('public, max-age=1')
  expect((await visitor.get('/api/studio/budi')).status).toBe(401)
  expect((await (await edge.member('siti')).get('/api/studio/budi')).status).toBe(403)
  expect((await owner.get('/api/studio/siapa')).status).toBe(404)
  expect((await owner.get('/api/studio/budi')).body).toMatchObject({
    role: 'owner',
    mayGoOnAir: true,
    mayReceiveDonations: true,
    rtmpServer: 'rtmp://localhost/live',
    watchUrl: 'http://localhost/c/budi',
  })
})

test('an old address leads to the new one, in pages and API, and stays taken', async () => {
  await admin.send('PATCH', '/api/admin/site', { homeChannel: 'budi' })
  expect(
    (await owner.send('PATCH', '/api/studio/budi', { slug: 'budi-live', title: 'Budi Siaran' })).body,
  ).toMatchObject({
    slug: 'budi-live',
    title: 'Budi Siaran',
  })
  const visitor = edge.visitor()
  for (const [path, target] of [
    ['/c/budi', '/c/budi-live'],
    ['/c/budi/donate', '/c/budi-live/donate'],
    ['/api/channels/budi', '/api/channels/budi-live'],
    ['/api/channels/budi/live', '/api/channels/budi-live/live'],
  ] as const) {
    const { status, headers } = await visitor.get(path)
    expect([path, status, headers.get('location')]).toEqual([path, 308, target])
  }
  expect((await visitor.get('/c/budi-live')).text).toBe('/watch.html')
  expect((await visitor.get('/c/Budi-Live')).headers.get('location')).toBe('/c/budi-live')
  expect((await visitor.get('/api/site')).body).toMatchObject({ homeChannel: 'budi-live' })
  const other = await edge.member('siti', { by: admin, rights: ['on_air'] })
  for (const slug of ['budi', 'budi-live'])
    expect((await other.send('PATCH', '/api/studio/siti', { slug })).body).toMatchObject({
      code: 'slug_taken',
    })
  expect((await owner.send('PATCH', '/api/studio/budi-live', { slug: 'budi' })).body).toMatchObject({
    slug: 'budi',
  })
  expect((await visitor.get('/c/budi-live')).headers.get('location')).toBe('/c/budi')
})

test('an operator works in the studio without owning it, until removed', async () => {
  const operator = await edge.member('siti')
  const added = await owner.send('POST', '/api/studio/budi/operators', { username: 'siti' })
  expect(added.body).toMatchObject({ operators: [{ username: 'siti' }] })
  expect((await operator.get('/api/studio/budi')).body).toMatchObject({ role: 'operator' })
  expect((await operator.get('/api/me')).body).toMatchObject({
    channels: [{ slug: 'budi', role: 'operator' }],
  })
  for (const [method, path, body] of [
    ['PATCH', '/api/studio/budi', { title: 'Milik saya' }],
    ['POST', '/api/studio/budi/operators', { username: 'siti' }],
    ['DELETE', '/api/studio/budi/operators/siti', undefined],
    ['PUT', '/api/studio/budi/banner', PNG],
  ] as const)
    expect([path, (await operator.send(method, path, body)).status]).toEqual([path, 403])
  expect((await owner.send('DELETE', '/api/studio/budi/operators/siti')).body).toMatchObject({
    operators: [],
  })
  expect((await operator.get('/api/studio/budi')).status).toBe(403)
  for (const username of ['tidak-ada', 'budi'])
    expect((await owner.send('POST', '/api/studio/budi/operators', { username })).body).toMatchObject({
      fields: { username: 'not_allowed' },
    })
})

test('a banner is what it says it is, is served inert, and the one before is gone', async () => {
  const put = (type: string, body: Uint8Array) =>
    owner.send('PUT', '/api/studio/budi/banner', body, { 'content-type': type })
  const lie = new TextEncoder().encode('<svg onload=alert(1)>')
  expect((await put('image/png', lie)).body).toMatchObject({ code: 'unsupported_media_type' })
  expect((await put('image/jpeg', PNG)).status).toBe(415)
  expect((await put('image/png', new Uint8Array(1_048_577))).status).toBe(413)
  const { bannerUrl } = (await put('image/png', PNG)).body as { bannerUrl: string }
  const served = await edge.app.request(bannerUrl)
  expect(new Uint8Array(await served.arrayBuffer())).toEqual(PNG)
  expect(served.headers.get('content-type')).toBe('image/png')
  expect(served.headers.get('content-security-policy')).toContain('sandbox')
  expect(served.headers.get('x-content-type-options')).toBe('nosniff')
  expect((await edge.visitor().get('/api/channels/budi')).body).toMatchObject({ bannerUrl })
  await put('image/png', PNG)
  expect((await edge.visitor().get(bannerUrl)).status).toBe(404)
  expect((await owner.send('DELETE', '/api/studio/budi/banner')).body).toMatchObject({ bannerUrl: null })
})

test('a picture for links is one of that size, belongs to title and banner, and goes when they change', async () => {
  const FRAME = [0xff, 0xc0, 0, 17, 8, 0x02, 0x76, 0x04, 0xb0, 3]
  const jpeg = new Uint8Array([0xff, 0xd8, ...FRAME])
  const put = (body: Uint8Array, drawnFrom = 'title=budi&bannerUrl=', by = owner) =>
    by.send('PUT', `/api/studio/budi/link-picture?${drawnFrom}`, body, { 'content-type': 'image/jpeg' })
  const shown = async () =>
    ((await owner.get('/api/studio/budi')).body as { linkPictureUrl: string | null }).linkPictureUrl
  expect(await shown()).toBeNull()
  expect((await put(PNG)).status).toBe(415)
  expect((await put(new Uint8Array([0xff, 0xd8, ...FRAME.with(7, 0x05)]))).status).toBe(415)
  expect((await put(new Uint8Array(300_001))).status).toBe(413)
  expect((await put(jpeg, 'title=Lain&bannerUrl=')).status).toBe(409)
  expect((await put(jpeg, 'title=budi&bannerUrl=/files/1')).status).toBe(409)
  expect((await put(jpeg, 'title=budi')).status).toBe(422)
  const other = await edge.member('siti', { by: admin, rights: ['donations'] })
  expect((await put(jpeg, undefined, other)).status).toBe(403)

  expect((await put(jpeg)).status).toBe(204)
  const first = await shown()
  expect(first).toMatch(/^\/files\//)
  expect((await edge.visitor().get(first ?? '')).headers.get('content-type')).toBe('image/jpeg')
  await owner.send('PATCH', '/api/studio/budi', { memo: 'Lain' })
  expect(await shown()).toBe(first)
  expect((await put(jpeg)).status).toBe(204)
  expect((await edge.visitor().get(first ?? '')).status).toBe(404)
  await owner.send('PATCH', '/api/studio/budi', { title: 'Budi Siaran' })
  expect(await shown()).toBeNull()
  expect((await edge.visitor().get(first ?? '')).status).toBe(404)
})

test('settings are checked and only what is named changes', async () => {
  const changed = await owner.send('PATCH', '/api/studio/budi', {
    memo: 'Halo\r\nsemua',
    latencyMode: 'ultra',
  })
  expect(changed.body).toMatchObject({
    memo: 'Halo\nsemua',
    latencyMode: 'ultra',
    minimumAlertRupiah: 10_000,
  })
  for (const change of [
    { minimumAlertRupiah: 0.5 },
    { minimumAlertRupiah: -1 },
    { latencyMode: 'warp' },
    { title: ' ' },
  ])
    expect((await owner.send('PATCH', '/api/studio/budi', change)).status).toBe(422)
  expect((await owner.send('PATCH', '/api/studio/budi', {})).body).toMatchObject({ latencyMode: 'ultra' })
})

test('a link to a broadcast elsewhere is shown to whoever may watch, and taken away again', async () => {
  const set = (elsewhereUrl: unknown) => owner.send('PATCH', '/api/studio/budi', { elsewhereUrl })
  const seen = async () => (await edge.visitor().get('/api/channels/budi')).body
  expect(await seen()).toMatchObject({ elsewhereUrl: null, mayGoOnAir: true })
  const url = 'https://www.youtube.com/@budi/live'
  expect((await set(url)).body).toMatchObject({ elsewhereUrl: url })
  expect(await seen()).toMatchObject({ elsewhereUrl: url })
  for (const wrong of ['javascript:alert(1)', 'http://youtube.com/x', 7])
    expect((await set(wrong)).status).toBe(422)
  await owner.send('PATCH', '/api/studio/budi', { visibility: 'members' })
  expect(await seen()).toMatchObject({ elsewhereUrl: null })
  expect((await owner.get('/api/channels/budi')).body).toMatchObject({ elsewhereUrl: url })
  expect((await set(null)).body).toMatchObject({ elsewhereUrl: null })
})
