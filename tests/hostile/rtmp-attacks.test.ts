/**
 * Attacks on the RTMP port, each named after what it tries, against a real installation with ffmpeg on air
 * throughout: after each attack its broadcast goes on, and nobody but its streamer is on air.
 */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { connectPublisher } from '../../origin/rtmp-client/publisher.ts'
import { rawClient, type RawClient } from '../../origin/rtmp-client/raw-client.ts'
import { LiveState } from '../../shared/contracts/channels.ts'
import { fetchPlaylist } from '../conformance/live-reader.ts'
import { ApiClient } from '../support/api-client.ts'
import { startEncoder } from '../support/encoder.ts'
import { eventually } from '../support/eventually.ts'
import { startPanggung, type Installation } from '../support/installation.ts'
import { issueKey, makeStreamer, type Streamer } from '../support/people.ts'
import type { TestProcess } from '../support/process.ts'

const MAX_CONNECTIONS = 400
const HANDSHAKE_BYTES = 1536
const AUDIO = Uint8Array.of(0xaf, 1, 1, 2, 3)

let installation: Installation
let streamer: Streamer
let streamKey: string
let encoder: TestProcess
let broadcastId: string

beforeAll(async () => {
  installation = await startPanggung({
    env: { RTMP_CONNECT_MS: '1500', RTMP_PUBLISH_MS: '1500', RTMP_MAX_CONNECTIONS: String(MAX_CONNECTIONS) },
  })
  streamer = await makeStreamer(installation.url, installation.admin)
  streamKey = (await issueKey(streamer, streamer.slug)).streamKey
  encoder = startEncoder(`${installation.rtmpUrl}/${streamKey}`)
  broadcastId = (await liveOn(streamer)).id
})
afterAll(async () => {
  await encoder.stop()
  await installation.stop()
})

function rtmpPort(): number {
  return Number(new URL(installation.rtmpUrl).port)
}

async function liveOn({ slug }: Streamer): Promise<{ id: string; media: string }> {
  return eventually(`${slug} is on air`, async () => {
    const live = await new ApiClient(installation.url).get(`/api/channels/${slug}/live`, LiveState)
    const { playlist, broadcast } = live
    if (playlist === null || broadcast === null || !(await fetch(installation.url + playlist)).ok)
      return false
    return {
      id: broadcast.id,
      media: new URL(`${broadcast.id}/source/media.m3u8`, installation.url + playlist).href,
    }
  })
}

/** The same broadcast goes on: its playlist names parts that it did not name before. */
async function stillOnAir(): Promise<void> {
  const { id, media } = await liveOn(streamer)
  expect(id).toBe(broadcastId)
  const before = (await fetchPlaylist(media)).preloadHint
  await eventually('a new part', async () => (await fetchPlaylist(media)).preloadHint !== before)
  expect(encoder.hasEnded).toBe(false)
  // An exception that nobody expected is logged as an error.
  expect(installation.server.output).not.toMatch(/"level":50| error |is started again/)
}

const SOCKET_SIZE_FLOOD = Buffer.alloc(64 * 1024, 0xff)
const APP = { app: 'live' }

/** AMF0: a string. */
function text(value: string): Buffer {
  return Buffer.concat([Buffer.from([2, value.length >> 8, value.length & 0xff]), Buffer.from(value)])
}

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
  [
    'a message of 16 MiB that is never finished, in each of many chunk streams',
    ({ send }) => {
      for (let id = 4; id < 20; id++) send(Buffer.from([id, 0, 0, 0, 0xff, 0xff, 0xff, 9, 0, 0, 0, 0]))
    },
  ],
  [
    'messages that are each small enough, and together too much to put together',
    ({ send }) => {
      for (let id = 4; id < 16; id++)
        send(Buffer.concat([Buffer.from([id, 0, 0, 0, 0, 0x3f, 0, 9, 0, 0, 0, 0]), Buffer.alloc(128)]))
    },
  ],
  [
    'a command with more values than any encoder sends',
    ({ message }) => message(20, Buffer.concat([text('connect'), Buffer.alloc(2000, 5)])),
  ],
  [
    'an object that names the prototype',
    ({ command }) =>
      command('connect', 1, JSON.parse('{"__proto__":{"app":"live"},"constructor":1}') as never),
  ],
  ['a chunk stream that begins without a header', ({ send }) => send(Buffer.from([0xc5, 0, 0, 0]))],
  ['a chunk size above 31 bits', ({ send }) => send(Buffer.from('020000000000040100000000ffffffff', 'hex'))],
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
  [
    'millions of messages without content, a byte each',
    ({ send }) => {
      send(Buffer.from('040000000000000900000000', 'hex'))
      send(Buffer.alloc(4_000_000, 0xc4))
    },
  ],
  ['rubbish after the handshake', ({ send }) => send(SOCKET_SIZE_FLOOD)],
  [
    'media of a session that was never accepted',
    ({ command, message }) => {
      command('connect', 1, APP)
      for (let index = 0; index < 100; index++) message(8, AUDIO)
    },
  ],
  [
    'a foreign key, and media behind it in the same write',
    ({ command, message }) => {
      command('connect', 1, APP)
      command('publish', 5, null, 'budi?key=aaaa.bbbb.cccc', 'live')
      for (let index = 0; index < 100; index++) message(8, AUDIO)
    },
  ],
]

