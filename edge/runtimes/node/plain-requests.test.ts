import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import { type AddressInfo, connect, type Socket } from 'node:net'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { DeliveryAnswer, Viewer } from '../../delivery/answer.ts'
import { answerPlainRequests, type PlainConnections, readPlain } from './plain-requests.ts'

const GET = 'GET /live/budi/index.m3u8 HTTP/1.1\r\nHost: tv.example\r\n'
const PLAIN = `${GET}\r\n`

function answer(body: string | Uint8Array): DeliveryAnswer {
  const bytes = typeof body === 'string' ? new TextEncoder().encode(body) : body
  return {
    status: 200,
    headers: { 'content-type': 'text/plain', 'content-length': String(bytes.byteLength) },
    body: new Uint8Array(bytes),
  }
}

describe('what is plain', () => {
  test.each([
    ['a GET', PLAIN, '/live/budi/index.m3u8'],
    ['with a query', PLAIN.replace('.m3u8', '.m3u8?_HLS_msn=1'), '/live/budi/index.m3u8?_HLS_msn=1'],
    ['a HEAD', PLAIN.replace('GET', 'HEAD'), '/live/budi/index.m3u8'],
    [
      'as a browser writes it',
      `${GET}Connection: keep-alive\r\nsec-ch-ua: "Not(A:Brand";v="8"\r\nAccept: */*\r\nCookie: a=b\r\n\r\n`,
      '/live/budi/index.m3u8',
    ],
    ['an empty value', `${GET}X-Leer:\r\n\r\n`, '/live/budi/index.m3u8'],
    ['bytes above ASCII in a value', `${GET}X-A: \u00e9\r\n\r\n`, '/live/budi/index.m3u8'],
  ])('%s', (_name, text, target) => {
    expect(readPlain(Buffer.from(text, 'latin1'))?.target).toBe(target)
  })

  test.each([
    ['another method', PLAIN.replace('GET', 'POST')],
    ['a method in lower case', PLAIN.replace('GET', 'get')],
    ['another path', PLAIN.replace('/live/', '/api/')],
    ['an absolute address', PLAIN.replace('/live', 'http://tv.example/live')],
    ['HTTP/1.0', PLAIN.replace('1.1', '1.0')],
    ['a space in the address', PLAIN.replace('budi', 'bu di')],
    ['a control character in the address', PLAIN.replace('budi', 'bu\u0000di')],
    ['a body', `${GET}Content-Length: 3\r\n\r\nabc`],
    ['a length of zero', `${GET}Content-Length: 0\r\n\r\n`],
    ['chunks', `${GET}Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n`],
    ['chunks, hidden behind a space', `${GET}Transfer-Encoding : chunked\r\n\r\n`],
    ['chunks, in another case', `${GET}tRANSFER-eNCODING: chunked\r\n\r\n`],
    ['a folded line', `${GET}X-A: 1\r\n Transfer-Encoding: chunked\r\n\r\n`],
    ['a bare line feed', `${GET}X-A: 1\nTransfer-Encoding: chunked\r\n\r\n`],
    ['a bare carriage return', `${GET}X-A: 1\rTransfer-Encoding: chunked\r\n\r\n`],
    ['a NUL in a value', `${GET}X-A: \u0000\r\n\r\n`],
    ['no host', 'GET /live/budi/index.m3u8 HTTP/1.1\r\n\r\n'],
    ['two hosts', `${GET}Host: other.example\r\n\r\n`],
    ['the end of the connection', `${GET}Connection: close\r\n\r\n`],
    ['a list of connection options', `${GET}Connection: keep-alive, close\r\n\r\n`],
    ['an upgrade', `${GET}Upgrade: h2c\r\n\r\n`],
    ['an expectation', `${GET}Expect: 100-continue\r\n\r\n`],
    ['half a head', GET],
    ['a second request behind it', PLAIN + PLAIN],
    ['an empty line before it', `\r\n${PLAIN}`],
    ['bytes behind it', `${PLAIN}x`],
    ['a head that is too long', `${GET}X-A: ${'a'.repeat(20_000)}\r\n\r\n`],
  ])('not %s', (_name, text) => {
    expect(readPlain(Buffer.from(text, 'latin1'))).toBeUndefined()
  })

  test('a hostile head costs no more time than its length', () => {
    const names = `${'a'.repeat(200)}: ${'b'.repeat(100)}\r\n`.repeat(50)
    const lines = `${'a:'.repeat(7_000)}\r\n`
    for (const rest of [names, lines, 'x'.repeat(15_000)])
      for (let time = 0; time < 200; time++) expect(readPlain(Buffer.from(GET + rest))).toBeUndefined()
  })

  test('headers are found by name, however they are written', () => {
    const text = `${GET}ACCEPT-encoding:  gzip \r\nX-Accept-Encoding: no\r\nAccept-Encoding: br\r\n\r\n`
    const request = readPlain(Buffer.from(text))
    expect(request?.header('accept-encoding')).toBe('gzip, br')
    expect(request?.header('accept-encoding')).toBe('gzip, br')
    expect(request?.header('range')).toBeUndefined()
  })
})

