/** What goes wrong behind the edge, and that none of it is kept. */
import type { ServerResponse } from 'node:http'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import {
  BASE,
  codeOf,
  MEDIA,
  openDelivery,
  sendPlaylist,
  type TestDelivery,
} from '../runtimes/node/test-delivery.ts'
import type { DeliveryPlatform } from './deliver.ts'

let stage: TestDelivery
beforeEach(async () => {
  stage = await openDelivery()
})
afterEach(() => stage.close())

test('a failing fill releases everybody with no-store and is not kept', async () => {
  const held: ServerResponse[] = []
  stage.respond = (_request, response) => held.push(response)
  const get = stage.deliver()
  const waiting = Array.from({ length: 20 }, () => get(`${MEDIA}?_HLS_msn=6`))
  await vi.waitFor(() => expect(held).toHaveLength(1), 15_000)
  for (const response of held) response.destroy()
  for (const response of await Promise.all(waiting)) {
    expect(response.status).toBe(503)
    expect(response.headers.get('cache-control')).toBe('no-store')
    expect(response.headers.get('access-control-allow-origin')).toBe('*')
    expect(await codeOf(response)).toBe('origin_unreachable')
  }
  expect(stage.cache.size).toBe(0)
  stage.respond = (_request, response) => sendPlaylist(response)
  expect((await get(`${MEDIA}?_HLS_msn=6`)).status).toBe(200)
})

test('an origin that goes is said once, and not at all by an edge that stops', async () => {
  stage.respond = (_request, response) => void response.destroy()
  const warn = vi.fn<DeliveryPlatform['log']['warn']>()
  const log = { info: () => {}, warn, error: () => {} }
  const get = stage.deliver({}, { log })
  for (const msn of [6, 7]) expect((await get(`${MEDIA}?_HLS_msn=${msn}`)).status).toBe(503)
  expect(warn).toHaveBeenCalledTimes(1)
  const stopping = stage.deliver({}, { log, stopping: AbortSignal.abort() })
  expect((await stopping(MEDIA)).status).toBe(503)
  expect(warn).toHaveBeenCalledTimes(1)
})

test('a fill out of time says that the broadcast does not move', async () => {
  stage.respond = () => {}
  const response = await stage.deliver({ fillTimeout: 20 })(`${MEDIA}?_HLS_msn=6`)
  expect(response.status).toBe(503)
  expect(response.headers.get('cache-control')).toBe('no-store')
  expect(await codeOf(response)).toBe('held_too_long')
})

test('a body that stops in the middle is neither sent nor kept', async () => {
  stage.respond = (_request, response) => {
    response.writeHead(200, { 'content-length': '100' })
    response.write('half of it', () => response.destroy())
  }
  const response = await stage.deliver()(`${BASE}/seg.5.m4s`)
  expect(response.status).toBe(503)
  expect(stage.cache.size).toBe(0)
})

test('an answer that is too long is refused before it is read', async () => {
  stage.respond = (_request, response) => {
    response.writeHead(200, { 'content-length': String(2 ** 31) })
    response.write('x')
  }
  expect((await stage.deliver()(`${BASE}/seg.5.m4s`)).status).toBe(503)
  expect(stage.cache.size).toBe(0)
})

test.each([
  ['an offline channel', '/live/budi/index.m3u8', 404, 404, 'stream_offline'],
  ['a broadcast that is over', MEDIA, 404, 404, 'stream_offline'],
  ['a segment that does not exist yet', `${BASE}/seg.9.m4s`, 404, 404, 'not_found'],
  ['a playlist that is too far ahead', `${MEDIA}?_HLS_msn=90`, 400, 400, 'too_far_ahead'],
  ['a held request out of time', `${MEDIA}?_HLS_msn=6`, 503, 503, 'held_too_long'],
  ['a wrong credential of the edge', MEDIA, 401, 503, 'origin_unreachable'],
  ['a broken origin', MEDIA, 500, 503, 'origin_unreachable'],
])('%s is never kept', async (_name, target, originStatus, status, code) => {
  stage.respond = (_request, response) =>
    response.writeHead(originStatus, { 'cache-control': 'public, max-age=60' }).end('{}')
  const get = stage.deliver()
  for (const attempt of [1, 2]) {
    const response = await get(target)
    expect(response.status).toBe(status)
    expect(response.headers.get('cache-control')).toBe('no-store')
    expect(await codeOf(response)).toBe(code)
    expect(stage.requests).toHaveLength(attempt)
  }
})

test('a redirect is not followed', async () => {
  stage.respond = (_request, response) => response.writeHead(302, { location: 'http://127.0.0.1:9/' }).end()
  const response = await stage.deliver()(MEDIA)
  expect(response.status).toBe(503)
  expect(stage.requests).toHaveLength(1)
})

test('what has left the window is remembered for one target duration', async () => {
  stage.respond = (_request, response) => response.writeHead(410, { 'x-target-duration': '4' }).end('{}')
  const get = stage.deliver()
  const response = await get(`${BASE}/seg.1.m4s`)
  expect(response.status).toBe(410)
  expect(response.headers.get('cache-control')).toBe('public, max-age=4')
  expect(await codeOf(response)).toBe('segment_gone')
  await get(`${BASE}/seg.1.m4s`)
  expect(stage.requests).toHaveLength(1)
  stage.nowMs += 4000
  await get(`${BASE}/seg.1.m4s`)
  expect(stage.requests).toHaveLength(2)
})

test.each([
  ['_HLS_part without _HLS_msn', `${MEDIA}?_HLS_part=1`, 400, 'bad_request'],
  ['a path outside the grammar', '/live/budi/passwd', 404, 'not_found'],
  ['a second token', `/live/~a/~b/budi/index.m3u8`, 404, 'not_found'],
  ['an address that no video has', '/vod/budi/index.m3u8', 404, 'not_found'],
])('%s never reaches the origin', async (_name, target, status, code) => {
  const response = await stage.deliver()(target)
  expect(response.status).toBe(status)
  expect(response.headers.get('cache-control')).toBe('no-store')
  expect(response.headers.get('x-content-type-options')).toBe('nosniff')
  expect(await codeOf(response)).toBe(code)
  expect(stage.requests).toHaveLength(0)
})
