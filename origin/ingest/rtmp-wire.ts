/**
 * The bytes of one RTMP connection: handshake, acknowledgements, messages in and replies out (RTMP 1.0, 5 and 6).
 * It bounds what a peer may send and leave unread; what a message means is its owner's business.
 */
import type { Socket } from 'node:net'
import { address, errorKind, errorPlaces, type Log } from '../observe/log.ts'
import { AmfError } from './amf.ts'
import { type ChunkLimits, ChunkReader, ProtocolError, type ReceivedMessage } from './chunk-reader.ts'
import { MessagePace } from './message-pace.ts'
import {
  answerHandshake,
  encodeAcknowledgement,
  encodePingResponse,
  HANDSHAKE_BYTES,
  RTMP_VERSION,
} from './nms.ts'
import { WINDOW_BYTES } from './replies.ts'

export interface WireOptions {
  /** Neither protocol control nor after `finish`. */
  readonly onMessage: (message: ReceivedMessage) => void
  readonly onClose: () => void
  /** Of one peer that was accepted. */
  readonly messagesASecond?: number | undefined
  readonly log: Log
}

/** A `connect` with every known extension is below 2 KiB. */
const LIMITS_BEFORE: ChunkLimits = { maxMessageBytes: 16 * 1024, maxPendingBytes: 32 * 1024 }
/** A key frame at 100 Mb/s is below 4 MiB; audio and video may be interleaved. */
const LIMITS_LIVE: ChunkLimits = { maxMessageBytes: 8 * 1024 * 1024, maxPendingBytes: 12 * 1024 * 1024 }
/** Encoders send a dozen before they publish. */
const MAX_MESSAGES_BEFORE = 96
/** We send a few hundred bytes in all; a peer that does not read them is not an encoder. */
const MAX_UNSENT_BYTES = 64 * 1024
/** A peer may ask for acknowledgements more often, but not for one per message. */
const MIN_WINDOW_BYTES = 64 * 1024

const TYPE_USER_CONTROL = 4
const TYPE_WINDOW_SIZE = 5
const USER_CONTROL_PING_REQUEST = 6

/** A publisher sends media; a player is sent media, so that what else it asks for can be left out. */
export type Accepted = 'publisher' | 'player'

export class RtmpWire {
  readonly #socket: Socket
  readonly #options: WireOptions
  readonly #reader = new ChunkReader(LIMITS_BEFORE, (message) => this.#onMessage(message))
  readonly #pace: MessagePace
  #handshake: Buffer | undefined = Buffer.alloc(1 + 2 * HANDSHAKE_BYTES)
  #receivedBytes = 0
  #acknowledgedBytes = 0
  #windowBytes = WINDOW_BYTES
  #messagesBefore = 0
  #accepted: Accepted | undefined
  #pausedForPace: NodeJS.Timeout | undefined
  /** Reads and drops, so that the last status reaches the peer before the reset would. */
  #isClosing = false
  #timer: NodeJS.Timeout | undefined

