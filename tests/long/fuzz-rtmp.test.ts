/** Two thousand broken encoders: recorded sessions, mutated, against an origin that has somebody on air. */
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { connect, createServer, type AddressInfo, type Socket } from 'node:net'
import { join } from 'node:path'
import * as v from 'valibot'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { readFlvTags } from '../../origin/rtmp-client/flv-file.ts'
import { publishFlv, unpaced } from '../../origin/rtmp-client/publish-flv.ts'
import { LiveState } from '../../shared/contracts/channels.ts'
import { StudioBroadcast } from '../../shared/contracts/studio.ts'
import { readLive } from '../conformance/live-reader.ts'
import { ApiClient } from '../support/api-client.ts'
import { connectAs, goOnAir, type Fixture, type OnAir } from '../support/broadcast.ts'
import { eventually, within } from '../support/eventually.ts'
import { startPanggung, type Installation } from '../support/installation.ts'
import { issueKey, makeStreamer, type Streamer } from '../support/people.ts'
import { processesOf, residentBytes } from '../support/process-figures.ts'
import { seededRandom } from '../support/seeded-random.ts'
import { ROOT } from '../support/source-files.ts'

const CONNECTIONS = 2000
/** By then the strangers, who are quick, are mostly done. */
const WARM_UP_CONNECTIONS = 1200
const LANES_PER_STRANGER = 4
/** More than a GOP, so that the packager cuts parts of what it is given. */
const RECORDED_MS = 3500
const CONNECTION_DEADLINE_MS = 30_000
const MAX_GROWTH_BYTES = 150 * 1024 * 1024
const HANDSHAKE_BYTES = 1536
const MESSAGE_HEADER_BYTES = 12
const START = 'NetStream.Publish.Start'
const TAKEN = 'NetStream.Publish.BadName'

const random = seededRandom('fuzz-rtmp')
let installation: Installation
let onAir: OnAir
/** With a key of the channel that is on air: good, but the channel is taken. */
let taken: Session
beforeAll(async () => {
  installation = await startPanggung({ env: { LOG_LEVEL: 'warn' } })
  const { streamer, streamKey } = await newStreamer()
  taken = await record(streamKey, 'obs-30')
  onAir = await goOnAir(installation, { fixture: 'obs-30', latencyMode: 'low', streamer })
})
afterAll(async () => {
  await onAir.stop()
  await installation.stop()
})

/** One connection after the other. */
interface Lane {
  readonly session: Session
  /** Its key is good, so some of its sessions reach the packager. */
  readonly isAllowed: boolean
  readonly connections: number
}

test('mutated sessions disturb nobody, let nobody in and cost no memory', async () => {
  const { origin } = processesOf(installation)
  let hasDropped = false
  void onAir.publisher.closed.then(() => (hasDropped = true))
  const revoked = await revokedStreamer()
  const allowed: Session[] = []
  for (const fixture of ['obs-30', 'audio-only', 'video-only', 'hevc-aac', 'av1-opus'] as const)
    allowed.push(await record((await newStreamer()).streamKey, fixture))
  const strangers = Array.from({ length: LANES_PER_STRANGER }, () => [revoked.session, taken]).flat()
  const lanes = (sessions: readonly Session[], isAllowed: boolean): Lane[] =>
    sessions.map((session) => ({ session, isAllowed, connections: CONNECTIONS / 2 / sessions.length }))

  const started = { allowed: 0, others: 0 }
  let thrown = 0
  let warmBytes = 0
  await Promise.all(
    [...lanes(allowed, true), ...lanes(strangers, false)].map(async ({ session, isAllowed, connections }) => {
      for (let left = connections; left > 0; left--) {
        const bytes = mutate(session)
        const answer = await (isAllowed ? throwUntilFree(bytes) : throwAt(bytes))
        if (answer.includes(START)) started[isAllowed ? 'allowed' : 'others']++
        if (++thrown === WARM_UP_CONNECTIONS) warmBytes = residentBytes(origin)
        expect(hasDropped).toBe(false)
      }
    }),
  )
  expect(thrown).toBe(CONNECTIONS)

  console.log(
    `on air for a moment: ${started.allowed}; origin after warm-up ${warmBytes}, ` +
      `in the end ${residentBytes(origin)} bytes`,
  )
  // Otherwise no mutation got as far as the packager.
  expect(started.allowed).toBeGreaterThan(CONNECTIONS / 10)
  expect(started.others).toBe(0)
  expect((await broadcastsOf(onAir.streamer)).slice(0, -1)).toEqual([onAir.broadcastId])
  expect(await broadcastsOf(revoked.streamer)).toHaveLength(1)
  expect(processesOf(installation).origin).toBe(origin)
  expect(installation.server.output).not.toMatch(/ error | is started again/)
  expect(residentBytes(origin) - warmBytes).toBeLessThan(MAX_GROWTH_BYTES)

  const visitor = new ApiClient(installation.url)
  const live = await visitor.get(`/api/channels/${onAir.streamer.slug}/live`, LiveState)
  expect(live.broadcast).toMatchObject({ id: onAir.broadcastId, state: 'live' })
  const reading = await readLive(installation.url + onAir.playlist, 6)
  expect(
    reading.playlists.flatMap(({ segments }) => segments.filter((each) => each.isDiscontinuous)),
  ).toEqual([])
  expect(hasDropped).toBe(false)
})

