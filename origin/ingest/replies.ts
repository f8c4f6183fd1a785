/** What the server says to an encoder or a player, as RTMP messages (RTMP 1.0, 7.2). */
import { type AmfValue, encodeAmf } from './amf-encode.ts'
import type { AmfRead } from './amf.ts'
import { ENHANCED_CAPABILITIES } from './enhanced-capabilities.ts'
import {
  encodeChunkSize,
  encodeMessage,
  encodePeerBandwidth,
  encodeWindowSize,
  OUT_CHUNK_SIZE,
} from './nms.ts'

/** Acknowledgements are asked for, and sent, after this many bytes. */
export const WINDOW_BYTES = 2_500_000
export const TYPE_COMMAND = 20
const CHUNK_STREAM_COMMAND = 3

/** What follows `onStatus`: OBS shows the description. */
export interface Status {
  readonly level: 'status' | 'error'
  readonly code: string
  readonly description: string
}

function encodeCommand(streamId: number, values: readonly AmfValue[]): Buffer {
  return encodeMessage({
    chunkStreamId: CHUNK_STREAM_COMMAND,
    type: TYPE_COMMAND,
    streamId,
    timestamp: 0,
    payload: encodeAmf(values),
  })
}

export function encodeStatus(streamId: number, { level, code, description }: Status): Buffer {
  return encodeCommand(streamId, ['onStatus', 0, null, { level, code, description }])
}

export function encodeStreamCreated(transaction: AmfRead, streamId: number): Buffer {
  return encodeCommand(0, ['_result', numberOf(transaction), null, streamId])
}

export function encodeConnectRefused(transaction: AmfRead): Buffer {
  const refusal = { level: 'error', code: 'NetConnection.Connect.InvalidApp', description: 'Unknown app.' }
  return encodeCommand(0, ['_error', numberOf(transaction), null, refusal])
}

export function encodeConnected(transaction: AmfRead): Buffer {
  const success = {
    level: 'status',
    code: 'NetConnection.Connect.Success',
    description: 'Connection succeeded.',
    objectEncoding: 0,
    ...ENHANCED_CAPABILITIES,
  }
  const server = { fmsVer: 'FMS/3,0,1,123', capabilities: 31, ...ENHANCED_CAPABILITIES }
  return Buffer.concat([
    encodeWindowSize(WINDOW_BYTES),
    encodePeerBandwidth(WINDOW_BYTES),
    encodeChunkSize(OUT_CHUNK_SIZE),
    encodeCommand(0, ['_result', numberOf(transaction), server, success]),
  ])
}

function numberOf(value: AmfRead): number {
  return typeof value === 'number' && Number.isFinite(value) ? value : 0
}
