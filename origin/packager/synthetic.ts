/** Made-up encoders for the packager's tests: exact stamps, tiny payloads. */
import type { MediaMessage } from '../media/access-unit.ts'

export const VIDEO_CONFIG: MediaMessage = {
  type: 'video-config',
  codec: 'avc',
  config: Buffer.from(
    '0164001fffe1001a6764001facd9405005bb0110000003001000000303c0f183196001000668ebe3cb22c0fdf8f800',
    'hex',
  ),
}

export const AUDIO_CONFIG: MediaMessage = {
  type: 'audio-config',
  codec: 'aac',
  config: Buffer.from('1190', 'hex'),
}

export interface SyntheticEncoder {
  readonly seconds: number
  /** Frames a second; absent: no video. */
  readonly frameRate?: number
  readonly framesPerGop?: number
  readonly hasAudio?: boolean
  readonly startMs?: number
  /** Overrides the decode time of a frame, in ms, or drops it. */
  readonly stamp?: (frame: number, regularMs: number) => number | undefined
}

/** What a real encoder sends, in the order in which it sends it. */
export function encode(options: SyntheticEncoder): MediaMessage[] {
  const { seconds, frameRate, framesPerGop = 60, hasAudio = true, startMs = 0, stamp } = options
  const units: (MediaMessage & { dtsMs: number })[] = []
  for (let frame = 0; frame < seconds * (frameRate ?? 0); frame++) {
    const dtsMs = (stamp ?? ((_frame, ms) => ms))(frame, Math.round((frame * 1000) / (frameRate ?? 1)))
    if (dtsMs === undefined) continue
    const isKey = frame % framesPerGop === 0
    units.push({
      type: 'video',
      dtsMs: startMs + dtsMs,
      compositionMs: 0,
      isKey,
      data: Buffer.alloc(isKey ? 40 : 10, frame),
    })
  }
  const audioFrames = hasAudio ? (seconds * 48000) / 1024 : 0
  for (let frame = 0; frame < audioFrames; frame++) {
    units.push({
      type: 'audio',
      dtsMs: startMs + Math.floor((frame * 1024) / 48),
      data: Buffer.alloc(4, frame),
    })
  }
  units.sort((left, right) => left.dtsMs - right.dtsMs)
  return [...(frameRate === undefined ? [] : [VIDEO_CONFIG]), ...(hasAudio ? [AUDIO_CONFIG] : []), ...units]
}

/** The same media, one track of it arriving later than the other. */
export function arrivingLate(
  messages: readonly MediaMessage[],
  late: 'audio' | 'video',
  lateMs: number,
): MediaMessage[] {
  const arrival = (message: MediaMessage) =>
    'dtsMs' in message ? message.dtsMs + (message.type === late ? lateMs : 0) : -1
  return messages.toSorted((left, right) => arrival(left) - arrival(right))
}