async function newStreamer(): Promise<{ streamer: Streamer; streamKey: string; jti: string }> {
  const streamer = await makeStreamer(installation.url, installation.admin)
  return { streamer, ...(await issueKey(streamer, streamer.slug)) }
}

async function revokedStreamer() {
  const { streamer, streamKey, jti } = await newStreamer()
  const session = await record(streamKey, 'obs-30')
  await streamer.client.command('DELETE', `/api/studio/${streamer.slug}/keys/${jti}`)
  return { streamer, session }
}

async function broadcastsOf({ client, slug }: Streamer): Promise<string[]> {
  const Broadcasts = v.object({ broadcasts: v.array(StudioBroadcast) })
  const { broadcasts } = await client.get(`/api/studio/${slug}/broadcasts`, Broadcasts)
  return broadcasts.map(({ id }) => id)
}

function rtmpPort(): number {
  return Number(new URL(installation.rtmpUrl).port)
}

/** What a client says, cut where its parts end: version and C1, C2, then message after message. */
type Session = readonly Buffer[]

/** The bytes our own client writes from its first to its goodbye, heard on the way to the origin. */
async function record(streamKey: string, fixture: Fixture): Promise<Session> {
  const heard: Buffer[] = []
  const proxy = createServer((client) => {
    const upstream = connect(rtmpPort(), '127.0.0.1')
    client.on('data', (bytes: Buffer) => heard.push(bytes))
    // The goodbye has two messages, and the origin closes after the first.
    for (const socket of [client, upstream]) socket.on('error', () => undefined)
    client.pipe(upstream)
    upstream.pipe(client)
  }).listen(0, '127.0.0.1')
  await once(proxy, 'listening')
  const tags = readFlvTags(await readFile(join(ROOT, 'tests/fixtures', `${fixture}.flv`)))
  const { port } = proxy.address() as AddressInfo
  const publisher = await connectAs(`rtmp://127.0.0.1:${port}/live`, streamKey)
  const recorded = tags.filter((tag) => tag.timestamp < RECORDED_MS)
  await publishFlv(publisher, { tags: recorded, pace: unpaced, loops: 1 })
  await publisher.close()
  proxy.close()
  await once(proxy, 'close')
  return cut(Buffer.concat(heard))
}

/** Our client sends every message whole, with a full header (RTMP 1.0, 5.3.1.2.1). */
function cut(bytes: Buffer): Session {
  const ends = [1 + HANDSHAKE_BYTES, 1 + 2 * HANDSHAKE_BYTES]
  for (let at = 1 + 2 * HANDSHAKE_BYTES; at < bytes.length;) {
    if (bytes.readUInt8(at) >> 6 !== 0) throw new RangeError(`No full header at ${at}`)
    at += MESSAGE_HEADER_BYTES + bytes.readUIntBE(at + 4, 3)
    ends.push(at)
  }
  if (ends.at(-1) !== bytes.length) throw new RangeError('The recording ends inside a message')
  return ends.map((end, index) => bytes.subarray(ends[index - 1] ?? 0, end))
}

function mutate(session: Session): Buffer {
  let pieces: Buffer[] = session.map((piece) => Buffer.from(piece))
  // Mostly behind the handshake and the commands: in front of them little can happen.
  const first = random.isTrue(0.8) ? FIRST_MEDIA_PIECE : 0
  const anyIndex = () => random.integer(first, pieces.length - 1)
  for (let times = random.integer(1, 3); times > 0; times--) pieces = random.pick(MUTATIONS)(pieces, anyIndex)
  const bytes = Buffer.concat(pieces)
  return random.isTrue(0.2) ? bytes.subarray(0, random.integer(0, bytes.length)) : bytes
}

/** Version and C1, C2, chunk size, connect, releaseStream, FCPublish, createStream, publish. */
const FIRST_MEDIA_PIECE = 8

type Mutation = (pieces: Buffer[], anyIndex: () => number) => Buffer[]

const MUTATIONS: readonly Mutation[] = [
  flipBits,
  flipHeaderBits,
  duplicate,
  reorder,
  replaceSize,
  replaceTime,
  replaceEnhancedHeader,
]

function flipBits(pieces: Buffer[], anyIndex: () => number): Buffer[] {
  for (let times = random.integer(1, 20); times > 0; times--) flipBitOf(pieces[anyIndex()], Infinity)
  return pieces
}

/** In the chunk's header or the tag's, which every message is judged by. */
function flipHeaderBits(pieces: Buffer[], anyIndex: () => number): Buffer[] {
  flipBitOf(pieces[anyIndex()], MESSAGE_HEADER_BYTES + 10)
  return pieces
}

