/** FLV tag bodies as they travel in RTMP messages (Adobe FLV 10.1, annex E.4) → media messages. Pure. */
import type { MediaMessage } from '../media/access-unit.ts'
import type { AudioCodec } from '../media/audio-config.ts'
import { av1RecordOf, readTemporalUnit } from '../media/av1.ts'
import { hevcLengthBytes, isHevcRandomAccess } from '../media/hevc.ts'
import { opusHeadFor } from '../media/opus.ts'
import { parseVideoConfig, type VideoCodec } from '../media/video-config.ts'
import {
  PACKET_CODED_FRAMES,
  PACKET_CODED_FRAMES_X,
  PACKET_SEQUENCE_START,
  readEnhancedPacket,
} from './enhanced-flv.ts'
import { readMetadata } from './flv-metadata.ts'

export const TAG_AUDIO = 8
export const TAG_VIDEO = 9
export const TAG_SCRIPT = 18
/** RTMP's AMF3 data message: a zero byte, then AMF0. */
export const TAG_SCRIPT_AMF3 = 15

/** What is taken, by FourCC; told to encoders that ask (Enhanced RTMP, "connect"). */
export const VIDEO_FOUR_CCS: Readonly<Record<string, VideoCodec>> = { avc1: 'avc', hvc1: 'hevc', av01: 'av1' }
export const AUDIO_FOUR_CCS: Readonly<Record<string, AudioCodec>> = { mp4a: 'aac', Opus: 'opus' }
/** Legacy codec ids; 12 never became a standard, but encoders from before Enhanced RTMP send it. */
const VIDEO_CODEC_IDS: Readonly<Record<number, VideoCodec>> = { 7: 'avc', 12: 'hevc' }

const SOUND_FORMAT_ENHANCED = 9
const SOUND_FORMAT_AAC = 10
const ENHANCED_VIDEO = 0x80
const FRAME_KEY = 1
const FRAME_COMMAND = 5
const PACKET_CONFIG = 0
const PACKET_MEDIA = 1
const AUDIO_HEADER_BYTES = 2
const VIDEO_HEADER_BYTES = 5

export interface FlvTag {
  readonly type: number
  /** 32 bits, wraps. */
  readonly timestamp: number
  readonly payload: Uint8Array
}

/** Empty: nothing a packager needs. */
export type Demuxed = readonly MediaMessage[] | 'unsupported_media'

const NOTHING: Demuxed = []

export class FlvDemuxer {
  readonly #clock = new UnwrappedClock()
  /** What the last configuration was for; frames of anything else cannot be decoded with it. */
  #videoCodec: VideoCodec | undefined
  #audioCodec: AudioCodec | undefined
  #hevcLengthBytes = 4
  #hasAv1Record = false

  read(tag: FlvTag): Demuxed {
    switch (tag.type) {
      case TAG_AUDIO:
        return this.#audio(tag)
      case TAG_VIDEO:
        return this.#video(tag)
      case TAG_SCRIPT:
        return listed(readMetadata(tag.payload))
      case TAG_SCRIPT_AMF3:
        return listed(readMetadata(tag.payload.subarray(1)))
      default:
        return NOTHING
    }
  }

