/**
 * One encoder's connection: handshake, connect, publish, media (RTMP 1.0). Nothing that arrives can throw
 * out of a handler, and nothing of a session is looked at as media before it is accepted.
 */
import type { Socket } from 'node:net'
import type { EndReason } from '../../shared/contracts/internal.ts'
import { address, errorKind, errorPlaces, type Log, word } from '../observe/log.ts'
import { AmfError, type AmfRead, decodeAmf, isAmfRecord } from './amf.ts'
import { type ChunkLimits, ChunkReader, ProtocolError, type ReceivedMessage } from './chunk-reader.ts'
import { FlvDemuxer, TAG_AUDIO, TAG_SCRIPT, TAG_SCRIPT_AMF3, TAG_VIDEO } from './flv.ts'
import {
  answerHandshake,
  encodeAcknowledgement,
  encodePingResponse,
  encodeStreamEvent,
  HANDSHAKE_BYTES,
  RTMP_VERSION,
} from './nms.ts'
import { MessagePace } from './message-pace.ts'
import { ENDINGS, REFUSALS, Refused } from './refusal.ts'
import {
  encodeConnected,
  encodeConnectRefused,
  encodeStatus,
  encodeStreamCreated,
  TYPE_COMMAND,
  WINDOW_BYTES,
} from './replies.ts'
import { TagPlayer } from './tag-player.ts'
import type { Session, Sessions } from './sessions.ts'

export interface ConnectionDurations {
  readonly connect: number
  readonly publish: number
  readonly silence: number
  readonly linger: number
}

export interface RefusedPublisher {
  readonly address: ReturnType<typeof address>
  readonly reason: ReturnType<typeof word>
}

export interface ConnectionOptions {
  readonly sessions: Pick<Sessions, 'admit' | 'play'>
  readonly durations: ConnectionDurations
  readonly clock: () => number
  readonly log: Log
  readonly addressBlock: string
  /** Of one peer that is on air. */
  readonly messagesASecond?: number
  /** Somebody was refused here, without the edge. */
  readonly onRefused: (who: RefusedPublisher) => void
  /** The peer speaks RTMP and has named our app. */
  readonly onIntroduced: () => void
  /** The peer has shown a key that holds; until then anybody may take its place. */
  readonly onAuthorised: () => void
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
const APP = 'live'
const KEEP_ALIVE_MS = 30_000

const TYPE_USER_CONTROL = 4
const TYPE_WINDOW_SIZE = 5
const TYPE_COMMAND_AMF3 = 17
const USER_CONTROL_PING_REQUEST = 6

/** In order; `closing` reads and drops, so that the last status reaches the peer before the reset would. */
type Phase = 'handshake' | 'connect' | 'publish' | 'admitting' | 'live' | 'playing' | 'closing'

export class RtmpConnection {
  readonly #socket: Socket
  readonly #options: ConnectionOptions
  readonly #reader = new ChunkReader(LIMITS_BEFORE, (message) => this.#onMessage(message))
  readonly #demuxer = new FlvDemuxer()
  #phase: Phase = 'handshake'
  #handshake: Buffer | undefined = Buffer.alloc(1 + 2 * HANDSHAKE_BYTES)
  #receivedBytes = 0
  #acknowledgedBytes = 0
  #windowBytes = WINDOW_BYTES
  #messagesBefore = 0
  readonly #pace: MessagePace
  #pausedForPace: NodeJS.Timeout | undefined
  #streams = 0
  #publishStreamId = 0
  #lastMediaAt = 0
  #session: Session | undefined
  #timer: NodeJS.Timeout | undefined
  #afterRead: NodeJS.Immediate | undefined

