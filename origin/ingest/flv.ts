/** FLV tag bodies as they travel in RTMP messages (Adobe FLV 10.1, annex E.4) → media messages. Pure. */
import type { MediaMessage } from '../media/access-unit.ts'
import { AmfError, type AmfRead, decodeAmf, isAmfRecord } from './amf.ts'

export const TAG_AUDIO = 8
export const TAG_VIDEO = 9
export const TAG_SCRIPT = 18
/** RTMP's AMF3 data message: a zero byte, then AMF0. */
export const TAG_SCRIPT_AMF3 = 15

const SOUND_FORMAT_AAC = 10
const CODEC_AVC = 7
/** Enhanced RTMP: the codec is a FourCC. */
const ENHANCED_VIDEO = 0x80
const FRAME_KEY = 1
const FRAME_COMMAND = 5
const PACKET_CONFIG = 0
const PACKET_MEDIA = 1
const AUDIO_HEADER_BYTES = 2
const VIDEO_HEADER_BYTES = 5

// An encoder describes itself in about twenty short values.
const MAX_METADATA_VALUES = 64
const MAX_METADATA_CHARS = 256

export interface FlvTag {
  readonly type: number
  /** 32 bits, wraps. */
  readonly timestamp: number
  readonly payload: Uint8Array
}

/** `undefined`: nothing a packager needs. */
export type Demuxed = MediaMessage | 'unsupported_media' | undefined

export class FlvDemuxer {
  readonly #clock = new UnwrappedClock()

  read(tag: FlvTag): Demuxed {
    switch (tag.type) {
      case TAG_AUDIO:
        return this.#audio(tag)
      case TAG_VIDEO:
        return this.#video(tag)
      case TAG_SCRIPT:
        return metadata(tag.payload)
      case TAG_SCRIPT_AMF3:
        return metadata(tag.payload.subarray(1))
      default:
        return undefined
    }
  }

  #audio({ payload, timestamp }: FlvTag): Demuxed {
    const dtsMs = this.#clock.unwrap(timestamp)
    const first = payload[0]
    if (first === undefined) return undefined
    if (first >> 4 !== SOUND_FORMAT_AAC) return 'unsupported_media'
    // A header without content is how encoders say "silence" or "end".
    if (payload.length <= AUDIO_HEADER_BYTES) return undefined
    const data = payload.subarray(AUDIO_HEADER_BYTES)
    if (payload[1] === PACKET_CONFIG) return { type: 'audio-config', codec: 'aac', config: data }
    return payload[1] === PACKET_MEDIA ? { type: 'audio', dtsMs, data } : undefined
  }

  #video({ payload, timestamp }: FlvTag): Demuxed {
    const dtsMs = this.#clock.unwrap(timestamp)
    const first = payload[0]
    if (first === undefined) return undefined
    if ((first & ENHANCED_VIDEO) !== 0) return 'unsupported_media'
    const frameType = first >> 4
    if (frameType === FRAME_COMMAND) return undefined
    if ((first & 0x0f) !== CODEC_AVC) return 'unsupported_media'
    if (payload.length <= VIDEO_HEADER_BYTES) return undefined
    const data = payload.subarray(VIDEO_HEADER_BYTES)
    if (payload[1] === PACKET_CONFIG) return { type: 'video-config', codec: 'avc', config: data }
    if (payload[1] !== PACKET_MEDIA) return undefined
    return { type: 'video', dtsMs, compositionMs: signed24(payload), isKey: frameType === FRAME_KEY, data }
  }
}

/** SI24 after the packet type. */
function signed24(payload: Uint8Array): number {
  const [, , high = 0, middle = 0, low = 0] = payload
  return ((high << 24) | (middle << 16) | (low << 8)) >> 8
}

/**
 * RTMP's 32-bit milliseconds wrap after 49.7 days. Audio and video share one clock, and small steps
 * back between them are normal, so each step is read as a signed 32-bit difference.
 */
export class UnwrappedClock {
  #last: { readonly wrapped: number; readonly unwrappedMs: number } | undefined

  unwrap(timestamp: number): number {
    const wrapped = timestamp >>> 0
    const last = this.#last
    const unwrappedMs =
      last === undefined ? wrapped : within53Bits(last.unwrappedMs + ((wrapped - last.wrapped) | 0))
    this.#last = { wrapped, unwrappedMs }
    return unwrappedMs
  }
}

function within53Bits(valueMs: number): number {
  return Math.min(Math.max(valueMs, 0), Number.MAX_SAFE_INTEGER)
}

/** `onMetaData`, alone or behind `@setDataFrame`. Broken metadata is no reason to end a broadcast. */
function metadata(payload: Uint8Array): MediaMessage | undefined {
  let values: AmfRead[]
  try {
    values = decodeAmf(payload)
  } catch (error) {
    if (error instanceof AmfError) return undefined
    throw error
  }
  const [name, content] = values[0] === '@setDataFrame' ? values.slice(1) : values
  if (name !== 'onMetaData' || !isAmfRecord(content)) return undefined
  const kept: Record<string, number | string | boolean> = {}
  for (const [key, value] of Object.entries(content).slice(0, MAX_METADATA_VALUES)) {
    if (key === '__proto__' || key.length > MAX_METADATA_CHARS) continue
    if (typeof value === 'number' || typeof value === 'boolean') kept[key] = value
    else if (typeof value === 'string') kept[key] = value.slice(0, MAX_METADATA_CHARS)
  }
  return { type: 'metadata', values: kept }
}
