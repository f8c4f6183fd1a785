import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { gunzipSync, gzipSync } from 'node:zlib'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { DEFAULT_DURATIONS, DEFAULT_LIMITS, type EdgeConfig } from '../config.ts'
import type { CachedAnswer, Database } from '../ports.ts'
import { createUncheckedDelivery, type DeliveryPlatform } from './deliver.ts'
import { uncheckedRoutes } from './routes.ts'

const BASE = '/live/budi/01j0000000000000000000000a/source'
const MEDIA = `${BASE}/media.m3u8`
const PLAYLIST = `#EXTM3U
#EXT-X-TARGETDURATION:4
#EXT-X-PART-INF:PART-TARGET=0.333
#EXT-X-MEDIA-SEQUENCE:5
#EXTINF:4.0,
seg.5.m4s
`

type Respond = (request: IncomingMessage, response: ServerResponse) => void

const noDatabase: Database = {
  read: () => Promise.reject(new Error('delivery with one origin must not read the database')),
  write: () => Promise.reject(new Error('delivery must not write')),
  close: () => Promise.resolve(),
}

let server: Server
let requests: IncomingMessage[]
let respond: Respond
let nowMs: number
let cache: Map<string, CachedAnswer>
let compressions: number

beforeEach(async () => {
  requests = []
  nowMs = 1_000_000
  cache = new Map()
  compressions = 0
  respond = (_request, response) => sendPlaylist(response)
  server = createServer((request, response) => {
    requests.push(request)
    respond(request, response)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
})

afterEach(async () => {
  server.closeAllConnections()
  await new Promise((resolve) => server.close(resolve))
})

function sendPlaylist(response: ServerResponse, headers: Record<string, string> = {}): void {
  response.writeHead(200, { 'x-target-duration': '4', ...headers }).end(PLAYLIST)
}

function deliver(durations: Partial<EdgeConfig['durations']> = {}, ports: Partial<DeliveryPlatform> = {}) {
  const config: EdgeConfig = {
    setupCode: '',
    installationId: 'test',
    signingKeys: [],
    origins: [{ id: 'main', url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` }],
    originSecret: 'secret-of-the-edge',
    internalSecrets: [],
    mayRestreamToPrivate: false,
    mayWebhookToPrivate: false,
    defaultPublicUrl: '',
    defaultRtmpUrl: '',
    durations: { ...DEFAULT_DURATIONS, ...durations },
    limits: DEFAULT_LIMITS,
  }
  const platform = {
    config,
    clock: { now: () => nowMs, sleep: (ms, signal) => sleep(ms, undefined, { ...(signal && { signal }) }) },
    database: noDatabase,
    segmentCache: { get: (key) => cache.get(key), put: (key, answer) => void cache.set(key, answer) },
    fetchOrigin: (url, { headers, signal }) => fetch(url, { headers, signal, redirect: 'manual' }),
    gzip: (bytes) => {
      compressions++
      return Promise.resolve(new Uint8Array(gzipSync(bytes)))
    },
    waitUntil: () => {},
    log: { info: () => {}, warn: () => {}, error: () => {} },
    ...ports,
  } satisfies DeliveryPlatform
  // Who may watch is another matter, with tests of its own.
  const app = uncheckedRoutes(platform, createUncheckedDelivery(platform))
  return (target: string, init?: RequestInit) =>
    Promise.resolve(app.request(`http://edge.test${target}`, init))
}

const codeOf = async (response: Response) => ((await response.json()) as { code: string }).code

describe('one origin, no database', () => {
  test('200 equal blocking requests become one origin request', async () => {
    const held: ServerResponse[] = []
    respond = (_request, response) => held.push(response)
    const get = deliver()
    const waiting = Array.from({ length: 200 }, (_, viewer) =>
      get(`${MEDIA}?_HLS_msn=6&_HLS_part=0&CMCD=sid%3D${viewer}`),
    )
    await vi.waitFor(() => expect(held).toHaveLength(1), 15_000)
    for (const response of held) sendPlaylist(response)
    for (const response of await Promise.all(waiting)) {
      expect(response.status).toBe(200)
      expect(await response.text()).toBe(PLAYLIST)
    }
    expect(requests.map(({ url }) => url)).toEqual([`${MEDIA}?_HLS_msn=6&_HLS_part=0`])
  })

  test('the viewer who came first may leave: the others still get the answer', async () => {
    const held: ServerResponse[] = []
    respond = (_request, response) => held.push(response)
    const get = deliver()
    const leaving = new AbortController()
    const first = get(`${MEDIA}?_HLS_msn=6`, { signal: leaving.signal })
    const second = get(`${MEDIA}?_HLS_msn=6`)
    await vi.waitFor(() => expect(held).toHaveLength(1), 15_000)
    leaving.abort()
    for (const response of held) sendPlaylist(response)
    expect(await (await second).text()).toBe(PLAYLIST)
    await first
    expect(requests).toHaveLength(1)
  })

  test('the origin gets the credential and nothing of the viewer', async () => {
    await deliver()(`${MEDIA}?token=x`, { headers: { cookie: 'session=s', 'user-agent': 'viewer' } })
    const [request] = requests
    expect(request?.headers.authorization).toBe('Bearer secret-of-the-edge')
    expect(request?.headers.cookie).toBeUndefined()
    expect(request?.headers['user-agent']).not.toBe('viewer')
    expect(request?.url).toBe(MEDIA)
  })

  test('a second viewer with another token is served from the cache', async () => {
    const get = deliver()
    await get(`/live/~first/budi/01j0000000000000000000000a/source/seg.5.m4s`)
    const second = await get(`/live/~second/budi/01j0000000000000000000000a/source/seg.5.m4s?CMCD=x`)
    expect(second.status).toBe(200)
    expect(requests).toHaveLength(1)
    expect([...cache.keys()]).toEqual([`${BASE}/seg.5.m4s`])
  })

  test('answers carry type, cache life, CORS and none of the internal headers', async () => {
    const get = deliver()
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
    const past = await deliver()(`${MEDIA}?_HLS_msn=3`)
    expect(past.headers.get('cache-control')).toBe('public, max-age=2')
  })

  test('a playlist is compressed once, for those alone who accept it', async () => {
    const long = PLAYLIST + '#EXTINF:4.0,\nseg.6.m4s\n'.repeat(20)
    respond = (_request, response) => void response.writeHead(200, { 'x-target-duration': '4' }).end(long)
    const get = deliver()
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
    expect([compressions, requests.length]).toEqual([1, 1])
    expect(requests[0]?.headers['accept-encoding']).toBe('identity')
  })

  test('media is never compressed and does not vary', async () => {
    respond = (_request, response) => void response.writeHead(200).end('0'.repeat(10_000))
    const answer = await deliver()(`${BASE}/seg.5.m4s`, { headers: { 'accept-encoding': 'gzip' } })
    expect([answer.headers.get('content-encoding'), answer.headers.get('vary')]).toEqual([null, null])
    expect(compressions).toBe(0)
  })

  test('the cache control of the origin is not trusted', async () => {
    respond = (_request, response) =>
      sendPlaylist(response, { 'cache-control': 'public, max-age=31536000, immutable' })
    expect((await deliver()(MEDIA)).headers.get('cache-control')).toBe('public, max-age=2')
  })

  test('Age adds up across tiers and shortens the life here', async () => {
    respond = (_request, response) => sendPlaylist(response, { age: '1' })
    const get = deliver()
    expect((await get(MEDIA)).headers.get('age')).toBe('1')
    nowMs += 900
    expect((await get(MEDIA)).headers.get('age')).toBe('1')
    expect(requests).toHaveLength(1)
    nowMs += 100
    await get(MEDIA)
    expect(requests).toHaveLength(2)
    const segment = `${BASE}/seg.5.m4s`
    await get(segment)
    nowMs += 10_000
    expect((await get(segment)).headers.get('age')).toBe('11')
  })

  test('HEAD answers like GET without a body', async () => {
    const response = await deliver()(MEDIA, { method: 'HEAD' })
    expect(response.status).toBe(200)
    expect(response.headers.get('content-length')).toBe(String(PLAYLIST.length))
    expect(await response.text()).toBe('')
  })

  test('a preflight is answered here; other methods are refused', async () => {
    const get = deliver()
    const preflight = await get(MEDIA, { method: 'OPTIONS' })
    expect(preflight.status).toBe(204)
    expect(preflight.headers.get('access-control-allow-origin')).toBe('*')
    expect((await get(MEDIA, { method: 'POST' })).status).toBe(405)
    expect(requests).toHaveLength(0)
  })

  test('what is too far ahead is refused here', async () => {
    const get = deliver()
    await get(MEDIA)
    const response = await get(`${MEDIA}?_HLS_msn=8`)
    expect(response.status).toBe(400)
    expect(response.headers.get('cache-control')).toBe('no-store')
    expect(await codeOf(response)).toBe('too_far_ahead')
    expect(requests).toHaveLength(1)
    expect((await get(`${MEDIA}?_HLS_msn=7`)).status).toBe(200)
  })

  test('names of media that cannot be there yet never reach the origin', async () => {
    const get = deliver()
    await get(MEDIA)
    for (const name of ['part.900000.1.m4s', 'part.6.90.m4s', 'part.5.90.m4s', 'seg.900000.m4s']) {
      const answer = await get(`${BASE}/${name}`)
      expect([answer.status, answer.headers.get('cache-control')]).toEqual([404, 'no-store'])
    }
    expect(requests).toHaveLength(1)
    await get(`${BASE}/part.6.0.m4s`)
    expect(requests).toHaveLength(2)
  })

  test('names of media that must have left the origin are gone, and never reach it', async () => {
    const late = PLAYLIST.replace('SEQUENCE:5', 'SEQUENCE:1000')
    respond = (_request, response) => response.writeHead(200, { 'x-target-duration': '4' }).end(late)
    const get = deliver()
    await get(`${BASE}/seg.3.m4s`)
    await get(MEDIA)
    expect(requests).toHaveLength(2)
    for (const name of ['seg.4.m4s', 'part.4.0.m4s', 'seg.900.m4s']) {
      const answer = await get(`${BASE}/${name}`)
      expect([answer.status, await codeOf(answer)]).toEqual([410, 'segment_gone'])
    }
    expect(requests).toHaveLength(2)
    // Kept here, whatever the origin has let go, also for a viewer with a token.
    expect((await get(`/live/~token${BASE.slice('/live'.length)}/seg.3.m4s`)).status).toBe(200)
    expect((await get(`${BASE}/seg.990.m4s`)).status).toBe(200)
  })

  test('fills of media, however many, leave room for playlists', async () => {
    const held: ServerResponse[] = []
    respond = (request, response) => {
      if (request.url?.endsWith('.m4s') === true) held.push(response)
      else sendPlaylist(response)
    }
    const get = deliver()
    const media = Array.from({ length: 200 }, (_, msn) => get(`${BASE}/seg.${msn}.m4s`))
    await vi.waitFor(() => expect(held).toHaveLength(128), 15_000)
    expect((await get(MEDIA)).status).toBe(200)
    expect((await get('/live/budi/index.m3u8')).status).toBe(200)
    for (const response of held) sendPlaylist(response)
    const statuses = (await Promise.all(media)).map(({ status }) => status)
    expect(statuses.filter((status) => status === 200)).toHaveLength(128)
  })

  test('a thousand invented numbers of the past become one request', async () => {
    const get = deliver()
    await get(MEDIA)
    await Promise.all(Array.from({ length: 1000 }, (_, part) => get(`${MEDIA}?_HLS_msn=3&_HLS_part=${part}`)))
    expect(requests).toHaveLength(2)
    expect([...cache.keys()]).toEqual([MEDIA, `${MEDIA}?_HLS_msn=5`])
  })
})

describe('with a database', () => {
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
    respond = offline
    const { database, reads } = having(ID)
    const get = deliver({}, { database })
    const answers = await Promise.all(
      Array.from({ length: 2000 }, (_, index) => get(`/live/budi/${invented(index)}/source/seg.1.m4s`)),
    )
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([404]))
    expect([requests.length, reads()]).toEqual([1, 1])
    expect(await codeOf(await get(`/live/budi/${invented(1)}/source/media.m3u8`))).toBe('stream_offline')
    // Which the database knows, also when it has ended.
    expect((await get(MEDIA)).status).toBe(200)
    expect((await get(`${BASE}/seg.5.m4s`)).status).toBe(200)
    expect([requests.length, reads()]).toEqual([3, 1])
  })

  test('a broadcast that only the origin knows is found by its multivariant playlist', async () => {
    respond = (request, response) => {
      if (request.url?.endsWith('index.m3u8') === true)
        response.writeHead(200).end(`#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\n${ID}/source/media.m3u8\n`)
      else sendPlaylist(response)
    }
    const { database, reads } = having()
    expect((await deliver({}, { database })(MEDIA)).status).toBe(200)
    expect(reads()).toBe(1)
    const get = deliver({}, { database })
    cache.clear()
    await get('/live/budi/index.m3u8')
    expect((await get(MEDIA)).status).toBe(200)
    expect(reads()).toBe(1)
  })

  test('a refused broadcast passes once it is there', async () => {
    respond = offline
    const ids: string[] = []
    const read = () => Promise.resolve(ids.map((id) => ({ id })))
    const get = deliver({}, { database: { ...noDatabase, read } })
    expect((await get(MEDIA)).status).toBe(404)
    ids.push(ID)
    nowMs += 250
    expect((await get(MEDIA)).status).toBe(200)
  })
})

describe('failures', () => {
  test('a failing fill releases everybody with no-store and is not kept', async () => {
    const held: ServerResponse[] = []
    respond = (_request, response) => held.push(response)
    const get = deliver()
    const waiting = Array.from({ length: 20 }, () => get(`${MEDIA}?_HLS_msn=6`))
    await vi.waitFor(() => expect(held).toHaveLength(1), 15_000)
    for (const response of held) response.destroy()
    for (const response of await Promise.all(waiting)) {
      expect(response.status).toBe(503)
      expect(response.headers.get('cache-control')).toBe('no-store')
      expect(response.headers.get('access-control-allow-origin')).toBe('*')
      expect(await codeOf(response)).toBe('origin_unreachable')
    }
    expect(cache.size).toBe(0)
    respond = (_request, response) => sendPlaylist(response)
    expect((await get(`${MEDIA}?_HLS_msn=6`)).status).toBe(200)
  })

  test('an origin that goes is said once, and not at all by an edge that stops', async () => {
    respond = (_request, response) => void response.destroy()
    const warn = vi.fn<DeliveryPlatform['log']['warn']>()
    const log = { info: () => {}, warn, error: () => {} }
    const get = deliver({}, { log })
    for (const msn of [6, 7]) expect((await get(`${MEDIA}?_HLS_msn=${msn}`)).status).toBe(503)
    expect(warn).toHaveBeenCalledTimes(1)
    const stopping = deliver({}, { log, stopping: AbortSignal.abort() })
    expect((await stopping(MEDIA)).status).toBe(503)
    expect(warn).toHaveBeenCalledTimes(1)
  })

  test('a fill out of time says that the broadcast does not move', async () => {
    respond = () => {}
    const response = await deliver({ fillTimeout: 20 })(`${MEDIA}?_HLS_msn=6`)
    expect(response.status).toBe(503)
    expect(response.headers.get('cache-control')).toBe('no-store')
    expect(await codeOf(response)).toBe('held_too_long')
  })

  test('a body that stops in the middle is neither sent nor kept', async () => {
    respond = (_request, response) => {
      response.writeHead(200, { 'content-length': '100' })
      response.write('half of it', () => response.destroy())
    }
    const response = await deliver()(`${BASE}/seg.5.m4s`)
    expect(response.status).toBe(503)
    expect(cache.size).toBe(0)
  })

  test('an answer that is too long is refused before it is read', async () => {
    respond = (_request, response) => {
      response.writeHead(200, { 'content-length': String(2 ** 31) })
      response.write('x')
    }
    expect((await deliver()(`${BASE}/seg.5.m4s`)).status).toBe(503)
    expect(cache.size).toBe(0)
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
    respond = (_request, response) =>
      response.writeHead(originStatus, { 'cache-control': 'public, max-age=60' }).end('{}')
    const get = deliver()
    for (const attempt of [1, 2]) {
      const response = await get(target)
      expect(response.status).toBe(status)
      expect(response.headers.get('cache-control')).toBe('no-store')
      expect(await codeOf(response)).toBe(code)
      expect(requests).toHaveLength(attempt)
    }
  })

  test('a redirect is not followed', async () => {
    respond = (_request, response) => response.writeHead(302, { location: 'http://127.0.0.1:9/' }).end()
    const response = await deliver()(MEDIA)
    expect(response.status).toBe(503)
    expect(requests).toHaveLength(1)
  })

  test('what has left the window is remembered for one target duration', async () => {
    respond = (_request, response) => response.writeHead(410, { 'x-target-duration': '4' }).end('{}')
    const get = deliver()
    const response = await get(`${BASE}/seg.1.m4s`)
    expect(response.status).toBe(410)
    expect(response.headers.get('cache-control')).toBe('public, max-age=4')
    expect(await codeOf(response)).toBe('segment_gone')
    await get(`${BASE}/seg.1.m4s`)
    expect(requests).toHaveLength(1)
    nowMs += 4000
    await get(`${BASE}/seg.1.m4s`)
    expect(requests).toHaveLength(2)
  })

  test.each([
    ['_HLS_part without _HLS_msn', `${MEDIA}?_HLS_part=1`, 400, 'bad_request'],
    ['a path outside the grammar', '/live/budi/passwd', 404, 'not_found'],
    ['a second token', `/live/~a/~b/budi/index.m3u8`, 404, 'not_found'],
    ['an address that no video has', '/vod/budi/index.m3u8', 404, 'not_found'],
  ])('%s never reaches the origin', async (_name, target, status, code) => {
    const response = await deliver()(target)
    expect(response.status).toBe(status)
    expect(response.headers.get('cache-control')).toBe('no-store')
    expect(response.headers.get('x-content-type-options')).toBe('nosniff')
    expect(await codeOf(response)).toBe(code)
    expect(requests).toHaveLength(0)
  })
})
