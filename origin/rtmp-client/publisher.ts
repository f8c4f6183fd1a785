/** The project's own RTMP publisher: for restreaming, the demo and tests. */
import { randomBytes } from 'node:crypto'
import { connect, isIP, type LookupFunction, type Socket } from 'node:net'
import { connect as connectTls, rootCertificates } from 'node:tls'
import { type AmfRead, decodeAmf, isAmfRecord } from '../ingest/amf.ts'
import { ChunkReader, type ReceivedMessage } from '../ingest/chunk-reader.ts'
import { writeMessage } from '../ingest/chunk-writer.ts'
import { MessagePace } from '../ingest/message-pace.ts'
import type { FlvTag } from '../ingest/flv.ts'
import { type AmfValue, encodeAmf } from '../ingest/amf-encode.ts'
import {
  encodeChunkSize,
  encodeMessage,
  encodePingResponse,
  HANDSHAKE_BYTES,
  OUT_CHUNK_SIZE,
  RTMP_VERSION,
} from '../ingest/nms.ts'

export interface PublisherOptions {
  readonly host: string
  readonly port: number
  readonly app: string
  readonly streamName: string
  /** RTMPS. Certificates trusted besides the system's, PEM. */
  readonly tls?: { readonly ca?: string }
  /** Turns the host's name into addresses; the system's unless given. */
  readonly lookup?: LookupFunction
  /** Until the server has said that the stream is on air. */
  readonly timeoutMs?: number
  readonly signal?: AbortSignal
}

export interface RtmpPublisher {
  /** Resolves when the socket takes more, or is over. Tags without content are left out. */
  write(tag: FlvTag): Promise<void>
  /** The same without waiting: whoever calls it bounds `queuedBytes`. */
  send(tag: FlvTag): void
  /** Written and not yet taken by the operating system. */
  readonly queuedBytes: number
  /** Taken by the operating system, in all. */
  readonly sentBytes: number
  /** Says goodbye, as an encoder does when the streamer presses stop. */
  close(): Promise<void>
  /** Goes away without a word. */
  abort(): void
  /** Resolves when the connection is over, with the last error status the server sent. */
  readonly closed: Promise<string | undefined>
  /** What the server complained about last. */
  readonly lastError: PublishRefused | undefined
}

/** The server's word: `NetStream.Publish.Unauthorized`, `NetStream.Publish.BadName`, ... */
export class PublishRefused extends Error {
  override readonly name = 'PublishRefused'
  readonly code: string
  /** What an encoder shows its user. */
  readonly description: string

  constructor(code: string, description: string) {
    super(`Server refused to publish: ${code}`)
    this.code = code
    this.description = description
  }
}

const GOODBYE_MS = 2000
const DEFAULT_TIMEOUT_MS = 10_000
const LIMITS = { maxMessageBytes: 64 * 1024, maxPendingBytes: 128 * 1024 }
const TYPE_USER_CONTROL = 4
const USER_CONTROL_PING_REQUEST = 6
const MAX_UNSENT_ANSWER_BYTES = 64 * 1024
const TYPE_COMMAND = 20
const CHUNK_STREAM_COMMAND = 3
const CHUNK_STREAM_MEDIA = 4
const TRANSACTION_CONNECT = 1
const TRANSACTION_RELEASE = 2
const TRANSACTION_ANNOUNCE = 3
const TRANSACTION_CREATE = 4
const TRANSACTION_PUBLISH = 5
const TRANSACTION_GOODBYE = 6

/**
 * Resolves when the server says `NetStream.Publish.Start`.
 * @throws PublishRefused with the server's code; the socket's error; the signal's reason
 */
