import { createServer, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { OriginLane } from '../../ports.ts'
import { createOriginFetch } from './origin-fetch.ts'

let server: Server
let sockets: Set<Socket>
let held: ServerResponse[]

beforeEach(async () => {
  sockets = new Set()
  held = []
  server = createServer((request, response) => {
    sockets.add(request.socket)
    if (request.url === '/now') response.setHeader('x-seen', request.headers['x-sent'] ?? '').end('now')
    else held.push(response)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
})

afterEach(async () => {
  server.closeAllConnections()
  await new Promise((resolve) => server.close(resolve))
})

const few = { playlist: 2, held_playlist: 2, media: 2, part: 2, video: 2, picture: 2, upload: 2, download: 2 }
const fetchOrigin = createOriginFetch(few)
const ask = (path: string, lane: OriginLane, signal = new AbortController().signal) =>
  fetchOrigin(`http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`, {
    headers: { 'x-sent': 'yes' },
    signal,
    lane,
  })

test('much media takes few connections, waits for its turn and keeps no playlist waiting', async () => {
  const media = Array.from({ length: 20 }, () => ask('/held', 'media').then((answer) => answer.text()))
  await vi.waitFor(() => expect(held).toHaveLength(2), 15_000)
  for (const lane of ['playlist', 'held_playlist', 'part'] as const)
    expect(await (await ask('/now', lane)).text()).toBe('now')
  expect(sockets.size).toBe(2 + 3)
  for (let answered = 0; answered < 20; answered++) {
    await vi.waitFor(() => expect(held.length).toBeGreaterThan(0), 15_000)
    held.shift()?.end('late')
  }
  expect(await Promise.all(media)).toEqual(Array.from({ length: 20 }, () => 'late'))
  expect(sockets.size).toBe(2 + 3)
})

test('a connection is used again, and a new one made when it was closed meanwhile', async () => {
  const work = new AbortController()
  const first = await ask('/now', 'media', work.signal)
  expect([first.status, first.headers.get('x-seen'), await first.text()]).toEqual([200, 'yes', 'now'])
  work.abort()
  expect(await (await ask('/now', 'media')).text()).toBe('now')
  expect(sockets.size).toBe(1)
  for (const socket of sockets) socket.destroy()
  expect(await (await ask('/now', 'media')).text()).toBe('now')
  expect(sockets.size).toBe(2)
})

test('who gives up frees the connection, also in the middle of the answer', async () => {
  const waiting = new AbortController()
  const first = ask('/held', 'media', waiting.signal)
  await vi.waitFor(() => expect(held).toHaveLength(1), 15_000)
  waiting.abort()
  await expect(first).rejects.toThrow('aborted')
  const reading = new AbortController()
  const second = ask('/held', 'media', reading.signal)
  await vi.waitFor(() => expect(held).toHaveLength(2), 15_000)
  held[1]?.write('half')
  const answer = await second
  reading.abort()
  await expect(answer.text()).rejects.toThrow('aborted')
  expect(await (await ask('/now', 'media')).text()).toBe('now')
})
