import { afterEach, beforeEach, expect, test } from 'vitest'
import { createEdge } from './app.ts'
import { createTestEdge, type TestEdge } from './runtimes/node/test-edge.ts'

let edge: TestEdge
beforeEach(async () => {
  edge = await createTestEdge()
})
afterEach(() => edge.platform.close())

test.each([
  [{ origin: 'https://evil.test' }, 'cross_site'],
  [{ origin: 'null' }, 'cross_site'],
  [{ origin: 'http://localhost', 'sec-fetch-site': 'cross-site' }, 'cross_site'],
  [{ origin: 'http://localhost', 'sec-fetch-site': 'same-site' }, 'cross_site'],
  [{ 'content-type': 'text/plain' }, 'unsupported_media_type'],
  [{ 'content-type': 'application/x-www-form-urlencoded' }, 'unsupported_media_type'],
])('a change sent with %j is refused', async (headers, code) => {
  await edge.setUp()
  const answer = await edge.visitor().send('POST', '/api/accounts/sign-out', {}, headers)
  expect(answer.body).toMatchObject({ code })
})

test('a proxy that ends TLS does not make a visitor a stranger', async () => {
  await edge.setUp()
  const headers = {
    origin: 'https://tv.contoh.id',
    'x-forwarded-host': 'tv.contoh.id',
    'x-forwarded-proto': 'https',
  }
  const answer = await edge
    .visitor()
    .send(
      'POST',
      '/api/accounts/register',
      { email: 'a@b.id', username: 'siti', password: '12345678' },
      headers,
    )
  expect(answer.status).toBe(201)
  expect(answer.headers.get('set-cookie')).toMatch(/HttpOnly; Secure; SameSite=Lax/)
})

test('pages and answers say what a browser may do with them', async () => {
  await edge.setUp()
  const visitor = edge.visitor()
  const home = await visitor.get('/')
  expect(home.headers.get('content-security-policy')).toContain("script-src 'self'")
  expect(home.headers.get('content-security-policy')).toContain("frame-ancestors 'none'")
  expect(home.headers.get('content-security-policy')).not.toContain('unsafe')
  expect(home.headers.get('x-content-type-options')).toBe('nosniff')
  expect(home.headers.get('referrer-policy')).toBe('same-origin')
  const overlay = await visitor.get('/overlay/01jd3v2k8m0000000000000000')
  expect(overlay.headers.get('content-security-policy')).toContain("style-src 'self' 'unsafe-inline'")
  expect(overlay.headers.get('referrer-policy')).toBe('no-referrer')
  const missing = await visitor.get('/api/nothing')
  expect(missing.status).toBe(404)
  expect(missing.headers.get('content-type')).toBe('application/problem+json')
  expect(missing.headers.get('x-content-type-options')).toBe('nosniff')
  expect(missing.headers.get('content-security-policy')).toContain("default-src 'none'")
  expect((await visitor.get('/api/site')).headers.get('cache-control')).toBe('no-cache')
  expect((await visitor.get('/api/channels')).headers.get('cache-control')).toBe('no-store')
})

test('an address that never was is a page in both languages, with status 404', async () => {
  await edge.setUp()
  const { status, text, headers } = await edge.visitor().get('/tidak/ada')
  expect([status, headers.get('content-type')]).toEqual([404, 'text/html; charset=UTF-8'])
  expect(text).toContain('Tidak ditemukan')
  expect(text).toContain('Not found')
})

test('what is not there is shown by its own page where pages are built', async () => {
  await edge.setUp()
  const app = createEdge({
    ...edge.platform,
    pages: (path) =>
      Promise.resolve(
        path === '/not-found.html'
          ? new Response('built', { headers: { 'content-type': 'text/html; charset=utf-8' } })
          : undefined,
      ),
  })
  for (const path of ['/tidak/ada', '/c/tidak-ada', '/b/01k00000000000000000000000']) {
    const answer = await app.request(`http://localhost${path}`)
    expect([answer.status, await answer.text(), answer.headers.get('cache-control')]).toEqual([
      404,
      'built',
      'no-store',
    ])
    expect(answer.headers.get('content-security-policy')).toContain("script-src 'self'")
  }
})

test('an older schema is said, not guessed around', async () => {
  await edge.platform.database.write([{ sql: 'DELETE FROM schema_migration' }])
  const answer = await createEdge(edge.platform).request('/api/site')
  expect(answer.status).toBe(503)
  expect(await answer.json()).toMatchObject({ code: 'schema_outdated' })
})

test('with the database gone, health says so and the API is a clear 503', async () => {
  await edge.setUp()
  await edge.platform.database.close()
  const visitor = edge.visitor()
  expect((await visitor.get('/health')).status).toBe(503)
  expect((await visitor.get('/api/channels')).body).toMatchObject({ code: 'database_unavailable' })
})

test.each([
  ['{', 'bad_request'],
  ['x'.repeat(20_000), 'body_too_large'],
])('a broken body is refused (%#)', async (body, code) => {
  await edge.setUp()
  const answer = await edge.app.request('/api/accounts/sign-in', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body,
  })
  expect(await answer.json()).toMatchObject({ code })
})

test('a method that delivery does not know is refused as others are', async () => {
  const answer = await edge.visitor().send('PROPFIND', '/live/kanal/index.m3u8')
  expect(answer.status).toBe(405)
  expect(answer.body).toMatchObject({ code: 'method_not_allowed' })
})
