/** What a broadcast on air answers to edges. */
import { afterEach, expect, test } from 'vitest'
import { encode } from '../packager/synthetic.ts'
import { SECRETS, originKeeper, write } from './test-origin.ts'

const { origin, close } = originKeeper()
afterEach(close)

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
