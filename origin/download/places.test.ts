/** Whoever reads slowly keeps a few places, and nobody else's. */
import { afterEach, expect, test, vi } from 'vitest'
import { DOWNLOADER_HEADER } from '../../shared/vod/downloader.ts'
import { type HttpServer, startHttp } from '../http/server.ts'
import type { Library } from '../videos/library.ts'
import { media, VIDEO, video } from './test-video.ts'

const SECRET = 'secret-of-the-edge'
let server: HttpServer | undefined
afterEach(() => server?.close())

test('a reader has so many downloads at once, all of them together no more, and heads are free', async () => {
  const [segments, openSegments] = gate()
  const library = {
    video: () => Promise.resolve(video),
    read: async (_: string, offset: number, sizeBytes: number) => {
      if (offset > 0) await segments
      return media.subarray(offset, offset + sizeBytes)
    },
  } as unknown as Library
  server = await startHttp({
    host: '127.0.0.1',
    port: 0,
    secrets: [SECRET],
    source: { bySlug: () => undefined, byId: () => undefined },
    library,
    downloads: { perReader: 2, all: 3 },
    maxHoldMs: 1000,
    targetDurationSeconds: 4,
    onError: (error) => expect.unreachable(String(error)),
  })
  const url = `http://127.0.0.1:${server.port}/download/${VIDEO}`
  const download = (reader: string, init: RequestInit = {}) =>
    fetch(url, { ...init, headers: { authorization: `Bearer ${SECRET}`, [DOWNLOADER_HEADER]: reader } })
  const leaving = new AbortController()
  const first = await download('budi', { signal: leaving.signal })
  const second = await download('budi')
  expect((await download('budi')).status).toBe(429)
  expect((await download('budi', { method: 'HEAD' })).status).toBe(200)
  const third = await download('rina')
  expect([first.status, second.status, third.status]).toEqual([200, 200, 200])
  expect((await download('siti')).status).toBe(429)
  // One goes away, and the others come to their ends.
  leaving.abort()
  openSegments()
  for (const each of [second, third]) expect((await each.arrayBuffer()).byteLength).toBeGreaterThan(0)
  const bothOfBudi = async () => [(await download('budi')).status, (await download('budi')).status]
  await vi.waitFor(async () => expect(await bothOfBudi()).toEqual([200, 200]), { timeout: 15_000 })
})

function gate(): [Promise<void>, () => void] {
  const { promise, resolve } = Promise.withResolvers<void>()
  return [promise, () => resolve()]
}
