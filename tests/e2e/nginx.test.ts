/** The nginx snippet of docs/deploy-docker.md, as it stands there, in front of a real installation. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { connect, type ClientHttp2Session } from 'node:http2'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { findExecutable } from '../setup.ts'
import { ApiClient } from '../support/api-client.ts'
import { makeCertificate } from '../support/certificate.ts'
import { eventually } from '../support/eventually.ts'
import { freePorts } from '../support/free-port.ts'
import { startPanggung, type Installation } from '../support/installation.ts'
import { donate, makeDonor, makeStreamer, overlayLink, PASSWORD } from '../support/people.ts'
import { TestProcess } from '../support/process.ts'
import { ROOT } from '../support/source-files.ts'

let folder: string
let installation: Installation
let nginx: TestProcess
let session: ClientHttp2Session

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'panggung-nginx-'))
  installation = await startPanggung({ env: { TRUSTED_PROXIES: '1' } })
  const [port = 0] = await freePorts(1)
  const ca = await startNginx(port)
  session = await eventually('nginx speaks TLS', () => open(`https://127.0.0.1:${port}`, ca))
})

afterAll(async () => {
  session.destroy()
  await nginx.stop('SIGQUIT')
  await installation.stop()
  await rm(folder, { recursive: true })
})

async function startNginx(port: number): Promise<Buffer> {
  const { certificate, key } = makeCertificate(folder, 'tv.example.org')
  const page = await readFile(join(ROOT, 'docs/deploy-docker.md'), 'utf8')
  const snippet = /```nginx\n(.*?)```/s.exec(page)?.[1] ?? ''
  // Only addresses and files differ from what the page says.
  const server = snippet
    .replace('listen 443', `listen 127.0.0.1:${port}`)
    .replace(/ssl_certificate \S+;/, `ssl_certificate ${certificate};`)
    .replace(/ssl_certificate_key \S+;/, `ssl_certificate_key ${key};`)
    .replace('http://127.0.0.1:8080', installation.url)
  const places = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (name) => `${name}_temp_path ${folder}/${name};`,
  )
  const file = join(folder, 'nginx.conf')
  await writeFile(
    file,
    `daemon off; master_process off; pid ${folder}/nginx.pid; error_log stderr;
    events {}
    http { access_log off; ${places.join(' ')}
    ${server} }`,
  )
  nginx = new TestProcess({
    name: 'nginx',
    command: findExecutable('nginx') ?? 'nginx',
    args: ['-p', folder, '-c', file],
  })
  return readFile(certificate)
}

function open(url: string, ca: Buffer): Promise<ClientHttp2Session> {
  return new Promise((resolve, reject) => {
    const opened = connect(url, { ca, servername: 'tv.example.org' }, () => resolve(opened))
    opened.on('error', reject)
  })
}

test('Server-Sent Events pass one by one, over HTTP/2', async () => {
  const { url, admin } = installation
  const streamer = await makeStreamer(url, admin)
  const donor = await makeDonor(url, admin, 100_000)
  const { id, key } = await overlayLink(streamer)
  const overlay = new ApiClient(url)
  await overlay.command('POST', `/api/overlay/${id}/session`, { key })
  const path = `/api/overlay/${id}/events`
  const stream = session.request({
    ':path': path,
    ':authority': 'tv.example.org',
    cookie: overlay.cookieFor(path),
  })
  let seen = ''
  stream.setEncoding('utf8').on('data', (part: string) => (seen += part))
  await eventually('hello', () => seen.includes('event: hello'))
  await donate(donor, streamer.slug, { amountRupiah: 20_000, message: 'lewat nginx' })
  await eventually('the alert', () => seen.includes('lewat nginx'))
  expect(session.alpnProtocol).toBe('h2')
  stream.close()
})

test('signing in passes the check of the own origin, and its cookie is for HTTPS only', async () => {
  const { username } = await makeDonor(installation.url, installation.admin, 0)
  const post = session.request({
    ':method': 'POST',
    ':path': '/api/accounts/sign-in',
    ':authority': 'tv.example.org',
    'content-type': 'application/json',
    origin: 'https://tv.example.org',
  })
  const answered = new Promise<Record<string, unknown>>((resolve) => post.once('response', resolve))
  post.end(JSON.stringify({ login: username, password: PASSWORD }))
  const headers = await answered
  expect(headers[':status']).toBe(200)
  expect(String(headers['set-cookie'])).toMatch(/;\s*Secure/i)
})