function flipBitOf(piece: Buffer | undefined, below: number): void {
  if (!piece || piece.length === 0) return
  const at = random.integer(0, Math.min(piece.length, below) - 1)
  piece.writeUInt8(piece.readUInt8(at) ^ (1 << random.integer(0, 7)), at)
}

function duplicate(pieces: Buffer[], anyIndex: () => number): Buffer[] {
  const at = anyIndex()
  const some = pieces.slice(at, at + random.integer(1, 5))
  return pieces.toSpliced(anyIndex(), 0, ...some.map((piece) => Buffer.from(piece)))
}

function reorder(pieces: Buffer[], anyIndex: () => number): Buffer[] {
  const moved = [...pieces]
  for (let times = random.integer(1, 10); times > 0; times--) {
    const [piece] = moved.splice(anyIndex() % moved.length, 1)
    if (piece) moved.splice(anyIndex() % (moved.length + 1), 0, piece)
  }
  return moved
}

function replaceSize(pieces: Buffer[], anyIndex: () => number): Buffer[] {
  const piece = pieces[anyIndex()]
  if (!piece || piece.length < MESSAGE_HEADER_BYTES) return pieces
  const size = piece.readUIntBE(4, 3)
  const sizes = [
    0,
    1,
    Math.max(0, size - 1),
    size + 1,
    0xffff,
    0x7f_ffff,
    0xff_ffff,
    random.integer(0, 2 ** 24 - 1),
  ]
  piece.writeUIntBE(random.pick(sizes), 4, 3)
  return pieces
}

function replaceTime(pieces: Buffer[], anyIndex: () => number): Buffer[] {
  const piece = pieces[anyIndex()]
  if (!piece || piece.length < MESSAGE_HEADER_BYTES) return pieces
  piece.writeUIntBE(
    random.pick([0, 1, 0x7f_ffff, 0xff_fffe, 0xff_ffff, random.integer(0, 2 ** 24 - 1)]),
    1,
    3,
  )
  return pieces
}

/** An Enhanced RTMP header over the media's own: extensions, tracks, other codecs, all of them at any place. */
function replaceEnhancedHeader(pieces: Buffer[], anyIndex: () => number): Buffer[] {
  const at = anyIndex()
  const piece = pieces[at]
  if (!piece || piece.length < MESSAGE_HEADER_BYTES) return pieces
  const fourCc = () => Buffer.from(random.pick(['avc1', 'hvc1', 'av01', 'mp4a', 'Opus', 'vp09', '....']))
  const byte = () => Buffer.from([random.integer(0, 255)])
  // Packet types 5 and 6 are tracks, 7 is an extension, which has a size and a further type.
  const first = Buffer.from([random.pick([0x90, 0xa0, 0x80]) | random.integer(0, 7)])
  const pick = () => random.pick([fourCc, byte, byte, () => Buffer.alloc(random.integer(0, 300), 0x07)])()
  const header = Buffer.concat([first, ...Array.from({ length: random.integer(1, 8) }, pick)])
  const body = Buffer.concat([header, piece.subarray(MESSAGE_HEADER_BYTES + random.integer(0, 9))])
  const replaced = Buffer.concat([piece.subarray(0, MESSAGE_HEADER_BYTES), body])
  replaced.writeUIntBE(body.length, 4, 3)
  return pieces.toSpliced(at, 1, replaced)
}

/** The session before may still hold the channel; encoders try again, too. */
function throwUntilFree(bytes: Buffer): Promise<string> {
  return eventually('the channel is free', async () => {
    const answer = await throwAt(bytes)
    return !answer.includes(TAKEN) && answer
  })
}

/** Says it all in pieces of any size, then leaves, politely or not. @returns what the origin said */
async function throwAt(bytes: Buffer): Promise<string> {
  const socket = connect(rtmpPort(), '127.0.0.1')
  const heard: Buffer[] = []
  socket.on('data', (chunk: Buffer) => heard.push(chunk))
  // A reset is one of the answers.
  socket.on('error', () => undefined)
  const closed = new Promise((resolve) => {
    socket.once('close', resolve)
  })
  for (let at = 0; at < bytes.length && !socket.destroyed;) {
    const size = random.isTrue(0.1) ? random.integer(1, 200) : random.integer(1000, 65_536)
    await write(socket, bytes.subarray(at, at + size))
    at += size
  }
  if (random.isTrue(0.1)) socket.resetAndDestroy()
  else socket.end()
  await within('the origin closes the connection', CONNECTION_DEADLINE_MS, closed)
  return Buffer.concat(heard).toString('latin1')
}

/** Resolves when the bytes have left, or never will. */
function write(socket: Socket, bytes: Buffer): Promise<void> {
  return new Promise((resolve) => {
    if (socket.writableEnded || socket.destroyed) resolve()
    else socket.write(bytes, () => resolve())
  })
}
