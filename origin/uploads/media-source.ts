/** What an importer needs of a file, whoever reads it. */
import type { UploadRefusal } from '../../shared/contracts/uploads.ts'
import type { AudioConfig } from '../media/audio-config.ts'
import type { VideoConfig } from '../media/video-config.ts'
import type { Rotation } from '../packager/init-segment.ts'
import type { Sized } from '../packager/track.ts'

export class RefusedFile extends Error {
  override readonly name = 'RefusedFile'
  readonly reason: UploadRefusal
  constructor(reason: UploadRefusal) {
    super(`Cannot make a video of this file: ${reason}`)
    this.reason = reason
  }
}

/** A frame of a file; times in seconds. */
export interface Packet<Data extends Sized = Uint8Array> {
  readonly data: Data
  /** When it is shown. */
  readonly timestamp: number
  readonly duration: number
  readonly isKey: boolean
}

export interface SourceTrack<Config, Data extends Sized> {
  readonly config: Config
  /** In the order in which they are decoded, by the clock of the file: the first may come before zero. */
  readonly packets: Iterator<Packet<Data>> | AsyncIterator<Packet<Data>>
}

/** Its first picture and its first sound, in codecs that are passed through. */
export interface MediaSource<Data extends Sized> {
  readonly video: SourceTrack<VideoConfig, Data> | undefined
  readonly audio: SourceTrack<AudioConfig, Data> | undefined
  /** Clockwise, as phones note how they were held. */
  readonly rotation: Rotation
  /** Puts frames one after another into `target`. @throws RefusedFile; the disk's error */
  load(frames: readonly Data[], target: Buffer): Promise<void>
  close(): Promise<void>
}
