import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import { connect, type AddressInfo, type Socket } from 'node:net'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { HeldAnswers } from './held-answers.ts'

/** Far more than the system takes off a sender's hands. */
const SIZE = 24 * 1024 * 1024
const HEAD_END = '\r\n\r\n'

let held: HeldAnswers
let server: Server
const viewers: Socket[] = []
beforeEach(async () => {
  held = new HeldAnswers(3 * SIZE)
  const bodies = new Map<string, Uint8Array>()
  // `/ADDRESS/BODY`
  server = createServer(({ url = '' }, response) => {
    const [, address = '', name = ''] = url.split('/')
    const body = bodies.get(name) ?? new Uint8Array(SIZE)
    bodies.set(name, body)
    held.hold(response, address, body)
    response.end(body)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
})
afterEach(() => {
  for (const socket of viewers.splice(0)) socket.destroy()
  server.close()
})

/** @returns once its answer has begun; it reads no further */
async function ask(path: string): Promise<Socket> {
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1').on('error', () => {})
  viewers.push(socket)
  socket.write(`GET ${path} HTTP/1.1\r\nhost: edge${HEAD_END}`)
  await once(socket, 'data')
  socket.pause()
  return socket
}

test('who holds most gives way, the oldest first, and others keep what they began', async () => {
  const quiet = await ask('/siti/a')
  const oldest = await ask('/budi/b')
  const newer = await ask('/budi/c')
  expect(held.bytes).toBe(3 * SIZE)
  await ask('/rina/d')
  // It reads on, to hear that it was cut.
  await once(oldest.resume(), 'close')
  expect(held.bytes).toBe(3 * SIZE)
  expect([quiet.closed, newer.closed]).toEqual([false, false])
  let size = 0
  quiet.on('data', (bytes: Buffer) => (size += bytes.length)).resume()
  await vi.waitFor(() => expect(held.bytes).toBe(2 * SIZE), { timeout: 15_000 })
  await vi.waitFor(() => expect(size).toBeGreaterThan(SIZE - 1024 * 1024), { timeout: 15_000 })
})

test('one place of a video is held once, however many watch it', async () => {
  for (const viewer of ['siti', 'budi', 'rina', 'dewi', 'agus']) await ask(`/${viewer}/same`)
  expect(held.bytes).toBe(SIZE)
  expect(viewers.every(({ closed }) => !closed)).toBe(true)
})
