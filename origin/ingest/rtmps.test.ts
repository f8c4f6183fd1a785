/** RTMP over TLS, with certificates of the test's own making. */
import { execFile, spawn } from 'node:child_process'
import { copyFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest'
import { SLUG } from '../edge-client/fake-edge.ts'
import { createLog } from '../observe/log.ts'
import { connectPublisher, type RtmpPublisher } from '../rtmp-client/publisher.ts'
import { AUDIO_TAG, type Rig, type RigOptions, startRig } from './rig.ts'
import { TlsCertificate } from './tls-certificate.ts'

let folder: string
let certificate: TlsCertificate
let lines: string[]
const files = () => ({ certFile: join(folder, 'cert.pem'), keyFile: join(folder, 'key.pem') })

/** Self-signed, so that it is its own authority. */
async function makeCertificate(name: string): Promise<void> {
  const subject = '-subj /CN=localhost -addext subjectAltName=DNS:localhost,IP:127.0.0.1'
  const output = `-keyout ${folder}/${name}-key.pem -out ${folder}/${name}-cert.pem`
  const key = 'ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2'
  await promisify(execFile)('openssl', `req -x509 -newkey ${key} ${subject} ${output}`.split(' '))
}

function install(name: string): Promise<unknown> {
  return Promise.all(
    ['cert', 'key'].map((part) => copyFile(join(folder, `${name}-${part}.pem`), join(folder, `${part}.pem`))),
  )
}

const open: { close(): Promise<void> | void }[] = []
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'rtmps-'))
  await Promise.all([makeCertificate('first'), makeCertificate('second')])
})
afterAll(() => rm(folder, { recursive: true }))
afterEach(async () => {
  for (const each of open.splice(0).toReversed()) await each.close()
})

async function rig(options?: RigOptions): Promise<Rig> {
  await install('first')
  lines = []
  const log = createLog({ level: 'info', destination: { write: (line) => void lines.push(line) } })
  certificate = await TlsCertificate.load(files(), { checkMs: 10, log })
  open.push(certificate)
  const started = await startRig({ context: () => certificate.context, ...options })
  open.push(started)
  return started
}

async function publishTo({ edge, securePort: port }: Rig, authority: string): Promise<RtmpPublisher> {
  const ca = await readFile(join(folder, `${authority}-cert.pem`), 'utf8')
  const streamName = `${SLUG}?key=${await edge.key()}`
  return connectPublisher({ host: 'localhost', port, app: 'live', streamName, tls: { ca } })
}

function eventually<T>(check: () => T | Promise<T>): Promise<T> {
  return vi.waitFor(check, { timeout: 10_000, interval: 10 })
}

test('ffmpeg publishes over rtmps', { timeout: 30_000 }, async () => {
  const { edge, securePort, recorded } = await rig()
  const input = '-f lavfi -i testsrc2=size=160x90:rate=25:duration=2 -c:v libx264 -preset ultrafast'
  const address = `rtmps://localhost:${securePort}/live/${SLUG}?key=${await edge.key()}`
  const ffmpeg = spawn('ffmpeg', ['-loglevel', 'error', ...input.split(' '), '-f', 'flv', address])
  let said = ''
  ffmpeg.stderr.on('data', (bytes: Buffer) => {
    said += bytes.toString()
  })
  const exitCode = await new Promise((resolve) => ffmpeg.once('close', resolve))
  expect({ exitCode, said }).toEqual({ exitCode: 0, said: '' })
  await eventually(() => expect(recorded[0]?.end).toBe('stopped'))
  expect(recorded[0]?.messages.filter(({ type }) => type === 'video')).toHaveLength(50)
})

test('a renewed certificate holds from the next connection on, and drops nobody', async () => {
  const started = await rig()
  const publisher = await publishTo(started, 'first')
  await install('second')
  await eventually(() => expect(lines.join('')).toContain('certificate was renewed'))
  await publisher.write(AUDIO_TAG)
  await eventually(() => expect(started.recorded[0]?.messages).toHaveLength(1))
  await publisher.close()
  await expect(publishTo(started, 'first')).rejects.toThrow(/certificate|self-signed/)
  await (await publishTo(started, 'second')).close()
})

test('files in the middle of a renewal change nothing', async () => {
  const started = await rig()
  await copyFile(join(folder, 'second-cert.pem'), join(folder, 'cert.pem'))
  await eventually(() => expect(lines.join('')).toContain('certificate cannot be renewed'))
  await (await publishTo(started, 'first')).close()
  await writeFile(join(folder, 'cert.pem'), 'rubbish')
  await eventually(() => expect(lines.length).toBeGreaterThan(1))
  await (await publishTo(started, 'first')).close()
  await install('second')
  await eventually(() => expect(lines.join('')).toContain('certificate was renewed'))
})

test.each([
  ['says nothing', Buffer.alloc(0)],
  ['stops in the middle of the handshake', Buffer.from('16030100fd010000f90303', 'hex')],
  ['speaks plain RTMP', Buffer.concat([Buffer.from([3]), Buffer.alloc(1536, 7)])],
])('a peer that %s is dropped, and its place is free again', async (_, bytes) => {
  const { securePort } = await rig({ connectMs: 100, maxConnectionsPerAddress: 1 })
  for (let times = 0; times < 3; times++) {
    const socket = connect(securePort, '127.0.0.1')
    socket.on('error', () => undefined)
    socket.write(bytes)
    await new Promise((resolve) => socket.once('close', resolve))
  }
  const started = open.at(-1) as Rig
  const publisher = await eventually(() => publishTo(started, 'first'))
  expect(started.recorded).toHaveLength(1)
  await publisher.close()
})

test(
  'a broadcast is forwarded to an rtmps target, when its certificate is good',
  { timeout: 30_000 },
  async () => {
    const target = await rig()
    const streamKey = `${SLUG}?key=${await target.edge.key()}`
    for (const [authority, state] of [
      ['second', 'failing'],
      ['first', 'live'],
    ] as const) {
      const source = await startRig({ ca: await readFile(join(folder, `${authority}-cert.pem`), 'utf8') })
      open.push(source)
      const restream = {
        id: '01jd3v2k8m00000000000000t1',
        url: `rtmps://localhost:${target.securePort}/live`,
        streamKey,
      }
      source.edge.settings = { ...source.edge.settings, restreams: [restream], mayRestreamToPrivate: true }
      await source.publish(await source.edge.key())
      await eventually(() =>
        expect(source.edge.reports('renew').at(-1)?.report).toMatchObject({
          health: { restreams: [{ state }] },
        }),
      )
    }
  },
)
