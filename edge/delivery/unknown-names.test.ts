/** Names of media and broadcasts that are not there cost the origin and the database next to nothing. */
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Database } from '../ports.ts'
import {
  BASE,
  codeOf,
  MEDIA,
  noDatabase,
  openDelivery,
  PLAYLIST,
  type Respond,
  sendPlaylist,
  type TestDelivery,
} from '../runtimes/node/test-delivery.ts'

let stage: TestDelivery
beforeEach(async () => {
  stage = await openDelivery()
})
afterEach(() => stage.close())

test('what is too far ahead is refused here', async () => {
  const get = stage.deliver()
  await get(MEDIA)
  const response = await get(`${MEDIA}?_HLS_msn=8`)
  expect(response.status).toBe(400)
  expect(response.headers.get('cache-control')).toBe('no-store')
  expect(await codeOf(response)).toBe('too_far_ahead')
  expect(stage.requests).toHaveLength(1)
  expect((await get(`${MEDIA}?_HLS_msn=7`)).status).toBe(200)
})

test('names of media that cannot be there yet never reach the origin', async () => {
  const get = stage.deliver()
  await get(MEDIA)
  for (const name of ['part.900000.1.m4s', 'part.6.90.m4s', 'part.5.90.m4s', 'seg.900000.m4s']) {
    const answer = await get(`${BASE}/${name}`)
    expect([answer.status, answer.headers.get('cache-control')]).toEqual([404, 'no-store'])
  }
  expect(stage.requests).toHaveLength(1)
  await get(`${BASE}/part.6.0.m4s`)
  expect(stage.requests).toHaveLength(2)
})

test('names of media that must have left the origin are gone, and never reach it', async () => {
  const late = PLAYLIST.replace('SEQUENCE:5', 'SEQUENCE:1000')
  stage.respond = (_request, response) => response.writeHead(200, { 'x-target-duration': '4' }).end(late)
  const get = stage.deliver()
  await get(`${BASE}/seg.3.m4s`)
  await get(MEDIA)
  expect(stage.requests).toHaveLength(2)
  for (const name of ['seg.4.m4s', 'part.4.0.m4s', 'seg.900.m4s']) {
    const answer = await get(`${BASE}/${name}`)
    expect([answer.status, await codeOf(answer)]).toEqual([410, 'segment_gone'])
  }
  expect(stage.requests).toHaveLength(2)
  // Kept here, whatever the origin has let go, also for a viewer with a token.
  expect((await get(`/live/~token${BASE.slice('/live'.length)}/seg.3.m4s`)).status).toBe(200)
  expect((await get(`${BASE}/seg.990.m4s`)).status).toBe(200)
})

test('a thousand invented numbers of the past become one request', async () => {
  const get = stage.deliver()
  await get(MEDIA)
  await Promise.all(Array.from({ length: 1000 }, (_, part) => get(`${MEDIA}?_HLS_msn=3&_HLS_part=${part}`)))
  expect(stage.requests).toHaveLength(2)
  expect([...stage.cache.keys()]).toEqual([MEDIA, `${MEDIA}?_HLS_msn=5`])
})

const ID = '01j0000000000000000000000a'
const invented = (index: number) => `01k${String(index).padStart(23, '0')}`
const having = (...ids: string[]): { database: Database; reads: () => number } => {
  let reads = 0
  const read = () => {
    reads++
    return Promise.resolve(ids.map((id) => ({ id })))
  }
  return { database: { ...noDatabase, read }, reads: () => reads }
}
const offline: Respond = (request, response) => {
  if (request.url?.endsWith('index.m3u8') === true) response.writeHead(404).end()
  else sendPlaylist(response)
}

test('2000 invented broadcasts of a channel cost the origin one request and the database one', async () => {
  stage.respond = offline
  const { database, reads } = having(ID)
  const get = stage.deliver({}, { database })
  const answers = await Promise.all(
    Array.from({ length: 2000 }, (_, index) => get(`/live/budi/${invented(index)}/source/seg.1.m4s`)),
  )
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([404]))
  expect([stage.requests.length, reads()]).toEqual([1, 1])
  expect(await codeOf(await get(`/live/budi/${invented(1)}/source/media.m3u8`))).toBe('stream_offline')
  // Which the database knows, also when it has ended.
  expect((await get(MEDIA)).status).toBe(200)
  expect((await get(`${BASE}/seg.5.m4s`)).status).toBe(200)
  expect([stage.requests.length, reads()]).toEqual([3, 1])
})

test('a broadcast that only the origin knows is found by its multivariant playlist', async () => {
  stage.respond = (request, response) => {
    if (request.url?.endsWith('index.m3u8') === true)
      response.writeHead(200).end(`#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\n${ID}/source/media.m3u8\n`)
    else sendPlaylist(response)
  }
  const { database, reads } = having()
  expect((await stage.deliver({}, { database })(MEDIA)).status).toBe(200)
  expect(reads()).toBe(1)
  const get = stage.deliver({}, { database })
  stage.cache.clear()
  await get('/live/budi/index.m3u8')
  expect((await get(MEDIA)).status).toBe(200)
  expect(reads()).toBe(1)
})

test('a refused broadcast passes once it is there', async () => {
  stage.respond = offline
  const ids: string[] = []
  const read = () => Promise.resolve(ids.map((id) => ({ id })))
  const get = stage.deliver({}, { database: { ...noDatabase, read } })
  expect((await get(MEDIA)).status).toBe(404)
  ids.push(ID)
  stage.nowMs += 250
  expect((await get(MEDIA)).status).toBe(200)
})
