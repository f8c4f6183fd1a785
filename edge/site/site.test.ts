import { afterEach, beforeEach, expect, test } from 'vitest'
import { createEdge } from '../app.ts'
import { createTestEdge, setupRequest, type TestEdge } from '../runtimes/node/test-edge.ts'

let edge: TestEdge
beforeEach(async () => {
  edge = await createTestEdge()
})
afterEach(() => edge.platform.close())

test('before the first visit pages lead to the setup and the API says so', async () => {
  const visitor = edge.visitor()
  const home = await visitor.get('/')
  expect([home.status, home.headers.get('location')]).toEqual([302, '/setup'])
  expect((await visitor.get('/setup')).text).toBe('/setup.html')
  expect((await visitor.get('/api/site')).body).toMatchObject({ isSetUp: false, timeZone: 'Asia/Jakarta' })
  expect((await visitor.get('/api/channels')).body).toMatchObject({ code: 'setup_required' })
  expect((await visitor.get('/health')).body).toEqual({ status: 'ok' })
})

test('the first visit needs the code, signs its admin in, and happens once', async () => {
  const visitor = edge.visitor()
  const wrong = await visitor.send('POST', '/api/setup', { ...setupRequest(), code: 'wrong' })
  expect(wrong.body).toMatchObject({ code: 'setup_code_wrong' })
  expect((await visitor.send('POST', '/api/setup', setupRequest())).status).toBe(204)
  expect((await visitor.get('/api/admin/me')).body).toMatchObject({ username: 'pengelola' })
  expect((await visitor.get('/api/site')).body).toMatchObject({ isSetUp: true, donationsEnabled: true })
  expect((await visitor.send('POST', '/api/setup', setupRequest())).body).toMatchObject({
    code: 'setup_done',
  })
  expect((await visitor.get('/setup')).headers.get('location')).toBe('/')
  expect((await visitor.get('/')).text).toBe('/home.html')
})

test.each(['TEST-SETUP-CODE', 'testsetupcode', ' Test Setup code '])(
  'the code typed as %j is the code',
  async (code) => {
    expect((await edge.visitor().send('POST', '/api/setup', { ...setupRequest(), code })).status).toBe(204)
  },
)

test.each(['', '-', 'test-setup-cod', 'test_setup_code'])('%j is not the code', async (code) => {
  const answer = await edge.visitor().send('POST', '/api/setup', { ...setupRequest(), code })
  expect(answer.body).toMatchObject({ code: 'setup_code_wrong' })
})

test('of two setups at the same time one wins, and the other leaves nothing behind', async () => {
  const answers = await Promise.all(
    ['pertama', 'kedua'].map((username) => {
      const request = setupRequest({ name: username })
      return edge
        .visitor()
        .send('POST', '/api/setup', { ...request, admin: { username, password: 'kata-sandi' } })
    }),
  )
  expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([204, 409])
  const admins = await edge.platform.database.read({ sql: 'SELECT username FROM admin' })
  const site = (await edge.visitor().get('/api/site')).body as { name: string }
  expect(admins).toEqual([{ username: site.name }])
})

test('an organisation starts without donations, and what belongs to them is absent', async () => {
  const admin = await edge.setUp({ preset: 'organisation' })
  const owner = await edge.member('klinik', { by: admin, rights: ['on_air', 'donations'] })
  expect((await admin.get('/api/site')).body).toMatchObject({
    donationsEnabled: false,
    homeChannel: 'klinik',
  })
  for (const path of [
    '/wallet',
    '/c/klinik/donate',
    '/api/me/wallet',
    '/api/me/donations',
    '/api/admin/donations',
    '/overlay/01jd3v2k8m0000000000000000',
    '/api/overlay/01jd3v2k8m0000000000000000/events',
    '/api/studio/klinik/overlay',
    '/api/studio/klinik/donations',
  ])
    expect([path, (await owner.get(path)).status]).toEqual([path, 404])
  const credit = await admin.send('POST', `/api/admin/members/${owner.id}/credits`, {})
  expect(credit.status).toBe(404)
  await admin.send('PATCH', '/api/admin/site', { donationsEnabled: true })
  expect((await owner.get('/wallet')).text).toBe('/wallet.html')
  expect((await owner.get('/c/klinik/donate')).text).toBe('/donate.html')
  await owner.send('PATCH', '/api/studio/klinik', { donationsEnabled: false })
  expect((await owner.get('/c/klinik/donate')).status).toBe(404)
  expect((await owner.get('/api/channels/klinik')).body).toMatchObject({ acceptsDonations: false })
})

test('only an admin changes the site, and only to what can be', async () => {
  const admin = await edge.setUp()
  const change = { name: 'Nama Baru', timeZone: 'Asia/Makassar' }
  expect((await edge.visitor().send('PATCH', '/api/admin/site', change)).body).toMatchObject({
    code: 'admin_required',
  })
  expect((await admin.send('PATCH', '/api/admin/site', change)).body).toMatchObject(change)
  expect((await admin.get('/api/admin/site')).body).toMatchObject(change)
  for (const [field, value] of [
    ['homeChannel', 'tidak-ada'],
    ['timeZone', 'Mars/Olympus'],
    ['publicUrl', 'javascript:alert(1)'],
  ] as const) {
    const { status, body } = await admin.send('PATCH', '/api/admin/site', { [field]: value })
    expect([status, Object.keys((body as { fields: object }).fields)]).toEqual([422, [field]])
  }
})

test.each([
  ['', ['/api/session', '/api/channels/klinik', '/api/channels/klinik/live']],
  ['/donate', ['/api/session', '/api/channels/klinik']],
])('what /c/:slug%s asks for first is named in its head', async (page, expected) => {
  const admin = await edge.setUp()
  await edge.member('klinik', { by: admin, rights: ['on_air', 'donations'] })
  const pages = () =>
    Promise.resolve(new Response('<head></head>', { headers: { 'content-type': 'text/html' } }))
  const app = createEdge({ ...edge.platform, pages })
  const html = await (await app.request(`http://localhost/c/klinik${page}`)).text()
  const asked = [...html.matchAll(/<link rel="preload" as="fetch" href="([^"]+)" crossorigin>/g)]
  const paths = asked.map(([, path]) => path ?? '')
  expect(paths).toEqual(expected)
  for (const path of paths) expect([path, (await edge.visitor().get(path)).status]).toEqual([path, 200])
})
