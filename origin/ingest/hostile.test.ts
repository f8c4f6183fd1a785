/** Attacks, each named after what it tries. A real publisher stays on air throughout. */
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { connectPublisher, type RtmpPublisher } from '../rtmp-client/publisher.ts'
import { encodeAmf, HANDSHAKE_BYTES } from './nms.ts'
import { rawClient, type RawClient } from './raw-client.ts'
import { AUDIO_TAG, type Rig, startRig } from './rig.ts'

let rig: Rig
let onAir: RtmpPublisher

beforeAll(async () => {
  rig = await startRig({ connectMs: 800 })
  onAir = await rig.publish(await rig.edge.key())
})
afterAll(() => rig.close())

async function stillOnAir(): Promise<void> {
  const before = rig.recorded[0]?.messages.length ?? 0
  await onAir.write(AUDIO_TAG)
  await vi.waitFor(() => expect(rig.recorded[0]?.messages).toHaveLength(before + 1), 5000)
  expect(rig.recorded).toHaveLength(1)
  expect(rig.log.filter((line) => line.includes('"level":50'))).toEqual([])
}

const SOCKET_SIZE_FLOOD = Buffer.alloc(64 * 1024, 0xff)
const APP = { app: 'live' }

const ATTACKS: readonly (readonly [string, (client: RawClient) => void])[] = [
  [
    'connect with a tcUrl that is no URL and no app',
    ({ command }) => command('connect', 1, { tcUrl: '::::' }),
  ],
  ['connect with a tcUrl that is a number', ({ command }) => command('connect', 1, { app: 'x', tcUrl: 7 })],
  ['connect without an object', ({ command }) => command('connect')],
  ['connect with an object of another type', ({ command }) => command('connect', 1, 'live')],
  ['connect with an app that is an object', ({ command }) => command('connect', 1, { app: { a: 1 } })],
  ['connect twice', ({ command }) => (command('connect', 1, APP), command('connect', 1, APP))],
  ['publish before connect', ({ command }) => command('publish', 1, null, 'budi', 'live')],
  ['publish without a name', ({ command }) => (command('connect', 1, APP), command('publish', 1, null))],
  [
    'publish with a number for a name',
    ({ command }) => (command('connect', 1, APP), command('publish', 1, null, 7)),
  ],
  [
    'publish a name of 60 kB',
    ({ command }) => (command('connect', 1, APP), command('publish', 1, null, 'a'.repeat(60_000))),
  ],
  ['a command that is no AMF', ({ message }) => message(20, Buffer.from([0x7f, 1, 2]))],
  [
    'an AMF3 command that is empty',
    ({ message, send }) => (message(17, Buffer.from([0])), send(SOCKET_SIZE_FLOOD)),
  ],
  [
    'AMF nested ten thousand deep',
    ({ message }) => message(20, Buffer.from('0300016103'.repeat(10_000), 'hex')),
  ],
  ['an array of four thousand million', ({ message }) => message(20, Buffer.from('0affffffff', 'hex'))],
  [
    'a message of 16 MiB before authorisation',
    ({ send }) => send(Buffer.from('04000000ffffff0900000000', 'hex')),
  ],
  ['a chunk size of zero', ({ send }) => send(Buffer.from('02000000000004010000000000000000', 'hex'))],
  [
    'endless chunk streams',
    ({ send }) => {
      for (let id = 0; id < 200; id++) send(Buffer.from([0x00, id, 0, 0, 0, 0, 0x10, 0, 9, 0, 0, 0, 0]))
    },
  ],
  [
    'a thousand commands',
    ({ command }) => {
      for (let index = 0; index < 1000; index++) command('createStream', index, null)
    },
  ],
  ['rubbish after the handshake', ({ send }) => send(SOCKET_SIZE_FLOOD)],
  [
    'media of a session that was never accepted',
    ({ command, message }) => {
      command('connect', 1, APP)
      for (let index = 0; index < 100; index++) message(8, AUDIO_TAG.payload)
    },
  ],
  [
    'a foreign key, and media behind it in the same write',
    ({ command, message }) => {
      command('connect', 1, APP)
      command('publish', 5, null, 'budi?key=aaaa.bbbb.cccc', 'live')
      for (let index = 0; index < 100; index++) message(8, AUDIO_TAG.payload)
    },
  ],
]

test.each(ATTACKS)('%s', async (_, attack) => {
  const client = await rawClient(rig.port)
  attack(client)
  await client.closed
  await expect(stillOnAir()).resolves.toBeUndefined()
})

test.each([
  ['another protocol', Buffer.from('GET / HTTP/1.1\r\nHost: x\r\n\r\n')],
  ['RTMP of another version', Buffer.concat([Buffer.from([6]), Buffer.alloc(HANDSHAKE_BYTES)])],
  ['half a handshake', Buffer.concat([Buffer.from([3]), Buffer.alloc(700)])],
])('%s', async (_, bytes) => {
  const client = await rawClient(rig.port, { handshake: false })
  client.send(bytes)
  await client.closed
  await expect(stillOnAir()).resolves.toBeUndefined()
})

test('a flood of pings whose answers are never read', { timeout: 15_000 }, async () => {
  const client = await rawClient(rig.port)
  client.socket.pause()
  const ping = Buffer.from('0200000000000604000000000006deadbeef', 'hex')
  const flood = Buffer.concat(Array.from({ length: 4000 }, () => ping))
  // A paused socket does not notice its end by itself; writing does.
  await vi.waitFor(() => {
    client.send(flood)
    expect(client.socket.destroyed).toBe(true)
  }, 10_000)
  await expect(stillOnAir()).resolves.toBeUndefined()
})

test('a reset in the middle of authorisation', async () => {
  const client = await rawClient(rig.port)
  client.command('connect', 1, APP)
  client.command('publish', 5, null, `budi?key=${await rig.edge.key()}`, 'live')
  client.socket.resetAndDestroy()
  await expect(stillOnAir()).resolves.toBeUndefined()
})

test('no position in which a key can be sent brings it into the log', { timeout: 15_000 }, async () => {
  const jwt = await rig.edge.key({ jti: '01jd3v2k8m00000000000000zz', iss: 'canary-issuer' })
  const canaries = [jwt, 'kenari-rahasia-1234567890', 'kenarirahasia1234567890']
  for (const canary of canaries) {
    for (const say of [
      { app: canary, tcUrl: `rtmp://h/${canary}` },
      { app: 'live', tcUrl: `rtmp://h/live?key=${canary}`, pageUrl: canary, flashVer: canary },
    ]) {
      const client = await rawClient(rig.port)
      client.command('connect', 1, say)
      client.command('releaseStream', 2, null, canary)
      client.command(canary, 3, null, canary)
      client.command('publish', 4, null, canary, canary)
      await client.closed
    }
    for (const streamName of [canary, `budi?key=${canary}`, `${canary}?key=${canary}`, `budi?x=${canary}`])
      await expect(
        connectPublisher({ host: '127.0.0.1', port: rig.port, app: 'live', streamName }),
      ).rejects.toMatchObject({ code: 'NetStream.Publish.Unauthorized' })
    for (const rubbish of [canary, `\u0003${canary}`]) {
      const client = await rawClient(rig.port)
      client.message(20, Buffer.concat([encodeAmf([rubbish]), Buffer.from([0x7f])]))
      await client.closed
    }
  }
  const text = rig.log.join('')
  expect(text).toContain('publisher refused')
  for (const canary of canaries) expect(text).not.toContain(canary)
  for (const part of jwt.split('.')) expect(text).not.toContain(part)
})
