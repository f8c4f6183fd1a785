import { once } from 'node:events'
import { Agent, request } from 'node:http'
import { connect, type Socket } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import type { MediaMessage } from '../media/access-unit.ts'
import { encode } from '../packager/synthetic.ts'
import { LiveStream } from '../streams/live-stream.ts'
import { type HttpServer, startHttp } from './server.ts'

const BROADCAST = '01jd3v2k8m0000000000000001'
const SECRETS = ['current-secret-of-the-edge', 'next-secret-of-the-edge']
let server: HttpServer | undefined
const knocking: Socket[] = []

afterEach(async () => {
  for (const socket of knocking.splice(0)) socket.destroy()
  await server?.close()
  server = undefined
})

interface Setting {
  readonly maxHoldMs?: number
  readonly windowSeconds?: number
  readonly latencyMode?: 'low' | 'normal'
  readonly maxConnections?: number
  readonly headersMs?: number
}

async function origin({
  maxHoldMs = 8000,
  windowSeconds = 12,
  latencyMode = 'low',
  ...limits
}: Setting = {}) {
  const stream = new LiveStream({
    broadcastId: BROADCAST,
    slug: 'budi',
    latencyMode,
    targetDurationSeconds: 4,
    windowSeconds,
    maxWaiters: 100,
    now: () => 0,
  })
  const errors: unknown[] = []
  const started = await startHttp({
    host: '127.0.0.1',
    port: 0,
    secrets: SECRETS,
    source: {
      bySlug: (slug) => (slug === 'budi' ? stream : undefined),
      byId: (id) => (id === BROADCAST ? stream : undefined),
    },
    maxHoldMs,
    targetDurationSeconds: 4,
    ...limits,
    onError: (error) => errors.push(error),
  })
  server = started
  const get = (path: string, init?: RequestInit) =>
    fetch(`http://127.0.0.1:${started.port}${path}`, {
      headers: { authorization: `Bearer ${SECRETS[0]}` },
      ...init,
    })
  return { stream, get, errors, port: started.port, media: `/live/budi/${BROADCAST}/source` }
}

function statusFrom(agent: Agent, port: number, authorization: string) {
  return new Promise<{ status: number | undefined; isReused: boolean }>((resolve, reject) => {
    const path = '/live/budi/index.m3u8'
    const asking = request({ host: '127.0.0.1', port, path, agent, headers: { authorization } })
    asking.once('response', (answer) => {
      answer.resume().once('end', () => resolve({ status: answer.statusCode, isReused: asking.reusedSocket }))
    })
    asking.once('error', reject).end()
  })
}

function write(stream: LiveStream, messages: readonly MediaMessage[]): void {
  for (const message of messages) stream.write(message)
}

test('only callers that carry the current or the next secret get an answer', async () => {
  const { stream, get } = await origin()
  write(stream, encode({ seconds: 5, frameRate: 30 }))
  const status = async (headers: Record<string, string>) =>
    (await get('/live/budi/index.m3u8', { headers })).status
  expect(await status({})).toBe(403)
  expect(await status({ authorization: 'Bearer wrong' })).toBe(403)
  expect(await status({ authorization: SECRETS[0] ?? '' })).toBe(403)
  expect(await status({ authorization: `Basic ${SECRETS[0]}` })).toBe(403)
  expect(await status({ authorization: `Bearer ${SECRETS[1]}` })).toBe(200)
  expect((await get('/health', { headers: {} })).status).toBe(200)
})

/** @returns once the server has taken it */
async function knock(port: number, head = ''): Promise<Socket> {
  const socket = connect(port, '127.0.0.1').on('error', () => {})
  knocking.push(socket)
  await once(socket, 'connect')
  socket.write(head)
  return socket
}

test('connections that show no secret keep no edge away: the oldest gives way', async () => {
  const { stream, get, port } = await origin({ maxConnections: 4 })
  write(stream, encode({ seconds: 5, frameRate: 30 }))
  // This one stays, for an edge is behind it.
  const edge = new Agent({ keepAlive: true, maxSockets: 1 })
  const ask = () => statusFrom(edge, port, `Bearer ${SECRETS[0]}`)
  expect(await ask()).toEqual({ status: 200, isReused: false })
  const strangers: Socket[] = []
  for (let index = 0; index < 8; index++) strangers.push(await knock(port, 'GET /health HTTP/1.1\r\n'))
  for (const socket of strangers.slice(0, 5)) if (!socket.closed) await once(socket, 'close')
  expect((await get('/live/budi/index.m3u8')).status).toBe(200)
  expect(await ask()).toEqual({ status: 200, isReused: true })
  edge.destroy()
})

