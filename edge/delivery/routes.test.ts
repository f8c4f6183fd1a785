import type { ServerResponse } from 'node:http'
import { gunzipSync } from 'node:zlib'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import {
  BASE,
  MEDIA,
  openDelivery,
  PLAYLIST,
  sendPlaylist,
  type TestDelivery,
} from '../runtimes/node/test-delivery.ts'

let stage: TestDelivery
beforeEach(async () => {
  stage = await openDelivery()
})
afterEach(() => stage.close())

test('200 equal blocking requests become one origin request', async () => {
  const held: ServerResponse[] = []
  stage.respond = (_request, response) => held.push(response)
  const get = stage.deliver()
  const waiting = Array.from({ length: 200 }, (_, viewer) =>
    get(`${MEDIA}?_HLS_msn=6&_HLS_part=0&CMCD=sid%3D${viewer}`),
  )
  await vi.waitFor(() => expect(held).toHaveLength(1), 15_000)
  for (const response of held) sendPlaylist(response)
  for (const response of await Promise.all(waiting)) {
    expect(response.status).toBe(200)
    expect(await response.text()).toBe(PLAYLIST)
  }
  expect(stage.requests.map(({ url }) => url)).toEqual([`${MEDIA}?_HLS_msn=6&_HLS_part=0`])
})

test('the viewer who came first may leave: the others still get the answer', async () => {
  const held: ServerResponse[] = []
  stage.respond = (_request, response) => held.push(response)
  const get = stage.deliver()
  const leaving = new AbortController()
  const first = get(`${MEDIA}?_HLS_msn=6`, { signal: leaving.signal })
  const second = get(`${MEDIA}?_HLS_msn=6`)
  await vi.waitFor(() => expect(held).toHaveLength(1), 15_000)
  leaving.abort()
  for (const response of held) sendPlaylist(response)
  expect(await (await second).text()).toBe(PLAYLIST)
  await first
  expect(stage.requests).toHaveLength(1)
})

test('the origin gets the credential and nothing of the viewer', async () => {
  await stage.deliver()(`${MEDIA}?token=x`, { headers: { cookie: 'session=s', 'user-agent': 'viewer' } })
  const [request] = stage.requests
  expect(request?.headers.authorization).toBe('Bearer secret-of-the-edge')
  expect(request?.headers.cookie).toBeUndefined()
  expect(request?.headers['user-agent']).not.toBe('viewer')
  expect(request?.url).toBe(MEDIA)
})

test('a second viewer with another token is served from the cache', async () => {
  const get = stage.deliver()
  await get(`/live/~first/budi/01j0000000000000000000000a/source/seg.5.m4s`)
  const second = await get(`/live/~second/budi/01j0000000000000000000000a/source/seg.5.m4s?CMCD=x`)
  expect(second.status).toBe(200)
  expect(stage.requests).toHaveLength(1)
  expect([...stage.cache.keys()]).toEqual([`${BASE}/seg.5.m4s`])
})

test('answers carry type, cache life, CORS and none of the internal headers', async () => {
  const get = stage.deliver()
  const playlist = await get(MEDIA)
  expect(Object.fromEntries(playlist.headers)).toEqual({
    'content-type': 'application/vnd.apple.mpegurl',
    'content-length': String(PLAYLIST.length),
    'cache-control': 'public, max-age=2',
    age: '0',
    'access-control-allow-origin': '*',
    'access-control-expose-headers': 'age, date, content-length',
    'x-content-type-options': 'nosniff',
  })
  const segment = await get(`${BASE}/seg.5.m4s`)
  expect(segment.headers.get('content-type')).toBe('video/mp4')
  expect(segment.headers.get('cache-control')).toBe('public, max-age=86400, immutable')
  const blocking = await get(`${MEDIA}?_HLS_msn=6`)
  expect(blocking.headers.get('cache-control')).toBe('public, max-age=24')
})

test('an answer to a request for the past is kept no longer than a plain playlist', async () => {
  const past = await stage.deliver()(`${MEDIA}?_HLS_msn=3`)
  expect(past.headers.get('cache-control')).toBe('public, max-age=2')
})

