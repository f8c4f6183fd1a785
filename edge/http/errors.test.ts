import { afterEach, beforeEach, expect, test } from 'vitest'
import { ulid } from '../../shared/ids.ts'
import { createEdge } from '../app.ts'
import { AppError } from '../../shared/errors.ts'
import { errorResponder } from './errors.ts'
import { Hono } from 'hono'
import type { Database } from '../ports.ts'
import { createTestEdge, TEST_PASSWORD, type TestEdge } from '../runtimes/node/test-edge.ts'
import { TEST_INTERNAL_SECRET } from '../runtimes/node/test-platform.ts'

let edge: TestEdge
beforeEach(async () => {
  edge = await createTestEdge()
})
afterEach(() => edge.platform.close())

const logged = (code: string) =>
  edge.platform.logged
    .map((line) => JSON.parse(line) as Record<string, unknown>)
    .filter((line) => line['code'] === code)

function open(secret: string): Response | Promise<Response> {
  const { random, clock } = edge.platform
  const id = () => ulid(clock.now(), random.bytes)
  return edge.app.request(`/internal/broadcasts/${id()}`, {
    method: 'PUT',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${secret}` },
    body: JSON.stringify({
      event: 'open',
      originId: 'origin-1',
      channelId: '01j0000000000000000000000a',
      jti: id(),
      startedAt: clock.now(),
    }),
  })
}

test('a broadcast that is refused is one line with its channel, and a flood of them is one a minute', async () => {
  await edge.setUp()
  for (let times = 0; times < 5; times++) expect((await open(TEST_INTERNAL_SECRET)).status).toBe(403)
  const line = { channelId: '01j0000000000000000000000a', message: 'request refused' }
  expect(logged('broadcast_refused')).toMatchObject([line])
  edge.platform.clock.advance(60_000)
  await open(TEST_INTERNAL_SECRET)
  expect(logged('broadcast_refused')).toMatchObject([line, { ...line, leftOut: 4 }])
})

test('an origin with a wrong secret is one line without the secret', async () => {
  await edge.setUp()
  for (let times = 0; times < 3; times++) await open('rahasia-yang-salah')
  expect(logged('forbidden')).toHaveLength(1)
  expect(edge.platform.logged.join('\n')).not.toContain('rahasia')
})

test('a limit that is reached is named, and what was typed is not', async () => {
  await edge.setUp()
  for (let times = 0; times < 13; times++)
    await edge
      .visitor()
      .send('POST', '/api/accounts/sign-in', { login: 'siti', password: `${TEST_PASSWORD}-salah` })
  expect(logged('rate_limited')).toMatchObject([
    { limit: 'sign-in from one place', message: 'request refused' },
  ])
  expect(edge.platform.logged.join('\n')).not.toMatch(/salah|siti/)
})

test('pages that were left open before the first visit leave the log alone', async () => {
  for (let times = 0; times < 3; times++)
    expect((await edge.visitor().get('/api/overlay/x/events')).body).toMatchObject({ code: 'setup_required' })
  expect(edge.platform.logged).toEqual([])
})

test('the same failure again is counted, another one is its own line', async () => {
  let message = 'first'
  const broken: Database = {
    ...edge.platform.database,
    read: () => Promise.reject(new Error(message)),
  }
  const app = createEdge({ ...edge.platform, database: broken })
  for (message of ['first', 'first', 'second']) expect((await app.request('/api/site')).status).toBe(500)
  expect(logged('internal').map(({ cause }) => String(cause).split('\n', 1)[0])).toEqual([
    'Error: first',
    'Error: second',
  ])
})

test('an origin that fails is a line, and a viewer who leaves meanwhile is none', async () => {
  await edge.setUp()
  const app = new Hono().onError(errorResponder(edge.platform))
  app.get('/api/videos', () => {
    throw new AppError('origin_unreachable')
  })
  const leaving = new AbortController()
  leaving.abort()
  await app.request(new Request('http://edge/api/videos', { signal: leaving.signal }))
  expect(logged('origin_unreachable')).toEqual([])
  await app.request('http://edge/api/videos')
  expect(logged('origin_unreachable')).toHaveLength(1)
})
