import { getRequestListener } from '@hono/node-server'
import { execFileSync } from 'node:child_process'
import { copyFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { connect as connectHttp2, type ClientHttp2Session, type IncomingHttpHeaders } from 'node:http2'
import { request } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connect as connectTls } from 'node:tls'
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest'
import { createDelivery } from '../../delivery/deliver.ts'
import { deliveryListener } from './delivery-listener.ts'
import { startEdge } from './edge-server.ts'
import { readSettings } from './config.ts'
import { TestStage } from './test-stage.ts'
import { listenTls, type TlsListener } from './tls.ts'

interface Files {
  readonly certFile: string
  readonly keyFile: string
}

let folder: string
let first: Files
let second: Files
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'panggung-tls-'))
  first = makeCertificate('first')
  second = makeCertificate('second')
})
afterAll(() => rm(folder, { recursive: true }))

const closing: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close()
})

function makeCertificate(name: string): Files {
  const files = { certFile: join(folder, `${name}.crt`), keyFile: join(folder, `${name}.key`) }
  execFileSync(
    'openssl',
    `req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=${name} -addext
      subjectAltName=DNS:localhost,IP:127.0.0.1 -keyout ${files.keyFile} -out ${files.certFile}`.split(/\s+/),
    { stdio: 'ignore' },
  )
  return files
}

async function serveStage(
  files: Files = first,
): Promise<{ stage: TestStage; tls: TlsListener; url: string }> {
  const stage = await TestStage.open()
  closing.push(() => stage.close())
  const tls = await listenTls({
    ...files,
    host: '127.0.0.1',
    port: 0,
    listener: deliveryListener(createDelivery(stage.platform), getRequestListener(stage.app.fetch)),
    keepAliveMs: 60_000,
    recheckMs: 10,
    log: stage.platform.log,
  })
  closing.push(() => tls.close(0))
  return { stage, tls, url: `https://localhost:${tls.port}` }
}

async function http2(url: string, files = first): Promise<ClientHttp2Session> {
  const session = connectHttp2(url, { ca: await readFile(files.certFile) })
  // A cut connection is what some of these tests are about.
  session.on('error', () => undefined)
  closing.push(() => session.destroy())
  return session
}

function ask(
  session: ClientHttp2Session,
  headers: Record<string, string>,
  body?: unknown,
): Promise<{ status: number; headers: IncomingHttpHeaders; text: string }> {
  return new Promise((resolve, reject) => {
    const stream = session.request(headers)
    let answer: IncomingHttpHeaders & { ':status'?: number | undefined } = {}
    let text = ''
    stream.setEncoding('utf8').on('data', (part: string) => (text += part))
    stream.on('response', (received) => (answer = received))
    stream.on('end', () => resolve({ status: answer[':status'] ?? 0, headers: answer, text }))
    stream.on('error', reject)
    stream.end(body === undefined ? undefined : JSON.stringify(body))
  })
}

test('HTTP/2 where the client speaks it, HTTP/1.1 where it does not', async () => {
  const { url } = await serveStage()
  const session = await http2(url)
  expect(await ask(session, { ':path': '/health' })).toMatchObject({ status: 200, text: '{"status":"ok"}' })
  expect(session.alpnProtocol).toBe('h2')
  const ca = await readFile(first.certFile)
  const version = await new Promise((resolve, reject) => {
    request(`${url}/health`, { ca, agent: false }, (response) => {
      response.resume()
      resolve(`${response.httpVersion} ${response.statusCode}`)
    })
      .on('error', reject)
      .end()
  })
  expect(version).toBe('1.1 200')
})

test('a cookie given over HTTPS is for HTTPS only, and the same page over plain HTTP still signs in', async () => {
  const { stage, url } = await serveStage()
  const session = await http2(url)
  const account = (name: string) => ({
    email: `${name}@contoh.id`,
    username: name,
    password: 'kata sandi yang panjang',
  })
  const post = { ':method': 'POST', ':path': '/api/accounts/register', 'content-type': 'application/json' }
  const secure = await ask(
    session,
    { ...post, origin: url, 'sec-fetch-site': 'same-origin' },
    account('siti'),
  )
  expect(secure.status).toBe(201)
  expect(secure.headers['set-cookie']?.every((line) => /;\s*Secure/i.test(line))).toBe(true)
  const plainUrl = await stage.serve()
  const plain = await fetch(`${plainUrl}/api/accounts/register`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: plainUrl },
    body: JSON.stringify(account('budi')),
  })
  expect(plain.status).toBe(201)
  expect(plain.headers.getSetCookie().some((line) => /;\s*Secure/i.test(line))).toBe(false)
})

