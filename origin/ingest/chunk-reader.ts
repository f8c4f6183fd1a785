/**
 * Reads RTMP chunks into messages (RTMP 1.0, section 5.3). Each byte of media is copied once, from the
 * socket's buffer into a message that owns its memory. Everything is bounded and nothing is trusted.
 */
export interface ChunkLimits {
  readonly maxMessageBytes: number
  /** Sum over all messages that are being put together at the same time. */
  readonly maxPendingBytes: number
}

export interface ReceivedMessage {
  readonly type: number
  readonly streamId: number
  /** 32 bits, wraps. */
  readonly timestamp: number
  /** Owned by the receiver: never reused. */
  readonly payload: Buffer
}

export class ProtocolError extends Error {
  override readonly name = 'ProtocolError'
}

// Encoders use four to six; each one costs memory for the life of the connection.
const MAX_CHUNK_STREAMS = 16
const INITIAL_CHUNK_SIZE = 128
/** Smaller chunks only multiply the work per byte. */
const MIN_CHUNK_SIZE = 128
const MAX_CHUNK_SIZE = 0xffffff
const EXTENDED = 0xffffff
/** 3 bytes basic header, 11 bytes message header, 4 bytes extended timestamp. */
const MAX_HEADER_BYTES = 18
/** What one read of a socket can bring behind the message that paused it. */
const MAX_PAUSED_BYTES = 128 * 1024
const MESSAGE_HEADER_BYTES = [11, 7, 3, 0] as const

const TYPE_SET_CHUNK_SIZE = 1
const TYPE_ABORT = 2

interface ChunkStream {
  timestamp: number
  delta: number
  hasExtendedTimestamp: boolean
  extendedTimestamp: number
  length: number
  type: number
  streamId: number
  payload: Buffer | undefined
  received: number
}

export class ChunkReader {
  limits: ChunkLimits
  readonly #onMessage: (message: ReceivedMessage) => void
  readonly #streams = new Map<number, ChunkStream>()
  #chunkSize = INITIAL_CHUNK_SIZE
  #pendingBytes = 0
  /** The stream whose chunk payload is being read, and how much of that chunk is missing. */
  #current: ChunkStream | undefined
  #chunkRemaining = 0
  /** The start of a header that the last read cut through, or everything since `pause`. */
  #carry: Buffer | undefined
  #isPaused = false

  constructor(limits: ChunkLimits, onMessage: (message: ReceivedMessage) => void) {
    this.limits = limits
    this.#onMessage = onMessage
  }

