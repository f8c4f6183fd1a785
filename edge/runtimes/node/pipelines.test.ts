import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import { type AddressInfo, connect, type Socket } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import type { NodeListener } from './delivery-listener.ts'
import { boundPipelines } from './pipelines.ts'

const closing: (() => void)[] = []
afterEach(() => {
  for (const close of closing.splice(0)) close()
})

async function open(listener: NodeListener): Promise<{ server: Server; socket: Socket }> {
  const server = createServer(boundPipelines(listener)).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1').on('error', () => {})
  closing.push(() => {
    socket.destroy()
    server.closeAllConnections()
    server.close()
  })
  return { server, socket }
}

const asked = (times: number) => 'GET /x HTTP/1.1\r\nHost: tv.example\r\n\r\n'.repeat(times)

test('a few requests at once are answered in order, and again afterwards', async () => {
  let count = 0
  const { socket } = await open((_incoming, outgoing) => void outgoing.end(`<${++count}>`))
  let text = ''
  socket.setEncoding('latin1').on('data', (chunk: string) => (text += chunk))
  for (const round of [1, 2, 3]) {
    socket.write(asked(8))
    await expect.poll(() => text, { timeout: 15_000 }).toContain(`<${8 * round}>`)
  }
  expect([...text.matchAll(/<(\d+)>/g)].map(([, number]) => Number(number))).toEqual(
    Array.from({ length: 24 }, (_, index) => index + 1),
  )
})

test('a flood of them ends the connection, and no more of it is begun', async () => {
  let begun = 0
  const { socket } = await open(() => void begun++)
  socket.resume().write(asked(500))
  await once(socket, 'close')
  expect(begun).toBe(8)
})
