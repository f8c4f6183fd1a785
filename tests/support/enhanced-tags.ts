/** Enhanced RTMP tags as encoders write them (Enhanced RTMP v2): for sources that no encoder here can be. */
import type { readFlvTags } from '../../origin/rtmp-client/flv-file.ts'

type FlvTag = ReturnType<typeof readFlvTags>[number]

export type VideoFourCc = 'avc1' | 'hvc1' | 'av01'
export type AudioFourCc = 'mp4a' | 'Opus'

const TAG_AUDIO = 8
const TAG_VIDEO = 9
const SEQUENCE_START = 0
const CODED_FRAMES = 1
const SEQUENCE_END = 2
const CODED_FRAMES_X = 3
const KEY = 1
const INTER = 2

export interface VideoFrame {
  readonly timestamp: number
  readonly compositionMs: number
  readonly isKey: boolean
  readonly data: Uint8Array
}

export function videoStart(fourCc: VideoFourCc, record: Uint8Array): FlvTag {
  return video(0, KEY, SEQUENCE_START, [...Buffer.from(fourCc), ...record])
}

/** OBS leaves the composition time out where it is zero, and AV1 never has one. */
export function videoFrame(fourCc: VideoFourCc, frame: VideoFrame): FlvTag {
  const { timestamp, compositionMs, isKey, data } = frame
  const type = fourCc === 'av01' || compositionMs !== 0 ? CODED_FRAMES : CODED_FRAMES_X
  const composition =
    type === CODED_FRAMES && fourCc !== 'av01'
      ? [(compositionMs >> 16) & 0xff, (compositionMs >> 8) & 0xff, compositionMs & 0xff]
      : []
  const header = [...Buffer.from(fourCc), ...composition]
  return video(timestamp, isKey ? KEY : INTER, type, Buffer.concat([Buffer.from(header), data]))
}

export function videoEnd(fourCc: VideoFourCc, timestamp: number): FlvTag {
  return video(timestamp, KEY, SEQUENCE_END, Buffer.from(fourCc))
}

export function audioStart(fourCc: AudioFourCc, config: Uint8Array): FlvTag {
  return audio(0, SEQUENCE_START, [...Buffer.from(fourCc), ...config])
}

export function audioFrame(fourCc: AudioFourCc, timestamp: number, data: Uint8Array): FlvTag {
  return audio(timestamp, CODED_FRAMES, [...Buffer.from(fourCc), ...data])
}

function video(timestamp: number, frameType: number, packetType: number, body: ArrayLike<number>): FlvTag {
  const first = 0x80 | (frameType << 4) | packetType
  return { type: TAG_VIDEO, timestamp, payload: Uint8Array.of(first, ...Array.from(body)) }
}

function audio(timestamp: number, packetType: number, body: ArrayLike<number>): FlvTag {
  return { type: TAG_AUDIO, timestamp, payload: Uint8Array.of(0x90 | packetType, ...Array.from(body)) }
}
