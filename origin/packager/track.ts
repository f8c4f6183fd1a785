import type { AudioConfig } from '../media/audio-config.ts'
import type { VideoConfig } from '../media/video-config.ts'

/** Video keeps the encoder's ms: finer ticks would only multiply RTMP's rounding. */
export const VIDEO_TIMESCALE = 1000
export const VIDEO_TRACK_ID = 1
export const AUDIO_TRACK_ID = 2

/** The tracks of one init segment. At least one is there. */
export interface Tracks {
  readonly video?: VideoConfig
  readonly audio?: AudioConfig
}

/** Bytes, or where they are. */
export interface Sized {
  readonly length: number
}

/** A frame on its way into a part. Times in ticks of its track. */
export interface Sample<Data extends Sized = Uint8Array> {
  readonly decodeTime: number
  readonly compositionOffset: number
  readonly isKey: boolean
  readonly data: Data
  /** Known when the next frame arrives. */
  duration: number
}

/** RFC 6381 codecs of all tracks, for the multivariant playlist. */
export function codecsOf({ video, audio }: Tracks): string {
  return [video?.codec, audio?.codec].filter((codec) => codec !== undefined).join(',')
}

/** What a track is decoded by: two of the same go on in one init segment. */
interface Configuration {
  readonly sampleEntry: string
  readonly record: Uint8Array
}

export function isSameConfig(left: Configuration | undefined, right: Configuration | undefined): boolean {
  if (!left || !right) return left === right
  return left.sampleEntry === right.sampleEntry && Buffer.compare(left.record, right.record) === 0
}
