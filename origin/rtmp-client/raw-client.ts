/** An RTMP client for tests that says exactly what it is told, also when that is nonsense. */
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { type AmfRead, decodeAmf, isAmfRecord } from '../ingest/amf.ts'
import { type AmfValue, encodeAmf } from '../ingest/amf-encode.ts'
import { ChunkReader, type ReceivedMessage } from '../ingest/chunk-reader.ts'
import { encodeMessage, HANDSHAKE_BYTES } from '../ingest/nms.ts'

export interface RawClient {
  readonly socket: Socket
  /** Every command of the server, in order. */
  readonly heard: AmfRead[][]
  /** Every message of media, in order. */
  readonly media: ReceivedMessage[]
  readonly send: (bytes: Uint8Array) => void
  readonly command: (...values: readonly AmfValue[]) => void
  readonly message: (type: number, payload: Uint8Array) => void
  readonly closed: Promise<void>
}

export interface RawOptions {
  /** False: nothing was said yet. */
  readonly handshake?: boolean
  /** Another address of this machine: all of 127.0.0.0/8 on Linux. */
  readonly localAddress?: string
}

export async function rawClient(port: number, options: RawOptions = {}): Promise<RawClient> {
  const { localAddress } = options
  const socket = connect({ port, host: '127.0.0.1', ...(localAddress !== undefined && { localAddress }) })
  socket.on('error', () => undefined)
  const closed = new Promise<void>((resolve) => {
    socket.once('close', () => resolve())
  })
  await once(socket, 'connect')
  const heard: AmfRead[][] = []
  const media: ReceivedMessage[] = []
  const reader = new ChunkReader({ maxMessageBytes: 1e7, maxPendingBytes: 1e7 }, (received) => {
    const { type, payload } = received
    if (type === 20) heard.push(decodeAmf(payload))
    else if (type === 8 || type === 9 || type === 18) media.push(received)
  })
  if (options.handshake !== false) await shakeHands(socket)
  socket.on('data', (bytes: Buffer) => reader.push(bytes))
  const message = (type: number, payload: Uint8Array) =>
    void socket.write(encodeMessage({ chunkStreamId: 3, type, streamId: 1, timestamp: 0, payload }))
  return {
    socket,
    heard,
    media,
    closed,
    send: (bytes) => void socket.write(bytes),
    message,
    command: (...values) => message(20, encodeAmf(values)),
  }
}

async function shakeHands(socket: Socket): Promise<void> {
  socket.write(Buffer.concat([Buffer.from([3]), Buffer.alloc(HANDSHAKE_BYTES, 7)]))
  let received = Buffer.alloc(0)
  while (received.length < 1 + 2 * HANDSHAKE_BYTES) {
    const [bytes] = (await once(socket, 'data')) as [Buffer]
    received = Buffer.concat([received, bytes])
  }
  socket.write(received.subarray(1, 1 + HANDSHAKE_BYTES))
  // The chunk size that `encodeMessage` uses.
  socket.write(Buffer.from('0200000000000401000000000000ffff', 'hex'))
}

/** A player that has asked for a stream. */
export async function rawPlayer(port: number, streamName: string): Promise<RawClient> {
  const client = await rawClient(port)
  client.command('connect', 1, { app: 'live' })
  client.command('createStream', 2, null)
  client.command('play', 3, null, streamName)
  return client
}

/** The last status the server sent. */
export function statusOf({ heard }: RawClient): { code?: unknown; description?: unknown } {
  const info = heard.at(-1)?.[3]
  return isAmfRecord(info) ? { code: info['code'], description: info['description'] } : {}
}
