import { once } from 'node:events'
import { createServer, type IncomingMessage, request, type Server } from 'node:http'
import {
  connect as connectHttp2,
  createServer as createHttp2Server,
  type Http2Server,
  type IncomingHttpHeaders,
} from 'node:http2'
import type { AddressInfo } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import type { Viewer } from '../../delivery/answer.ts'
import { deliveryListener, type NodeListener } from './delivery-listener.ts'

const BODY = new TextEncoder().encode('isi')
const HEADERS = { 'content-type': 'video/mp4', 'content-length': '3' }

let server: Server | Http2Server | undefined
let asked: Viewer[]

afterEach(() => server?.close())

function listener(deliver = (viewer: Viewer) => void asked.push(viewer)): NodeListener {
  asked = []
  return deliveryListener(
    (viewer) => {
      deliver(viewer)
      const answer = { status: 200, headers: HEADERS, body: new Uint8Array(BODY) }
      return viewer.target.endsWith('later') ? Promise.resolve(answer) : answer
    },
    (incoming, outgoing) => {
      outgoing.end(`other ${incoming.method} ${incoming.url}`)
      return Promise.resolve()
    },
  )
}

async function start(next: Server | Http2Server): Promise<number> {
  server = next
  next.listen(0, '127.0.0.1')
  await once(next, 'listening')
  return (next.address() as AddressInfo).port
}

async function send(port: number, method: string, path: string): Promise<{ length?: string; text: string }> {
  const asking = request({ port, host: '127.0.0.1', method, path, headers: { 'x-a': '1' } })
  asking.end()
  const [answer] = (await once(asking, 'response')) as [IncomingMessage]
  let text = ''
  for await (const chunk of answer) text += String(chunk)
  return { text, ...(answer.headers['content-length'] && { length: answer.headers['content-length'] }) }
}

test('GET and HEAD of media are answered here, everything else is somebody else’s', async () => {
  const port = await start(createServer(listener()))
  expect(await send(port, 'GET', '/live/budi/index.m3u8')).toEqual({ text: 'isi', length: '3' })
  expect(await send(port, 'GET', '/live/later')).toEqual({ text: 'isi', length: '3' })
  expect(await send(port, 'HEAD', '/live/budi/index.m3u8')).toEqual({ text: '', length: '3' })
  expect(asked[0]?.header('x-a')).toBe('1')
  for (const [method, path] of [
    ['POST', '/live/budi/index.m3u8'],
    ['OPTIONS', '/live/budi/index.m3u8'],
    ['GET', '/live'],
    ['GET', '/api/site'],
  ] as const)
    expect((await send(port, method, path)).text).toBe(`other ${method} ${path}`)
  expect(asked).toHaveLength(3)
})

test('HTTP/2 gets the same', async () => {
  const port = await start(createHttp2Server(listener()))
  const session = connectHttp2(`http://127.0.0.1:${port}`)
  const stream = session.request({ ':path': '/live/budi/index.m3u8', 'x-a': '1' })
  const [headers] = (await once(stream, 'response')) as [IncomingHttpHeaders]
  let text = ''
  for await (const chunk of stream) text += String(chunk)
  session.close()
  expect([text, headers[':status'], headers['content-length']]).toEqual(['isi', 200, '3'])
  expect(asked[0]?.header('x-a')).toBe('1')
})
