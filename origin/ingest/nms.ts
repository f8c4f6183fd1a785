/**
 * The only import of node-media-server: its handshake and message writer.
 * Reading is ours (chunk-reader, amf), because its reader is unbounded and works byte by byte; so is writing
 * AMF (amf-encode), because its writer counts characters for bytes and logs every strict array.
 * The package has no types and no exports map, so what is used is described here.
 */
import { createRequire } from 'node:module'

export interface RtmpMessage {
  readonly chunkStreamId: number
  readonly type: number
  readonly streamId: number
  /** 32 bits, wraps. */
  readonly timestamp: number
  readonly payload: Uint8Array
}

interface NmsPacket {
  readonly header: {
    readonly fmt: 0
    readonly cid: number
    readonly timestamp: number
    readonly length: number
    readonly type: number
    readonly stream_id: number
  }
  readonly payload: Buffer
}

interface NmsRtmp {
  parserData(bytes: Buffer): string | null
  sendACK(bytes: number): void
  sendWindowACK(bytes: number): void
  setPeerBandwidth(bytes: number, limitType: number): void
  setChunkSize(bytes: number): void
  sendStreamStatus(event: number, value: number): void
}

interface NmsRtmpClass {
  readonly prototype: NmsRtmp
  chunksCreate(packet: NmsPacket): Buffer
}

const require = createRequire(import.meta.url)
const Rtmp = require('node-media-server/src/protocol/rtmp.js') as NmsRtmpClass

export const RTMP_VERSION = 3
export const HANDSHAKE_BYTES = 1536
/** The size `chunksCreate` cuts at; whoever uses `encodeMessage` announces it first. */
export const OUT_CHUNK_SIZE = 0xffff
const PEER_BANDWIDTH_DYNAMIC = 2
const USER_CONTROL_PING_RESPONSE = 7

/** @param c0c1 the client's version byte and its 1536 bytes  @returns S0, S1 and S2 */
export function answerHandshake(c0c1: Buffer): Buffer {
  if (c0c1.length !== 1 + HANDSHAKE_BYTES) throw new RangeError('Cannot answer a partial handshake')
  return written(
    (rtmp) => {
      rtmp.parserData(c0c1)
    },
    { handshakePayload: Buffer.alloc(HANDSHAKE_BYTES), handshakeState: 0, handshakeBytes: 0 },
  )
}

/** One message as chunks of OUT_CHUNK_SIZE. The payload must not be empty: the writer miscounts there. */
export function encodeMessage(message: RtmpMessage): Buffer {
  const { chunkStreamId, type, streamId, payload } = message
  if (payload.length === 0) throw new RangeError('Cannot write an empty message')
  return Rtmp.chunksCreate({
    header: {
      fmt: 0,
      cid: chunkStreamId,
      timestamp: message.timestamp >>> 0,
      length: payload.length,
      type,
      stream_id: streamId,
    },
    payload: Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength),
  })
}

export function encodeAcknowledgement(receivedBytes: number): Buffer {
  return written((rtmp) => rtmp.sendACK(receivedBytes >>> 0))
}

export function encodeWindowSize(bytes: number): Buffer {
  return written((rtmp) => rtmp.sendWindowACK(bytes))
}

export function encodePeerBandwidth(bytes: number): Buffer {
  return written((rtmp) => rtmp.setPeerBandwidth(bytes, PEER_BANDWIDTH_DYNAMIC))
}

export function encodeChunkSize(bytes: number): Buffer {
  return written((rtmp) => rtmp.setChunkSize(bytes))
}

/** What is sent on this stream begins, or is over. */
export function encodeStreamEvent(event: 'begin' | 'end', streamId: number): Buffer {
  return written((rtmp) => rtmp.sendStreamStatus(event === 'begin' ? 0 : 1, streamId))
}

export function encodePingResponse(timestamp: number): Buffer {
  return written((rtmp) => rtmp.sendStreamStatus(USER_CONTROL_PING_RESPONSE, timestamp))
}

/** Runs one writer method. The constructor is passed by: it allocates 1 MiB for a demuxer nobody uses. */
function written(write: (rtmp: NmsRtmp) => void, state: object = {}): Buffer {
  const chunks: Buffer[] = []
  const rtmp = Object.create(Rtmp.prototype) as NmsRtmp
  write(Object.assign(rtmp, state, { onOutputCallback: (bytes: Buffer) => void chunks.push(bytes) }))
  return Buffer.concat(chunks)
}