test.concurrent.each(ATTACKS)('%s', async (_, attack) => {
  const client = await rawClient(rtmpPort())
  attack(client)
  await client.closed
  await expect(stillOnAir()).resolves.toBeUndefined()
})

test.concurrent.each([
  ['another protocol', Buffer.from('GET / HTTP/1.1\r\nHost: x\r\n\r\n')],
  ['RTMP of another version', Buffer.concat([Buffer.from([6]), Buffer.alloc(HANDSHAKE_BYTES)])],
  ['half a handshake', Buffer.concat([Buffer.from([3]), Buffer.alloc(700)])],
])('%s', async (_, bytes) => {
  const client = await rawClient(rtmpPort(), { handshake: false })
  client.send(bytes)
  await client.closed
  await expect(stillOnAir()).resolves.toBeUndefined()
})

test('a flood of pings whose answers are never read', async () => {
  const client = await rawClient(rtmpPort())
  client.socket.pause()
  const ping = Buffer.from('0200000000000604000000000006deadbeef', 'hex')
  const flood = Buffer.concat(Array.from({ length: 4000 }, () => ping))
  // A paused socket does not notice its end by itself; writing does.
  await eventually('the peer that does not read is gone', () => {
    client.send(flood)
    return client.socket.destroyed
  })
  await expect(stillOnAir()).resolves.toBeUndefined()
})

test('a reset in the middle of authorisation', async () => {
  const client = await rawClient(rtmpPort())
  client.command('connect', 1, APP)
  client.command('publish', 5, null, streamKey, 'live')
  client.socket.resetAndDestroy()
  await expect(stillOnAir()).resolves.toBeUndefined()
})

test('a crowd of half-open connections from many addresses does not shut newcomers out', async () => {
  const isOver = new AbortController()
  let opened = 0
  /** Comes back as soon as it was closed: with the encoder there is always one too many. */
  async function stranger(index: number): Promise<void> {
    while (!isOver.signal.aborted) {
      const localAddress = `127.0.${1 + Math.floor(index / 200)}.${1 + (index % 200)}`
      const client = await rawClient(rtmpPort(), { handshake: false, localAddress })
      opened++
      client.send(Buffer.concat([Buffer.from([3]), Buffer.alloc(700)]))
      isOver.signal.addEventListener('abort', () => client.socket.destroy(), { once: true })
      await client.closed
    }
  }
  const crowd = Promise.all(Array.from({ length: MAX_CONNECTIONS }, (_, index) => stranger(index)))
  await eventually('every place was taken twice', () => opened > 2 * MAX_CONNECTIONS)
  const newcomer = await makeStreamer(installation.url, installation.admin)
  const { streamKey: key } = await issueKey(newcomer, newcomer.slug)
  const encoders = [startEncoder(`${installation.rtmpUrl}/${key}`)]
  try {
    await eventually('the newcomer is on air', async () => {
      // As OBS does: ffmpeg itself does not try again when it was pushed out before it could say a word.
      if (encoders.at(-1)?.hasEnded === true) encoders.push(startEncoder(`${installation.rtmpUrl}/${key}`))
      const { playlist } = await new ApiClient(installation.url).get(
        `/api/channels/${newcomer.slug}/live`,
        LiveState,
      )
      return playlist !== null
    })
    await expect(stillOnAir()).resolves.toBeUndefined()
  } finally {
    isOver.abort()
    await crowd
    await Promise.all(encoders.map((each) => each.stop()))
  }
})

test('more connections from one address than it may have', async () => {
  const localAddress = '127.0.9.9'
  const clients = await Promise.all(
    Array.from({ length: 60 }, () => rawClient(rtmpPort(), { handshake: false, localAddress })),
  )
  // The default is 50: those beyond are closed without a word, the others when their time is up.
  await Promise.all(clients.map(({ closed }) => closed))
  await expect(stillOnAir()).resolves.toBeUndefined()
})

test('a second publisher under the same key, while the first is alive', async () => {
  await expect(
    connectPublisher({ host: '127.0.0.1', port: rtmpPort(), app: 'live', streamName: streamKey }),
  ).rejects.toMatchObject({ code: 'NetStream.Publish.BadName' })
  await expect(stillOnAir()).resolves.toBeUndefined()
})
