import { once } from 'node:events'
import { Agent, request } from 'node:http'
import { connect, type Socket } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { encode } from '../packager/synthetic.ts'
import { SECRETS, originKeeper, write } from './test-origin.ts'

const { origin, close } = originKeeper()
const knocking: Socket[] = []
afterEach(async () => {
  for (const socket of knocking.splice(0)) socket.destroy()
  await close()
})

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