  #audio({ payload, timestamp }: FlvTag): Demuxed {
    const dtsMs = this.#clock.unwrap(timestamp)
    const first = payload[0]
    if (first === undefined) return NOTHING
    if (first >> 4 === SOUND_FORMAT_ENHANCED) return this.#enhancedAudio(payload, dtsMs)
    if (first >> 4 !== SOUND_FORMAT_AAC) return 'unsupported_media'
    const data = payload.subarray(AUDIO_HEADER_BYTES)
    if (payload[1] === PACKET_CONFIG) return this.#audioConfig('aac', data)
    return payload[1] === PACKET_MEDIA ? this.#audioFrame('aac', data, dtsMs) : NOTHING
  }

  #enhancedAudio(payload: Uint8Array, dtsMs: number): Demuxed {
    const packet = readEnhancedPacket('audio', payload)
    if (!packet) return NOTHING
    const { packetType, fourCc, body } = packet
    const codec = AUDIO_FOUR_CCS[fourCc]
    if (codec === undefined) return 'unsupported_media'
    if (packetType === PACKET_SEQUENCE_START) return this.#audioConfig(codec, body)
    return packetType === PACKET_CODED_FRAMES ? this.#audioFrame(codec, body, dtsMs) : NOTHING
  }

  #audioConfig(codec: AudioCodec, config: Uint8Array): Demuxed {
    // A header without content is how encoders say "silence" or "end".
    if (config.length === 0) return NOTHING
    this.#audioCodec = codec
    return [{ type: 'audio-config', codec, config }]
  }

  #audioFrame(codec: AudioCodec, data: Uint8Array, dtsMs: number): Demuxed {
    if (data.length === 0) return NOTHING
    const frame = { type: 'audio', dtsMs, data } as const
    if (codec === this.#audioCodec) return [frame]
    // Opus can be decoded without a configuration; everything else waits for its own.
    if (codec !== 'opus') return this.#audioCodec === undefined ? [frame] : NOTHING
    this.#audioCodec = codec
    return [{ type: 'audio-config', codec, config: opusHeadFor(data) }, frame]
  }

  #video({ payload, timestamp }: FlvTag): Demuxed {
    const dtsMs = this.#clock.unwrap(timestamp)
    const first = payload[0]
    if (first === undefined) return NOTHING
    if ((first & ENHANCED_VIDEO) !== 0) return this.#enhancedVideo(payload, dtsMs)
    const frameType = first >> 4
    if (frameType === FRAME_COMMAND) return NOTHING
    const codec = VIDEO_CODEC_IDS[first & 0x0f]
    if (codec === undefined) return 'unsupported_media'
    const data = payload.subarray(VIDEO_HEADER_BYTES)
    if (payload[1] === PACKET_CONFIG) return this.#videoConfig(codec, data)
    if (payload[1] !== PACKET_MEDIA) return NOTHING
    const compositionMs = signed24(payload.subarray(2))
    return this.#videoFrame(codec, { dtsMs, compositionMs, isKey: frameType === FRAME_KEY, data })
  }

  #enhancedVideo(payload: Uint8Array, dtsMs: number): Demuxed {
    const packet = readEnhancedPacket('video', payload)
    if (!packet) return NOTHING
    const { packetType, fourCc, body } = packet
    const codec = VIDEO_FOUR_CCS[fourCc]
    if (codec === undefined) return 'unsupported_media'
    if (packetType === PACKET_SEQUENCE_START) return this.#videoConfig(codec, body)
    if (packetType !== PACKET_CODED_FRAMES && packetType !== PACKET_CODED_FRAMES_X) return NOTHING
    const isKey = (((payload[0] ?? 0) >> 4) & 7) === FRAME_KEY
    // AV1 has no order but that of decoding, so it carries no composition time.
    const hasComposition = packetType === PACKET_CODED_FRAMES && codec !== 'av1'
    return this.#videoFrame(codec, {
      dtsMs,
      compositionMs: hasComposition ? signed24(body) : 0,
      isKey,
      data: hasComposition ? body.subarray(3) : body,
    })
  }

  #videoConfig(codec: VideoCodec, config: Uint8Array): Demuxed {
    if (config.length === 0) return NOTHING
    this.#videoCodec = codec
    if (codec === 'hevc') this.#hevcLengthBytes = hevcLengthBytes(config)
    if (codec === 'av1') {
      // A record may come without a sequence header; then the first key frame brings it.
      this.#hasAv1Record = parseVideoConfig('av1', config) !== undefined
      if (!this.#hasAv1Record) return NOTHING
    }
    return [{ type: 'video-config', codec, config }]
  }

  #videoFrame(codec: VideoCodec, frame: Frame): Demuxed {
    if (frame.data.length === 0) return NOTHING
    if (codec === 'av1') return this.#temporalUnit(frame)
    if (this.#videoCodec !== undefined && codec !== this.#videoCodec) return NOTHING
    const isKey = codec === 'hevc' ? isHevcRandomAccess(frame.data, this.#hevcLengthBytes) : frame.isKey
    return [{ type: 'video', ...frame, isKey }]
  }

  #temporalUnit(frame: Frame): Demuxed {
    const unit = readTemporalUnit(frame.data)
    if (!unit) return NOTHING
    const media = { type: 'video', ...frame, isKey: unit.isKey, data: unit.data } as const
    if (this.#videoCodec === 'av1' && this.#hasAv1Record) return [media]
    const config = unit.isKey && unit.sequenceHeader ? av1RecordOf(unit.sequenceHeader) : undefined
    if (!config) return NOTHING
    this.#videoCodec = 'av1'
    this.#hasAv1Record = true
    return [{ type: 'video-config', codec: 'av1', config }, media]
  }
}

interface Frame {
  readonly dtsMs: number
  readonly compositionMs: number
  /** As the container says. */
  readonly isKey: boolean
  readonly data: Uint8Array
}

function listed(message: MediaMessage | undefined): Demuxed {
  return message ? [message] : NOTHING
}

/** SI24. */
function signed24([high = 0, middle = 0, low = 0]: Uint8Array): number {
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