  constructor(socket: Socket, options: WireOptions) {
    this.#socket = socket
    this.#options = options
    this.#pace = new MessagePace(options.messagesASecond)
    socket.setNoDelay(true)
    socket.on('data', (bytes: Buffer) => this.guard(() => this.#receive(bytes)))
    // What follows an error is `close`, and that is where a session ends.
    socket.on('error', () => undefined)
    socket.on('close', () => {
      clearTimeout(this.#timer)
      clearTimeout(this.#pausedForPace)
      options.onClose()
    })
  }

  get isDestroyed(): boolean {
    return this.#socket.destroyed
  }

  /** Runs what arrived: nothing of it may throw further than to the end of this connection. */
  guard(step: () => void): void {
    try {
      step()
    } catch (error) {
      const fields = { address: address(this.#socket.remoteAddress), error: errorKind(error) }
      if (error instanceof ProtocolError || error instanceof AmfError)
        this.#options.log.info('connection broke the protocol', fields)
      else this.#options.log.error('connection failed', { ...fields, places: errorPlaces(error) })
      this.#socket.destroy()
    }
  }

  /** Ends the connection in so many ms, or never, unless another deadline, `hold` or `accept` comes first. */
  deadline(ms: number | undefined): void {
    clearTimeout(this.#timer)
    if (ms !== undefined) this.#timer = setTimeout(() => this.#socket.destroy(), ms)
  }

  /** Nothing is read until `accept`: what the peer sends stays in the kernel, and at most one read here. */
  hold(): void {
    clearTimeout(this.#timer)
    this.#reader.pause()
    this.#socket.pause()
  }

  /** From here on the peer is not cut off for many messages, but read no faster than the pace allows. */
  accept(as: Accepted): void {
    clearTimeout(this.#timer)
    this.#accepted = as
    if (as === 'publisher') this.#reader.limits = LIMITS_LIVE
  }

  /** After `hold`. */
  resume(): void {
    this.#socket.resume()
    this.#reader.resume()
  }

  /** @throws ProtocolError when the peer has not read what was sent before */
  send(bytes: Buffer): void {
    if (this.#socket.writableLength > MAX_UNSENT_BYTES) {
      // A player's buffer holds pictures.
      if (this.#accepted === 'player') return
      throw new ProtocolError('Cannot go on: peer does not read')
    }
    this.#socket.write(bytes)
  }

  /** Sends the last bytes and closes; a peer that keeps the connection open loses it after so many ms. */
  finish(last: Buffer, lingerMs: number): void {
    if (this.#isClosing) return
    this.#isClosing = true
    this.deadline(lingerMs)
    this.#socket.end(last)
    // Unread bytes would turn the close into a reset, and the status would be lost.
    this.#socket.resume()
  }

  destroy(): void {
    this.#socket.destroy()
  }

  #receive(bytes: Buffer): void {
    if (this.#isClosing) return
    this.#receivedBytes += bytes.length
    const rest = this.#handshake === undefined ? bytes : this.#shakeHands(this.#handshake, bytes)
    if (rest.length > 0) this.#reader.push(rest)
    if (this.#receivedBytes - this.#acknowledgedBytes >= this.#windowBytes) {
      this.#acknowledgedBytes = this.#receivedBytes
      this.send(encodeAcknowledgement(this.#receivedBytes))
    }
  }

  /** @returns what follows the handshake */
  #shakeHands(handshake: Buffer, bytes: Buffer): Buffer {
    const before = this.#receivedBytes - bytes.length
    const taken = bytes.copy(handshake, before)
    if (handshake[0] !== RTMP_VERSION) throw new ProtocolError('Cannot shake hands: not RTMP version 3')
    const c1End = 1 + HANDSHAKE_BYTES
    if (before < c1End && before + taken >= c1End) this.send(answerHandshake(handshake.subarray(0, c1End)))
    if (before + taken === handshake.length) this.#handshake = undefined
    return bytes.subarray(taken)
  }

  #onMessage(message: ReceivedMessage): void {
    if (this.#isClosing) return
    this.#count()
    const { type, payload } = message
    switch (type) {
      case TYPE_WINDOW_SIZE:
        if (payload.length >= 4) this.#windowBytes = windowWithin(payload.readUInt32BE(0))
        return undefined
      case TYPE_USER_CONTROL:
        if (payload.length >= 6 && payload.readUInt16BE(0) === USER_CONTROL_PING_REQUEST)
          this.send(encodePingResponse(payload.readUInt32BE(2)))
        return undefined
      default:
        return this.#options.onMessage(message)
    }
  }

  /** Strangers are cut off; who was accepted is read more slowly, and everybody else is served meanwhile. */
  #count(): void {
    if (this.#accepted === undefined) {
      if (++this.#messagesBefore > MAX_MESSAGES_BEFORE)
        throw new ProtocolError('Cannot go on: too many messages')
      return
    }
    const waitMs = this.#pace.take()
    if (waitMs === 0 || this.#pausedForPace !== undefined) return
    this.#reader.pause()
    this.#socket.pause()
    this.#pausedForPace = setTimeout(() => {
      this.#pausedForPace = undefined
      if (this.#socket.destroyed) return
      this.guard(() => this.#reader.resume())
      if (this.#pausedForPace === undefined) this.#socket.resume()
    }, waitMs)
  }
}

function windowWithin(requested: number): number {
  return Math.min(Math.max(requested, MIN_WINDOW_BYTES), WINDOW_BYTES)
}