test('Server-Sent Events arrive one by one over HTTP/2, and a client that does not read is cut off', async () => {
  const { stage, url } = await serveStage()
  const channel = await stage.channel('panggung-budi')
  const donor = await stage.member('siti', 10_000_000)
  const overlay = await stage.overlay(channel)
  const session = await http2(url)
  const headers = { ':path': `/api/overlay/${overlay.id}/events`, cookie: overlay.cookie }
  const stream = session.request(headers)
  let text = ''
  stream.setEncoding('utf8').on('data', (part: string) => (text += part))
  await vi.waitFor(() => expect(text).toContain('event: hello'), 15_000)
  await stage.donate(donor, channel, { amountRupiah: 20_000, message: 'lewat h2' })
  await vi.waitFor(() => expect(text).toContain('lewat h2'), 15_000)
  expect(stage.hub.connectedOverlays(channel.id)).toBe(1)

  const deaf = session.request(headers)
  closing.push(() => deaf.destroy())
  await vi.waitFor(() => expect(stage.hub.connectedOverlays(channel.id)).toBe(2), 15_000)
  deaf.pause()
  const filler = 'x'.repeat(60_000)
  await vi.waitFor(async () => {
    await stage.platform.database.write([
      {
        sql: `INSERT INTO outbox (channel_id, audience, type, payload, created_at) VALUES (?, 'both', 'live', ?, 0)`,
        args: [channel.id, JSON.stringify({ filler })],
      },
    ])
    expect(stage.hub.connectedOverlays(channel.id)).toBe(1)
  }, 15_000)
  expect(stream.closed).toBe(false)
})

test('a renewed certificate is taken up, half a one is not', async () => {
  const live = { certFile: join(folder, 'live.crt'), keyFile: join(folder, 'live.key') }
  const install = async (files: Files) => {
    await copyFile(files.certFile, live.certFile)
    await copyFile(files.keyFile, live.keyFile)
  }
  await install(first)
  const { stage, tls } = await serveStage(live)
  const shown = () =>
    new Promise<string>((resolve, reject) => {
      const socket = connectTls({ port: tls.port, host: '127.0.0.1', rejectUnauthorized: false }, () => {
        resolve(String(socket.getPeerCertificate().subject.CN))
        socket.destroy()
      }).on('error', reject)
    })
  expect(await shown()).toBe('first')
  await writeFile(live.certFile, 'half a certi')
  await vi.waitFor(
    () => expect(JSON.stringify(stage.platform.logged)).toContain('could not be read again'),
    15_000,
  )
  expect(await shown()).toBe('first')
  await install(second)
  await vi.waitFor(async () => expect(await shown()).toBe('second'), 15_000)
})

test('stopping does not wait for connections that stay open', async () => {
  const { tls, url } = await serveStage()
  const session = await http2(url)
  await ask(session, { ':path': '/health' })
  await tls.close(0)
  await vi.waitFor(() => expect(session.closed || session.destroyed).toBe(true), 15_000)
})

test.each([
  [
    'a missing file',
    () => ({ ...first, certFile: join(folder, 'none') }),
    /^cannot read TLS_CERT_FILE .*none/,
  ],
  [
    'the key of another certificate',
    () => ({ ...first, keyFile: second.keyFile }),
    /must be a PEM certificate/,
  ],
  ['the key for both', () => ({ ...first, certFile: first.keyFile }), /must be a PEM certificate/],
])('%s is one clear line at the start', async (_what, files, line) => {
  const settings = readSettings({
    HOST: '127.0.0.1',
    PORT: '0',
    TLS_PORT: '0',
    TLS_CERT_FILE: files().certFile,
    TLS_KEY_FILE: files().keyFile,
    DATA_DIR: join(folder, 'data'),
  })
  const silent = { info: () => undefined, warn: () => undefined, error: () => undefined }
  await expect(startEdge(settings, silent)).rejects.toThrow(line)
})