test('a connection that asks for nothing is closed soon', async () => {
  const { port } = await origin({ headersMs: 40 })
  const silent = await knock(port)
  const [answer] = (await once(silent, 'data')) as [Buffer]
  expect(answer.toString('latin1')).toMatch(/^HTTP\/1\.1 408 /)
  await once(silent, 'close')
})

test('who shows no secret is answered, and keeps no connection', async () => {
  const { port } = await origin()
  for (const path of ['/health', '/live/budi/index.m3u8']) {
    const asked = await knock(port, `GET ${path} HTTP/1.1\r\nhost: origin\r\n\r\n`)
    const [answer] = (await once(asked, 'data')) as [Buffer]
    expect(answer.toString('latin1')).toMatch(/^connection: close\r$/im)
    asked.destroy()
  }
})

test('players wait a while for the first part, then ask again', async () => {
  const { get, media } = await origin({ maxHoldMs: 20 })
  for (const path of ['/live/budi/index.m3u8', `${media}/media.m3u8`, `${media}/media.m3u8?_HLS_msn=0`]) {
    const response = await get(path)
    expect(response.status).toBe(503)
    expect(response.headers.get('cache-control')).toBe('no-store')
    expect(await response.json()).toMatchObject({ code: 'held_too_long' })
  }
  expect((await get('/live/siti/index.m3u8')).status).toBe(404)
})

test('players who came before the first part get it', async () => {
  const { stream, get } = await origin()
  const held = get('/live/budi/index.m3u8')
  while (stream.source.waiters.size < 1) await new Promise((resolve) => setImmediate(resolve))
  write(stream, encode({ seconds: 3, frameRate: 30 }))
  expect(await (await held).text()).toContain('/source/media.m3u8')
})

test('a blocking request is held until its part exists, and then carries it', async () => {
  const { stream, get, media } = await origin()
  const messages = encode({ seconds: 6, frameRate: 30 })
  const half = messages.findIndex((message) => message.type === 'video' && message.dtsMs >= 3000)
  write(stream, messages.slice(0, half))
  const { msn, part } = stream.source.window.edge
  const held = get(`${media}/media.m3u8?_HLS_msn=${msn}&_HLS_part=${part}`)
  const hinted = get(`${media}/part.${msn}.${part}.m4s`)
  // Both are waiting before anything is written.
  while (stream.source.waiters.size < 2) await new Promise((resolve) => setImmediate(resolve))
  write(stream, messages.slice(half))
  const playlist = await held
  expect(playlist.headers.get('cache-control')).toBe('public, max-age=24')
  expect(await playlist.text()).toContain(`part.${msn}.${part}.m4s`)
  const bytes = Buffer.from(await (await hinted).arrayBuffer())
  expect(bytes.equals(stream.source.window.segment(msn)?.parts[part]?.media.read() ?? Buffer.alloc(0))).toBe(
    true,
  )
})

test('a segment is its parts, one after another', async () => {
  const { stream, get, media } = await origin()
  write(stream, encode({ seconds: 6, frameRate: 30 }))
  const response = await get(`${media}/seg.1.m4s`)
  const parts = stream.source.window.segment(1)?.parts.map((part) => part.media.read()) ?? []
  expect(Buffer.from(await response.arrayBuffer()).equals(Buffer.concat(parts))).toBe(true)
  expect(response.headers.get('content-type')).toBe('video/mp4')
  expect(response.headers.get('cache-control')).toContain('immutable')
})

test.each([
  ['_HLS_part without _HLS_msn', 'media.m3u8?_HLS_part=1', 400],
  ['a segment far ahead', 'media.m3u8?_HLS_msn=50', 400],
  ['the third segment after the last whole one', 'media.m3u8?_HLS_msn=6', 400],
  ['a part far ahead', 'media.m3u8?_HLS_msn=4&_HLS_part=90', 400],
  ['a part far ahead in the next segment', 'media.m3u8?_HLS_msn=5&_HLS_part=9', 400],
  ['a segment that is not made yet', 'seg.4.m4s', 404],
  ['the gap a broadcast begins with', 'seg.0.m4s', 410],
  ['a part that is not even hinted', 'part.4.40.m4s', 404],
  ['an init segment that is not made yet', 'init.7.mp4', 404],
])('%s is refused at once', async (_name, file, status) => {
  const { stream, get, media } = await origin()
  write(stream, encode({ seconds: 6.5, frameRate: 30 }))
  expect((await get(`${media}/${file}`)).status).toBe(status)
})