  /** @throws ProtocolError when the peer breaks the protocol or a bound */
  push(bytes: Buffer): void {
    let input = bytes
    if (this.#carry !== undefined) {
      input = Buffer.concat([this.#carry, bytes])
      this.#carry = undefined
    }
    let offset = 0
    while (offset < input.length && !this.#isPaused) {
      if (this.#current === undefined) {
        const headerBytes = this.#readHeader(input, offset)
        if (headerBytes === 0) break
        offset += headerBytes
        if (this.#chunkRemaining > 0) continue
      } else {
        offset += this.#readPayload(this.#current, input, offset)
      }
      if (this.#chunkRemaining === 0) this.#finishChunk()
    }
    if (offset < input.length) {
      const bound = this.#isPaused ? MAX_PAUSED_BYTES : MAX_HEADER_BYTES
      if (input.length - offset > bound) throw new ProtocolError('Cannot read chunk: too much is unread')
      // Copied, so that a few bytes do not hold the socket's whole buffer.
      this.#carry = Buffer.from(input.subarray(offset))
    }
  }

  /** Stops after the message being delivered; the rest of the input waits unread for `resume`. */
  pause(): void {
    this.#isPaused = true
  }

  resume(): void {
    this.#isPaused = false
    this.push(Buffer.alloc(0))
  }

  /** @returns the bytes of the header, or 0 when it is not complete */
  #readHeader(input: Buffer, start: number): number {
    const available = input.length - start
    const first = input.readUInt8(start)
    const format = (first >> 6) as 0 | 1 | 2 | 3
    const short = first & 0x3f
    const basicBytes = short === 0 ? 2 : short === 1 ? 3 : 1
    let headerBytes = basicBytes + MESSAGE_HEADER_BYTES[format]
    if (available < headerBytes) return 0
    let chunkStreamId = short
    if (short === 0) chunkStreamId = 64 + input.readUInt8(start + 1)
    else if (short === 1) chunkStreamId = 64 + input.readUInt16LE(start + 1)
    const known = this.#streams.get(chunkStreamId)
    if (known === undefined && format !== 0 && format !== 1)
      throw new ProtocolError('Cannot read chunk: stream begins without a header')
    const stream = known ?? newStream()
    const at = start + basicBytes
    const isContinuation = stream.payload !== undefined
    if (isContinuation && format !== 3)
      throw new ProtocolError('Cannot read chunk: message begins inside another')

    if (format === 3) {
      if (stream.hasExtendedTimestamp) {
        if (available < headerBytes + 4) return 0
        // Encoders disagree on whether the extended timestamp is repeated: it is when the value is the same.
        if (input.readUInt32BE(at) === stream.extendedTimestamp) headerBytes += 4
      }
    } else {
      const field = input.readUIntBE(at, 3)
      const hasExtended = field === EXTENDED
      if (hasExtended && available < headerBytes + 4) return 0
      const value = hasExtended ? input.readUInt32BE(start + headerBytes) : field
      if (hasExtended) headerBytes += 4
      stream.hasExtendedTimestamp = hasExtended
      stream.extendedTimestamp = value
      if (format !== 2) {
        stream.length = input.readUIntBE(at + 3, 3)
        stream.type = input.readUInt8(at + 6)
      }
      if (format === 0) {
        stream.streamId = input.readUInt32LE(at + 7)
        stream.timestamp = value
        // The text of the specification would add the whole timestamp again for a following format 3.
        stream.delta = 0
      } else {
        stream.delta = value
      }
    }
    if (!isContinuation) this.#beginMessage(stream, format)
    if (known === undefined) this.#addStream(chunkStreamId, stream)
    this.#current = stream
    this.#chunkRemaining = Math.min(this.#chunkSize, stream.length - stream.received)
    return headerBytes
  }

  #beginMessage(stream: ChunkStream, format: number): void {
    if (stream.length > this.limits.maxMessageBytes)
      throw new ProtocolError('Cannot read message: longer than allowed')
    if (this.#pendingBytes + stream.length > this.limits.maxPendingBytes)
      throw new ProtocolError('Cannot read message: too much is unfinished')
    if (format !== 0) stream.timestamp = (stream.timestamp + stream.delta) >>> 0
    stream.payload = Buffer.allocUnsafe(stream.length)
    stream.received = 0
    this.#pendingBytes += stream.length
  }

  #addStream(chunkStreamId: number, stream: ChunkStream): void {
    if (this.#streams.size >= MAX_CHUNK_STREAMS)
      throw new ProtocolError('Cannot read chunk: too many streams')
    this.#streams.set(chunkStreamId, stream)
  }

  #readPayload(stream: ChunkStream, input: Buffer, offset: number): number {
    const take = Math.min(this.#chunkRemaining, input.length - offset)
    if (stream.payload !== undefined) input.copy(stream.payload, stream.received, offset, offset + take)
    stream.received += take
    this.#chunkRemaining -= take
    return take
  }

  #finishChunk(): void {
    const stream = this.#current
    this.#current = undefined
    if (stream?.payload === undefined || stream.received < stream.length) return
    const { type, streamId, timestamp, payload } = stream
    this.#drop(stream)
    if (type === TYPE_SET_CHUNK_SIZE) this.#setChunkSize(payload)
    else if (type === TYPE_ABORT) this.#abort(payload)
    // Of all, because whoever listens bounds how many there are.
    this.#onMessage({ type, streamId, timestamp, payload })
  }

  /** Holds from the next chunk on, also for messages that are half read. */
  #setChunkSize(payload: Buffer): void {
    const size = payload.length >= 4 ? payload.readUInt32BE(0) : 0
    if (size < MIN_CHUNK_SIZE || size > 0x7fffffff)
      throw new ProtocolError('Cannot set chunk size: out of range')
    this.#chunkSize = Math.min(size, MAX_CHUNK_SIZE)
  }

  #abort(payload: Buffer): void {
    if (payload.length < 4) return
    const stream = this.#streams.get(payload.readUInt32BE(0))
    if (stream !== undefined) this.#drop(stream)
  }

  #drop(stream: ChunkStream): void {
    if (stream.payload !== undefined) this.#pendingBytes -= stream.length
    stream.payload = undefined
    stream.received = 0
  }
}

function newStream(): ChunkStream {
  return {
    timestamp: 0,
    delta: 0,
    hasExtendedTimestamp: false,
    extendedTimestamp: 0,
    length: 0,
    type: 0,
    streamId: 0,
    payload: undefined,
    received: 0,
  }
}