describe('on a server', () => {
  let server: Server
  let plain: PlainConnections
  let deliver: (viewer: Viewer) => DeliveryAnswer | Promise<DeliveryAnswer>
  let sockets: Socket[]

  beforeEach(async () => {
    sockets = []
    deliver = ({ target }) => answer(`plain ${target}`)
    await start(60_000)
  })

  afterEach(stop)

  async function start(keepAliveMs: number): Promise<void> {
    server = createServer({ headersTimeout: 50, connectionsCheckingInterval: 10 }, (request, response) => {
      const chunks: Buffer[] = []
      request.on('data', (chunk: Buffer) => chunks.push(chunk))
      request.on('end', () => response.end(`node ${request.method} ${Buffer.concat(chunks).toString()}`))
    })
    const clock = { now: () => 0 }
    plain = answerPlainRequests(server, { deliver: (viewer) => deliver(viewer), clock, keepAliveMs })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  }

  async function stop(): Promise<void> {
    for (const socket of sockets) socket.destroy()
    plain.cutAll()
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  }

  /** @returns what the server sends, as it comes */
  async function open(): Promise<{ socket: Socket; received: () => string; ended: () => boolean }> {
    const socket = connect((server.address() as AddressInfo).port, '127.0.0.1')
    sockets.push(socket)
    let text = ''
    let isEnded = false
    socket.on('data', (bytes) => (text += bytes.toString('latin1')))
    socket.on('close', () => (isEnded = true))
    socket.on('error', () => {})
    await once(socket, 'connect')
    return { socket, received: () => text, ended: () => isEnded }
  }

  const seen = (check: () => void) => vi.waitFor(check, 15_000)

  test('answers one request after the other on one connection', async () => {
    const { socket, received } = await open()
    for (let count = 1; count <= 3; count++) {
      socket.write(PLAIN)
      await seen(() => expect(received().match(/plain \/live\/budi\/index\.m3u8/g)).toHaveLength(count))
    }
    expect(received()).toMatch(/^HTTP\/1\.1 200 OK\r\ncontent-type: text\/plain\r\ncontent-length: 27\r\n/)
    expect(received()).toContain('\r\ndate: Thu, 01 Jan 1970 00:00:00 GMT\r\n')
    expect(plain.count).toBe(1)
  })

  test('HEAD gets the head alone', async () => {
    const { socket, received } = await open()
    socket.write(PLAIN.replace('GET', 'HEAD'))
    await seen(() => expect(received()).toMatch(/content-length: 27\r\n[^]*\r\n\r\n$/))
  })

  test.each([
    [
      'a request with a body',
      'POST /api HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc',
      'node POST abc',
    ],
    [
      'chunks',
      'POST /api HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n\r\n',
      'node POST x',
    ],
    ['the end of the connection', `${GET}Connection: close\r\n\r\n`, 'node GET '],
  ])('%s is for Node, also after a plain one', async (_name, text, expected) => {
    const { socket, received } = await open()
    socket.write(PLAIN)
    await seen(() => expect(received()).toContain('plain /live'))
    socket.write(text)
    await seen(() => expect(received()).toContain(expected))
    expect(plain.count).toBe(0)
  })

  test('two requests in one packet are both answered, in their order, by Node', async () => {
    const { socket, received } = await open()
    socket.write(`${PLAIN}${PLAIN.replace('GET', 'HEAD')}${PLAIN}`)
    await seen(() => expect(received().match(/HTTP\/1\.1 200/g)).toHaveLength(3))
    expect(received()).not.toContain('plain')
  })

  test('what hides in a body stays a body', async () => {
    const { socket, received } = await open()
    const hidden = PLAIN.replace('GET', 'HEAD')
    socket.write(`${GET}Content-Length: ${hidden.length}\r\n\r\n`)
    await seen(() => expect(plain.count).toBe(0))
    socket.write(hidden)
    await seen(() => expect(received()).toContain(`node GET ${hidden}`))
    expect(received().match(/HTTP\/1\.1/g)).toHaveLength(2)
  })

  test('length and chunks together are refused', async () => {
    const { socket, received, ended } = await open()
    socket.write(`${GET}Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n${PLAIN}`)
    await seen(() => expect(ended()).toBe(true))
    expect(received()).toMatch(/^HTTP\/1\.1 400/)
    expect(received()).not.toContain('plain')
  })

  test('a head that comes byte by byte meets the time limit of Node', async () => {
    const { socket, received, ended } = await open()
    const dripping = setInterval(() => socket.write('X'), 5)
    socket.write(`${GET}X-A: `)
    await seen(() => expect(ended()).toBe(true))
    clearInterval(dripping)
    expect(received()).toMatch(/^HTTP\/1\.1 408/)
  })

  test('a request in two packets is answered all the same', async () => {
    await stop()
    await start(60_000)
    server.headersTimeout = 60_000
    const { socket, received } = await open()
    socket.write(GET)
    await seen(() => expect(plain.count).toBe(0))
    socket.write('\r\n')
    await seen(() => expect(received()).toContain('node GET '))
  })

  test('an answer that is waited for keeps the next request waiting', async () => {
    const { promise, resolve } = Promise.withResolvers<DeliveryAnswer>()
    const targets: string[] = []
    deliver = ({ target }) => {
      targets.push(target)
      return targets.length === 1 ? promise : answer('second')
    }
    const { socket, received } = await open()
    socket.write(PLAIN)
    await seen(() => expect(targets).toHaveLength(1))
    socket.write(PLAIN)
    const other = await open()
    other.socket.write(PLAIN)
    await seen(() => expect(other.received()).toContain('second'))
    expect(received()).toBe('')
    resolve(answer('first'))
    await seen(() => expect(received()).toMatch(/first[^]*second$/))
  })

  test('a viewer who leaves while waiting harms nobody', async () => {
    const { promise, resolve } = Promise.withResolvers<DeliveryAnswer>()
    deliver = () => promise
    const { socket } = await open()
    socket.write(PLAIN)
    await seen(() => expect(plain.count).toBe(1))
    socket.resetAndDestroy()
    resolve(answer('late'))
    await seen(() => expect(plain.count).toBe(0))
  })

  test('whoever does not read gets one answer at a time', async () => {
    let asked = 0
    const large = answer(new Uint8Array(8_000_000))
    deliver = () => {
      asked++
      return large
    }
    const { socket, received } = await open()
    socket.pause()
    for (let count = 0; count < 20; count++) {
      socket.write(PLAIN)
      const other = await open()
      other.socket.write('GET /health HTTP/1.1\r\nHost: a\r\n\r\n')
      await seen(() => expect(other.received()).toContain('node GET'))
    }
    expect(asked).toBeLessThan(20)
    socket.resume()
    await seen(() => expect(received().length).toBeGreaterThan(8_000_000))
  })

  test('an idle connection is closed, an answer to one who does not read is cut', async () => {
    await stop()
    await start(50)
    const large = answer(new Uint8Array(32_000_000))
    deliver = () => large
    const idle = await open()
    const stuck = await open()
    stuck.socket.pause()
    stuck.socket.write(PLAIN)
    await seen(() => expect(plain.count).toBe(0))
    await seen(() => expect(idle.ended()).toBe(true))
  })

  test('ending lets the answer out that is being waited for', async () => {
    const { promise, resolve } = Promise.withResolvers<DeliveryAnswer>()
    let isAsked = false
    deliver = () => {
      isAsked = true
      return promise
    }
    const [idle, waiting] = [await open(), await open()]
    waiting.socket.write(PLAIN)
    await seen(() => expect(isAsked).toBe(true))
    plain.endAll()
    await seen(() => expect(idle.ended()).toBe(true))
    expect(waiting.ended()).toBe(false)
    resolve(answer('the last one'))
    await seen(() => expect(waiting.ended()).toBe(true))
    expect(waiting.received()).toContain('the last one')
  })
})