test('an old _HLS_msn gets the current playlist at once', async () => {
  const { stream, get, media } = await origin()
  write(stream, encode({ seconds: 40, frameRate: 30 }))
  const text = await (await get(`${media}/media.m3u8?_HLS_msn=0`)).text()
  expect(text).toBe(stream.source.mediaPlaylist().toString())
})

test('a delta update goes to players who can use one', async () => {
  const { stream, get, media } = await origin({ windowSeconds: 60 })
  write(stream, encode({ seconds: 80, frameRate: 30 }))
  const { msn, part } = stream.source.window.edge
  const text = async (query: string) => (await get(`${media}/media.m3u8?${query}`)).text()
  const delta = await text('_HLS_skip=YES')
  expect(delta).toContain('#EXT-X-SKIP:SKIPPED-SEGMENTS=')
  expect(await text(`_HLS_msn=${msn}&_HLS_part=${part - 1}&_HLS_skip=v2`)).toBe(delta)
  // It lacks more than a delta update lists.
  expect(await text(`_HLS_msn=${msn - 20}&_HLS_skip=YES`)).toBe(stream.source.mediaPlaylist().toString())
  stream.end()
  expect(await text('_HLS_skip=YES')).toBe(stream.source.mediaPlaylist().toString())
})

test('a window too short for delta updates ignores the wish for one', async () => {
  const { stream, get, media } = await origin({ windowSeconds: 30 })
  write(stream, encode({ seconds: 60, frameRate: 30 }))
  const text = await (await get(`${media}/media.m3u8?_HLS_skip=YES`)).text()
  expect(text).toBe(stream.source.mediaPlaylist().toString())
  expect(text).not.toMatch(/SKIP/)
})

test('where no parts are listed, a request for one waits for its whole segment', async () => {
  const { stream, get, media } = await origin({ latencyMode: 'normal' })
  const messages = encode({ seconds: 6, frameRate: 30 })
  const half = messages.findIndex((message) => message.type === 'video' && message.dtsMs >= 3000)
  write(stream, messages.slice(0, half))
  const { msn } = stream.source.window.edge
  const held = get(`${media}/media.m3u8?_HLS_msn=${msn}&_HLS_part=0`)
  while (stream.source.waiters.size < 1) await new Promise((resolve) => setImmediate(resolve))
  write(stream, messages.slice(half))
  expect(await (await held).text()).toContain(`seg.${msn}.m4s`)
})

test('a request held too long ends with 503 and is not kept', async () => {
  const { stream, get, media } = await origin({ maxHoldMs: 20 })
  write(stream, encode({ seconds: 5, frameRate: 30 }))
  const { msn, part } = stream.source.window.edge
  const response = await get(`${media}/media.m3u8?_HLS_msn=${msn}&_HLS_part=${part}`)
  expect(response.status).toBe(503)
  expect(response.headers.get('cache-control')).toBe('no-store')
})

test('a client that goes away leaves no waiter behind', async () => {
  const { stream, get, media } = await origin()
  write(stream, encode({ seconds: 5, frameRate: 30 }))
  const { msn, part } = stream.source.window.edge
  const gone = new AbortController()
  const aborted = get(`${media}/media.m3u8?_HLS_msn=${msn}&_HLS_part=${part}`, {
    headers: { authorization: `Bearer ${SECRETS[0]}` },
    signal: gone.signal,
  }).catch((error: unknown) => error)
  while (stream.source.waiters.size < 1) await new Promise((resolve) => setImmediate(resolve))
  gone.abort()
  await aborted
  while (stream.source.waiters.size > 0) await new Promise((resolve) => setImmediate(resolve))
  expect(stream.source.waiters.size).toBe(0)
})

test('the end releases everybody who waits', async () => {
  const { stream, get, media, errors } = await origin()
  write(stream, encode({ seconds: 5, frameRate: 30 }))
  const { msn, part } = stream.source.window.edge
  const held = get(`${media}/media.m3u8?_HLS_msn=${msn}&_HLS_part=${part + 1}`)
  while (stream.source.waiters.size < 1) await new Promise((resolve) => setImmediate(resolve))
  stream.end()
  const response = await held
  expect(response.headers.get('x-ended')).toBe('1')
  expect(await response.text()).toContain('#EXT-X-ENDLIST')
  expect((await get('/live/budi/index.m3u8')).status).toBe(404)
  expect(errors).toEqual([])
})