test('a playlist is compressed once, for those alone who accept it', async () => {
  const long = PLAYLIST + '#EXTINF:4.0,\nseg.6.m4s\n'.repeat(20)
  stage.respond = (_request, response) => void response.writeHead(200, { 'x-target-duration': '4' }).end(long)
  const get = stage.deliver()
  const answers = await Promise.all(
    ['gzip, deflate', 'identity', 'br, gzip', ''].map((encoding) =>
      get(MEDIA, { headers: { 'accept-encoding': encoding } }),
    ),
  )
  for (const [index, answer] of answers.entries()) {
    const bytes = Buffer.from(await answer.arrayBuffer())
    const isCompressed = index % 2 === 0
    expect(answer.headers.get('content-encoding')).toBe(isCompressed ? 'gzip' : null)
    expect(answer.headers.get('vary')).toBe('Accept-Encoding')
    expect(answer.headers.get('content-length')).toBe(String(bytes.length))
    expect((isCompressed ? gunzipSync(bytes) : bytes).toString()).toBe(long)
  }
  expect([stage.compressions, stage.requests.length]).toEqual([1, 1])
  expect(stage.requests[0]?.headers['accept-encoding']).toBe('identity')
})

test('media is never compressed and does not vary', async () => {
  stage.respond = (_request, response) => void response.writeHead(200).end('0'.repeat(10_000))
  const answer = await stage.deliver()(`${BASE}/seg.5.m4s`, { headers: { 'accept-encoding': 'gzip' } })
  expect([answer.headers.get('content-encoding'), answer.headers.get('vary')]).toEqual([null, null])
  expect(stage.compressions).toBe(0)
})

test('the cache control of the origin is not trusted', async () => {
  stage.respond = (_request, response) =>
    sendPlaylist(response, { 'cache-control': 'public, max-age=31536000, immutable' })
  expect((await stage.deliver()(MEDIA)).headers.get('cache-control')).toBe('public, max-age=2')
})

test('Age adds up across tiers and shortens the life here', async () => {
  stage.respond = (_request, response) => sendPlaylist(response, { age: '1' })
  const get = stage.deliver()
  expect((await get(MEDIA)).headers.get('age')).toBe('1')
  stage.nowMs += 900
  expect((await get(MEDIA)).headers.get('age')).toBe('1')
  expect(stage.requests).toHaveLength(1)
  stage.nowMs += 100
  await get(MEDIA)
  expect(stage.requests).toHaveLength(2)
  const segment = `${BASE}/seg.5.m4s`
  await get(segment)
  stage.nowMs += 10_000
  expect((await get(segment)).headers.get('age')).toBe('11')
})

test('HEAD answers like GET without a body', async () => {
  const response = await stage.deliver()(MEDIA, { method: 'HEAD' })
  expect(response.status).toBe(200)
  expect(response.headers.get('content-length')).toBe(String(PLAYLIST.length))
  expect(await response.text()).toBe('')
})

test('a preflight is answered here; other methods are refused', async () => {
  const get = stage.deliver()
  const preflight = await get(MEDIA, { method: 'OPTIONS' })
  expect(preflight.status).toBe(204)
  expect(preflight.headers.get('access-control-allow-origin')).toBe('*')
  expect((await get(MEDIA, { method: 'POST' })).status).toBe(405)
  expect(stage.requests).toHaveLength(0)
})

test('fills of media, however many, leave room for playlists', async () => {
  const held: ServerResponse[] = []
  stage.respond = (request, response) => {
    if (request.url?.endsWith('.m4s') === true) held.push(response)
    else sendPlaylist(response)
  }
  const get = stage.deliver()
  const media = Array.from({ length: 200 }, (_, msn) => get(`${BASE}/seg.${msn}.m4s`))
  await vi.waitFor(() => expect(held).toHaveLength(128), 15_000)
  expect((await get(MEDIA)).status).toBe(200)
  expect((await get('/live/budi/index.m3u8')).status).toBe(200)
  for (const response of held) sendPlaylist(response)
  const statuses = (await Promise.all(media)).map(({ status }) => status)
  expect(statuses.filter((status) => status === 200)).toHaveLength(128)
})