  constructor(socket: Socket, options: ConnectionOptions) {
    this.#socket = socket
    this.#options = options
    this.#pace = new MessagePace(options.messagesASecond)
    socket.setNoDelay(true)
    socket.on('data', (bytes: Buffer) => this.#guard(() => this.#receive(bytes)))
    // What follows an error is `close`, and that is where a session ends.
    socket.on('error', () => undefined)
    socket.on('close', () => {
      clearTimeout(this.#timer)
      clearImmediate(this.#afterRead)
      clearTimeout(this.#pausedForPace)
      this.#session?.end('lost')
    })
    this.#deadline(options.durations.connect)
  }

  /** Ends the session, if any, and the connection. */
  close(reason: EndReason): void {
    this.#session?.end(reason)
    const ending = ENDINGS[reason]
    if (ending === undefined) return this.#finish(Buffer.alloc(0))
    this.#finish(this.#status('error', ending.code, ending.text))
  }

  /** Its place is needed for somebody else. */
  abort(): void {
    this.#socket.destroy()
  }

  #guard(step: () => void): void {
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

  #deadline(ms: number): void {
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => this.#socket.destroy(), ms)
  }

  #watchSilence(isReadSince = false): void {
    const { silence } = this.#options.durations
    const leftMs = this.#lastMediaAt + silence - this.#options.clock()
    if (leftMs <= 0) {
      // A process that was stopped for a while runs its timers first: what has arrived meanwhile is read next.
      if (!isReadSince) {
        this.#afterRead = setImmediate(() => this.#watchSilence(true))
        return
      }
      this.#options.log.info('publisher is silent', { address: address(this.#socket.remoteAddress) })
      this.#socket.destroy()
      return
    }
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => this.#watchSilence(), leftMs)
  }

  #receive(bytes: Buffer): void {
    if (this.#phase === 'closing') return
    this.#receivedBytes += bytes.length
    const rest = this.#handshake === undefined ? bytes : this.#shakeHands(this.#handshake, bytes)
    if (rest.length > 0) this.#reader.push(rest)
    if (this.#receivedBytes - this.#acknowledgedBytes >= this.#windowBytes) {
      this.#acknowledgedBytes = this.#receivedBytes
      this.#send(encodeAcknowledgement(this.#receivedBytes))
    }
  }

  /** @returns what follows the handshake */
  #shakeHands(handshake: Buffer, bytes: Buffer): Buffer {
    const before = this.#receivedBytes - bytes.length
    const taken = bytes.copy(handshake, before)
    if (handshake[0] !== RTMP_VERSION) throw new ProtocolError('Cannot shake hands: not RTMP version 3')
    const c1End = 1 + HANDSHAKE_BYTES
    if (before < c1End && before + taken >= c1End) this.#send(answerHandshake(handshake.subarray(0, c1End)))
    if (before + taken === handshake.length) {
      this.#handshake = undefined
      this.#phase = 'connect'
    }
    return bytes.subarray(taken)
  }

  #onMessage(message: ReceivedMessage): void {
    if (this.#phase === 'closing') return
    this.#count()
    const { type, payload } = message
    switch (type) {
      case TAG_VIDEO:
      case TAG_AUDIO:
      case TAG_SCRIPT:
      case TAG_SCRIPT_AMF3:
        return this.#onMedia(message)
      case TYPE_COMMAND:
        return this.#onCommand(decodeAmf(payload), message.streamId)
      case TYPE_COMMAND_AMF3:
        // A format byte, then AMF0 in practice: no encoder switches to AMF3 inside.
        return this.#onCommand(decodeAmf(payload.subarray(1)), message.streamId)
      case TYPE_WINDOW_SIZE:
        if (payload.length >= 4) this.#windowBytes = windowWithin(payload.readUInt32BE(0))
        return undefined
      case TYPE_USER_CONTROL:
        if (payload.length >= 6 && payload.readUInt16BE(0) === USER_CONTROL_PING_REQUEST)
          this.#send(encodePingResponse(payload.readUInt32BE(2)))
        return undefined
      default:
        return undefined
    }
  }

  /** Strangers are cut off; who is on air is read more slowly, and everybody else is served meanwhile. */
  #count(): void {
    if (this.#phase !== 'live' && this.#phase !== 'playing') {
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
      this.#guard(() => this.#reader.resume())
      if (this.#pausedForPace === undefined) this.#socket.resume()
    }, waitMs)
  }

  #onMedia(tag: ReceivedMessage): void {
    if (this.#session === undefined || this.#phase !== 'live') return
    const isMedia = (tag.type === TAG_AUDIO || tag.type === TAG_VIDEO) && tag.payload.length > 0
    if (isMedia) this.#lastMediaAt = this.#options.clock()
    const media = this.#demuxer.read(tag)
    if (media === 'unsupported_media') return this.close('unsupported_media')
    this.#session.write(tag, media)
  }

  #onCommand([command, transaction, info, argument]: AmfRead[], streamId: number): void {
    switch (command) {
      case 'connect':
        if (this.#phase !== 'connect') throw new ProtocolError('Cannot connect: connected already')
        return this.#connect(transaction, info)
      case 'createStream':
        this.#streams += 1
        return this.#send(encodeStreamCreated(transaction, this.#streams))
      case 'publish':
        return this.#publish(argument, streamId)
      case 'play':
      case 'play2':
        return this.#play(argument, streamId)
      case 'FCUnpublish':
      case 'deleteStream':
      case 'closeStream':
        return this.#stop()
      default:
        // releaseStream, FCPublish, _checkbw, getStreamLength, ...: encoders do not wait for an answer.
        return undefined
    }
  }

  #connect(transaction: AmfRead, info: AmfRead): void {
    const app = isAmfRecord(info) ? info['app'] : undefined
    if (typeof app !== 'string' || app.replace(/\/$/, '') !== APP) {
      return this.#finish(encodeConnectRefused(transaction))
    }
    this.#phase = 'publish'
    this.#options.onIntroduced()
    this.#deadline(this.#options.durations.publish)
    this.#send(encodeConnected(transaction))
  }