test('HEAD answers with the length and no body', async () => {
  const { stream, get, media } = await origin()
  write(stream, encode({ seconds: 6, frameRate: 30 }))
  const response = await get(`${media}/seg.1.m4s`, {
    method: 'HEAD',
    headers: { authorization: `Bearer ${SECRETS[0]}` },
  })
  expect(Number(response.headers.get('content-length'))).toBe(stream.source.window.segment(1)?.sizeBytes)
  expect((await response.arrayBuffer()).byteLength).toBe(0)
})

test('whoever waits for a rendition that is withdrawn is sent elsewhere at once', async () => {
  const { stream, get, media } = await origin()
  write(stream, encode({ seconds: 5, frameRate: 30 }))
  const { msn, part } = stream.source.window.edge
  const playlist = get(`${media}/media.m3u8?_HLS_msn=${msn}&_HLS_part=${part}`)
  const hinted = get(`${media}/part.${msn}.${part}.m4s`)
  while (stream.source.waiters.size < 2) await new Promise((resolve) => setImmediate(resolve))
  stream.source.withdraw()
  const answers = await Promise.all([playlist, hinted])
  expect(answers.map(({ status }) => status)).toEqual([404, 404])
  expect(answers.map(({ headers }) => headers.get('cache-control'))).toEqual(['no-store', 'no-store'])
})

const ALERT = {
  id: '01jd3v2k8m0000000000000009.abc',
  kind: 'donation',
  senderName: 'Bu "Rini"',
  message: 'halo\r\n#EXT-X-ENDLIST',
  amountRupiah: 25_000,
  durationMs: 8_000,
}
const tellAlert = (
  get: Awaited<ReturnType<typeof origin>>['get'],
  body: unknown,
  headers = {},
  id = BROADCAST,
) =>
  get(`/internal/broadcasts/${id}/alerts`, {
    method: 'POST',
    body: typeof body === 'string' ? body : JSON.stringify(body),
    headers: { authorization: `Bearer ${SECRETS[0]}`, ...headers },
  })

test('an alert that is shown now is in the next playlist, once, at the newest moment of the media', async () => {
  const { stream, get, media } = await origin({ windowSeconds: 60 })
  const messages = encode({ seconds: 70, frameRate: 30 })
  const before = messages.findIndex((each) => 'dtsMs' in each && each.dtsMs > 60_000)
  write(stream, messages.slice(0, before))
  const old = await (await get(`${media}/media.m3u8`)).text()
  expect((await tellAlert(get, ALERT)).status).toBe(204)
  expect(await (await get(`${media}/media.m3u8`)).text()).toBe(old)
  write(stream, messages.slice(before))
  expect((await tellAlert(get, ALERT)).status).toBe(204)
  for (const query of ['', '?_HLS_skip=YES']) {
    const text = await (await get(`${media}/media.m3u8${query}`)).text()
    const lines = text.split('\n').filter((line) => line.startsWith('#EXT-X-DATERANGE'))
    expect(lines).toHaveLength(1)
    expect(lines[0]).toContain('X-PANGGUNG-NAME="Bu ”Rini”",X-PANGGUNG-MESSAGE="halo #EXT-X-ENDLIST"')
    expect(text).not.toMatch(/^#EXT-X-ENDLIST/m)
    expect(text.includes('#EXT-X-SKIP')).toBe(query !== '')
  }
})

test('an alert is taken from edges only, of a broadcast that is on air, and only in its form', async () => {
  const { stream, get } = await origin()
  expect((await tellAlert(get, ALERT)).status).toBe(404)
  write(stream, encode({ seconds: 5, frameRate: 30 }))
  expect((await tellAlert(get, ALERT, { authorization: 'Bearer wrong' })).status).toBe(403)
  expect((await tellAlert(get, ALERT, {}, '01jd3v2k8m0000000000000002')).status).toBe(404)
  for (const broken of [
    '',
    '{',
    'null',
    { ...ALERT, id: 'a"b' },
    { ...ALERT, durationMs: 1e9 },
    { ...ALERT, more: 1 },
  ])
    expect((await tellAlert(get, broken)).status).toBe(422)
  expect((await tellAlert(get, 'x'.repeat(9_000))).status).toBe(413)
  stream.end()
  expect((await tellAlert(get, ALERT)).status).toBe(404)
})
