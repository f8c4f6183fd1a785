/**
 * One encoder's or player's connection: connect, publish or play, media (RTMP 1.0, 7). Nothing of a session is
 * looked at as media before it is accepted.
 */
import type { Socket } from 'node:net'
import type { EndReason } from '../../shared/contracts/internal.ts'
import { address, type Log, word } from '../observe/log.ts'
import { type AmfRead, decodeAmf, isAmfRecord } from './amf.ts'
import { ProtocolError, type ReceivedMessage } from './chunk-reader.ts'
import { FlvDemuxer, TAG_AUDIO, TAG_SCRIPT, TAG_SCRIPT_AMF3, TAG_VIDEO } from './flv.ts'
import { encodeStreamEvent } from './nms.ts'
import { ENDINGS, REFUSALS, Refused } from './refusal.ts'
import {
  encodeConnected,
  encodeConnectRefused,
  encodeStatus,
  encodeStreamCreated,
  TYPE_COMMAND,
} from './replies.ts'
import { RtmpWire } from './rtmp-wire.ts'
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

const APP = 'live'
const KEEP_ALIVE_MS = 30_000

const TYPE_COMMAND_AMF3 = 17

/** In order. */
type Phase = 'connect' | 'publish' | 'admitting' | 'live' | 'playing' | 'closing'

export class RtmpConnection {
  readonly #socket: Socket
  readonly #options: ConnectionOptions
  readonly #wire: RtmpWire
  readonly #demuxer = new FlvDemuxer()
  #phase: Phase = 'connect'
  #streams = 0
  #publishStreamId = 0
  #lastMediaAt = 0
  #session: Session | undefined
  #silence: NodeJS.Timeout | undefined
  #afterRead: NodeJS.Immediate | undefined

  constructor(socket: Socket, options: ConnectionOptions) {
    this.#socket = socket
    this.#options = options
    this.#wire = new RtmpWire(socket, {
      onMessage: (message) => this.#onMessage(message),
      onClose: () => {
        clearTimeout(this.#silence)
        clearImmediate(this.#afterRead)
        this.#session?.end('lost')
      },
      messagesASecond: options.messagesASecond,
      log: options.log,
    })
    this.#wire.deadline(options.durations.connect)
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
      this.#wire.destroy()
      return
    }
    clearTimeout(this.#silence)
    this.#silence = setTimeout(() => this.#watchSilence(), leftMs)
  }

  #onMessage(message: ReceivedMessage): void {
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
      default:
        return undefined
    }
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
        return this.#wire.send(encodeStreamCreated(transaction, this.#streams))
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
    this.#wire.deadline(this.#options.durations.publish)
    this.#wire.send(encodeConnected(transaction))
  }

  #publish(streamName: AmfRead, streamId: number): void {
    if (this.#phase !== 'publish' || typeof streamName !== 'string')
      throw new ProtocolError('Cannot publish: not connected, published already, or no name')
    this.#phase = 'admitting'
    this.#publishStreamId = streamId
    this.#wire.hold()
    const publisher = {
      addressBlock: this.#options.addressBlock,
      lastMediaAt: () => this.#lastMediaAt,
      close: (reason: EndReason) => this.close(reason),
      onClaimed: () => this.#options.onAuthorised(),
    }
    this.#lastMediaAt = this.#options.clock()
    this.#options.sessions.admit(streamName, publisher).then(
      (session) => this.#wire.guard(() => this.#start(session)),
      (error: unknown) => this.#wire.guard(() => this.#refuse(error)),
    )
  }

  #start(session: Session): void {
    this.#session = session
    if (this.#phase !== 'admitting' || this.#wire.isDestroyed) return session.end('lost')
    this.#phase = 'live'
    this.#wire.accept('publisher')
    this.#lastMediaAt = this.#options.clock()
    this.#wire.send(this.#status('status', 'NetStream.Publish.Start', 'On air.'))
    this.#watchSilence()
    this.#wire.resume()
  }

  #play(streamName: AmfRead, streamId: number): void {
    if (this.#phase !== 'publish' || typeof streamName !== 'string')
      throw new ProtocolError('Cannot play: not connected, busy already, or no name')
    this.#phase = 'admitting'
    this.#publishStreamId = streamId
    this.#wire.deadline(undefined)
    const player = new TagPlayer(this.#socket, {
      streamId,
      onAdmitted: () => this.#startPlaying(),
      onEnd: (text) => this.#wire.guard(() => this.#stopPlaying(text)),
      onTooSlow: () => {
        this.#options.log.info('player is too slow', { address: address(this.#socket.remoteAddress) })
        this.#socket.destroy()
      },
    })
    this.#socket.once('close', () => player.leave())
    this.#options.sessions.play(streamName, player).catch((error: unknown) => {
      this.#wire.guard(() => this.#refuse(error))
    })
  }

  #startPlaying(): void {
    this.#phase = 'playing'
    this.#wire.accept('player')
    this.#options.onAuthorised()
    // A player says nothing for hours; the network tells when it is gone.
    this.#socket.setKeepAlive(true, KEEP_ALIVE_MS)
    this.#wire.send(
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
    clearTimeout(this.#silence)
    this.#wire.finish(last, this.#options.durations.linger)
  }

  #status(level: 'status' | 'error', code: string, description: string): Buffer {
    return encodeStatus(this.#publishStreamId, { level, code, description })
  }
}