  #publish(streamName: AmfRead, streamId: number): void {
    if (this.#phase !== 'publish' || typeof streamName !== 'string')
      throw new ProtocolError('Cannot publish: not connected, published already, or no name')
    this.#phase = 'admitting'
    this.#publishStreamId = streamId
    clearTimeout(this.#timer)
    // Whatever the encoder sends meanwhile stays unread: in the kernel, and at most one read here.
    this.#reader.pause()
    this.#socket.pause()
    const publisher = {
      addressBlock: this.#options.addressBlock,
      lastMediaAt: () => this.#lastMediaAt,
      close: (reason: EndReason) => this.close(reason),
      onClaimed: () => this.#options.onAuthorised(),
    }
    this.#lastMediaAt = this.#options.clock()
    this.#options.sessions.admit(streamName, publisher).then(
      (session) => this.#guard(() => this.#start(session)),
      (error: unknown) => this.#guard(() => this.#refuse(error)),
    )
  }

  #start(session: Session): void {
    this.#session = session
    if (this.#phase !== 'admitting' || this.#socket.destroyed) return session.end('lost')
    this.#phase = 'live'
    this.#reader.limits = LIMITS_LIVE
    this.#lastMediaAt = this.#options.clock()
    this.#send(this.#status('status', 'NetStream.Publish.Start', 'On air.'))
    this.#watchSilence()
    this.#socket.resume()
    this.#reader.resume()
  }

  #play(streamName: AmfRead, streamId: number): void {
    if (this.#phase !== 'publish' || typeof streamName !== 'string')
      throw new ProtocolError('Cannot play: not connected, busy already, or no name')
    this.#phase = 'admitting'
    this.#publishStreamId = streamId
    clearTimeout(this.#timer)
    const player = new TagPlayer(this.#socket, {
      streamId,
      onAdmitted: () => this.#startPlaying(),
      onEnd: (text) => this.#guard(() => this.#stopPlaying(text)),
      onTooSlow: () => {
        this.#options.log.info('player is too slow', { address: address(this.#socket.remoteAddress) })
        this.#socket.destroy()
      },
    })
    this.#socket.once('close', () => player.leave())
    this.#options.sessions.play(streamName, player).catch((error: unknown) => {
      this.#guard(() => this.#refuse(error))
    })
  }

  #startPlaying(): void {
    this.#phase = 'playing'
    this.#options.onAuthorised()
    // A player says nothing for hours; the network tells when it is gone.
    this.#socket.setKeepAlive(true, KEEP_ALIVE_MS)
    this.#send(
      Buffer.concat([
        encodeStreamEvent('begin', this.#publishStreamId),
        this.#status('status', 'NetStream.Play.Reset', 'Playing.'),
        this.#status('status', 'NetStream.Play.Start', 'Playing.'),
      ]),
    )
  }

  /** @param text why, when it is not simply over */
  #stopPlaying(text: string | undefined): void {
    if (this.#phase !== 'playing') return
    const status =
      text === undefined
        ? this.#status('status', 'NetStream.Play.UnpublishNotify', 'Off air.')
        : this.#status('error', 'NetStream.Play.Failed', text)
    this.#finish(Buffer.concat([status, encodeStreamEvent('end', this.#publishStreamId)]))
  }

  #refuse(error: unknown): void {
    if (!(error instanceof Refused)) {
      this.#finish(Buffer.alloc(0))
      throw error
    }
    const { code, text } = REFUSALS[error.reason]
    const fields = { address: address(this.#socket.remoteAddress), reason: word(error.reason) }
    // One line for the operator: the edge's own has the channel's name.
    if (error.isByEdge) this.#options.log.info('publisher refused', fields)
    else this.#options.onRefused(fields)
    this.#finish(this.#status('error', code, text))
  }

  /** The encoder says goodbye. */
  #stop(): void {
    if (this.#phase === 'playing') return void this.#socket.destroy()
    if (this.#phase !== 'live') return
    this.#session?.end('stopped')
    this.#finish(this.#status('status', 'NetStream.Unpublish.Success', 'Off air.'))
  }

  #finish(last: Buffer): void {
    if (this.#phase === 'closing') return
    this.#phase = 'closing'
    this.#deadline(this.#options.durations.linger)
    this.#socket.end(last)
    // Unread bytes would turn the close into a reset, and the status would be lost.
    this.#socket.resume()
  }

  #status(level: 'status' | 'error', code: string, description: string): Buffer {
    return encodeStatus(this.#publishStreamId, { level, code, description })
  }

  #send(bytes: Buffer): void {
    // A player's buffer holds pictures; what it asked for beside them can be left out.
    if (this.#phase === 'playing' && this.#socket.writableLength > MAX_UNSENT_BYTES) return
    if (this.#socket.writableLength > MAX_UNSENT_BYTES)
      throw new ProtocolError('Cannot go on: peer does not read')
    this.#socket.write(bytes)
  }
}

function windowWithin(requested: number): number {
  return Math.min(Math.max(requested, MIN_WINDOW_BYTES), WINDOW_BYTES)
}