export async function connectPublisher(options: PublisherOptions): Promise<RtmpPublisher> {
  const timeout = AbortSignal.timeout(options.timeoutMs ?? DEFAULT_TIMEOUT_MS)
  const signal = options.signal === undefined ? timeout : AbortSignal.any([options.signal, timeout])
  signal.throwIfAborted()
  const socket = open(options)
  const giveUp = () => void socket.destroy(abortReason(signal))
  signal.addEventListener('abort', giveUp, { once: true })
  try {
    const dialogue = new Dialogue(socket, options)
    const streamId = await dialogue.onAir
    return publisher(socket, { dialogue, streamId, streamName: options.streamName })
  } catch (error) {
    socket.destroy()
    throw error
  } finally {
    signal.removeEventListener('abort', giveUp)
  }
}

function open({ host, port, tls, lookup }: PublisherOptions): Socket {
  const address = { host, port, noDelay: true, ...(lookup !== undefined && { lookup }) }
  if (tls === undefined) return connect(address)
  // An address has no name that could be sent; certificates are held against it all the same.
  const servername = isIP(host) === 0 ? { servername: host } : {}
  const ca = tls.ca === undefined ? {} : { ca: [...rootCertificates, tls.ca] }
  return connectTls({ ...address, ...servername, ...ca })
}

function publisher(
  socket: Socket,
  { dialogue, streamId, streamName }: { dialogue: Dialogue; streamId: number; streamName: string },
): RtmpPublisher {
  function send({ type, timestamp, payload }: FlvTag): boolean {
    if (payload.length === 0 || socket.destroyed || socket.writableEnded) return true
    return writeMessage(socket, { chunkStreamId: CHUNK_STREAM_MEDIA, type, streamId, timestamp, payload })
  }

  return {
    closed: dialogue.closed,
    get lastError() {
      return dialogue.lastError
    },
    abort: () => void socket.destroy(),
    send: (tag) => void send(tag),
    get queuedBytes() {
      return socket.writableLength
    },
    get sentBytes() {
      return socket.bytesWritten - socket.writableLength
    },
    async write(tag) {
      // Not `once`, which rejects with the socket's error: that the line broke is what `closed` says.
      if (!send(tag))
        await Promise.race([new Promise((drained) => socket.once('drain', drained)), dialogue.closed])
    },
    async close() {
      if (!socket.destroyed && !socket.writableEnded) {
        socket.write(command(0, ['FCUnpublish', TRANSACTION_GOODBYE, null, streamName]))
        socket.end(command(0, ['deleteStream', TRANSACTION_GOODBYE, null, streamId]))
      }
      // A server that does not close is left to itself.
      const giveUp = setTimeout(() => socket.destroy(), GOODBYE_MS)
      await dialogue.closed
      clearTimeout(giveUp)
    },
  }
}

/** What is said until the stream is on air, and listening for bad news after that. */
class Dialogue {
  /** The message stream to publish on. */
  readonly onAir: Promise<number>
  readonly closed: Promise<string | undefined>
  readonly #socket: Socket
  readonly #options: PublisherOptions
  readonly #reader = new ChunkReader(LIMITS, (message) => this.#onMessage(message))
  readonly #pace = new MessagePace()
  readonly #onAir = Promise.withResolvers<number>()
  #handshake: Buffer | undefined = Buffer.alloc(0)
  #streamId = 0
  lastError: PublishRefused | undefined

  constructor(socket: Socket, options: PublisherOptions) {
    this.#socket = socket
    this.#options = options
    this.onAir = this.#onAir.promise
    const closed = Promise.withResolvers<string | undefined>()
    this.closed = closed.promise
    let socketError: Error | undefined
    socket.on(options.tls === undefined ? 'connect' : 'secureConnect', () => {
      const c1 = Buffer.concat([Buffer.alloc(8), randomBytes(HANDSHAKE_BYTES - 8)])
      socket.write(Buffer.concat([Buffer.from([RTMP_VERSION]), c1]))
    })
    socket.on('data', (bytes: Buffer) => {
      try {
        this.#receive(bytes)
      } catch (error) {
        socket.destroy(error instanceof Error ? error : undefined)
      }
    })
    socket.on('error', (error) => {
      socketError = error
    })
    socket.on('close', () => {
      // After the stream went on air nobody waits for this any more, and it changes nothing.
      this.#onAir.reject(socketError ?? new Error('Server closed the connection'))
      closed.resolve(this.lastError?.code)
    })
  }

  #receive(bytes: Buffer): void {
    if (this.#handshake === undefined) return this.#reader.push(bytes)
    const received = Buffer.concat([this.#handshake, bytes])
    const s2End = 1 + 2 * HANDSHAKE_BYTES
    this.#handshake = received
    if (received.length < s2End) return
    this.#handshake = undefined
    // C2 repeats S1.
    this.#socket.write(received.subarray(1, 1 + HANDSHAKE_BYTES))
    this.#socket.write(encodeChunkSize(OUT_CHUNK_SIZE))
    const { app, host, port, tls } = this.#options
    const tcUrl = `${tls === undefined ? 'rtmp' : 'rtmps'}://${host}:${port}/${app}`
    this.#say(0, 'connect', TRANSACTION_CONNECT, { app, type: 'nonprivate', flashVer: 'FMLE/3.0', tcUrl })
    if (received.length > s2End) this.#reader.push(received.subarray(s2End))
  }

  /** @throws Error when the server talks more than any encoder would listen to */
  #onMessage({ type, payload }: ReceivedMessage): void {
    if (this.#pace.take() > 0) throw new Error('Server sends too many messages')
    if (type === TYPE_USER_CONTROL) return this.#answerPing(payload)
    if (type !== TYPE_COMMAND) return
    const [name, transaction, , info] = decodeAmf(payload)
    if (name === '_result') this.#onResult(transaction, info)
    else if (name === '_error' || name === 'onStatus') this.#onStatus(info)
  }

  /** Servers drop whoever does not answer; one that only asks is not answered for ever. */
  #answerPing(payload: Buffer): void {
    if (payload.length < 6 || payload.readUInt16BE(0) !== USER_CONTROL_PING_REQUEST) return
    if (this.#socket.writableLength < MAX_UNSENT_ANSWER_BYTES)
      this.#socket.write(encodePingResponse(payload.readUInt32BE(2)))
  }

  #onResult(transaction: AmfRead, info: AmfRead): void {
    const { streamName } = this.#options
    if (transaction === TRANSACTION_CONNECT) {
      this.#say(0, 'releaseStream', TRANSACTION_RELEASE, null, streamName)
      this.#say(0, 'FCPublish', TRANSACTION_ANNOUNCE, null, streamName)
      this.#say(0, 'createStream', TRANSACTION_CREATE, null)
    } else if (transaction === TRANSACTION_CREATE && typeof info === 'number') {
      this.#streamId = info
      this.#say(info, 'publish', TRANSACTION_PUBLISH, null, streamName, 'live')
    }
  }

  #onStatus(info: AmfRead): void {
    const status = isAmfRecord(info) ? info : {}
    const code = textOf(status['code']) || 'unknown'
    if (status['level'] === 'error') {
      this.lastError = new PublishRefused(code, textOf(status['description']))
      this.#onAir.reject(this.lastError)
    } else if (code === 'NetStream.Publish.Start') {
      this.#onAir.resolve(this.#streamId)
    }
  }

  #say(streamId: number, ...values: AmfValue[]): void {
    this.#socket.write(command(streamId, values))
  }
}

function command(streamId: number, values: readonly AmfValue[]): Buffer {
  const payload = encodeAmf(values)
  return encodeMessage({
    chunkStreamId: CHUNK_STREAM_COMMAND,
    type: TYPE_COMMAND,
    streamId,
    timestamp: 0,
    payload,
  })
}

function textOf(value: AmfRead): string {
  return typeof value === 'string' ? value : ''
}

function abortReason(signal: AbortSignal): Error {
  return signal.reason instanceof Error ? signal.reason : new Error('Aborted', { cause: signal.reason })
}
