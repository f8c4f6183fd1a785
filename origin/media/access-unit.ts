/** What passes from an ingest to a packager: one codec configuration, one frame, or metadata. */
import type { AudioCodec } from './audio-config.ts'
import type { VideoCodec } from './video-config.ts'

export type MediaMessage =
  | {
      readonly type: 'video-config'
      readonly codec: VideoCodec
      /**
       * AVCDecoderConfigurationRecord (ISO/IEC 14496-15, 5.3.3.1), HEVCDecoderConfigurationRecord (8.3.3.1)
       * or AV1CodecConfigurationRecord (AV1 in ISOBMFF, 2.3).
       */
      readonly config: Uint8Array
    }
  | {
      readonly type: 'audio-config'
      readonly codec: AudioCodec
      /** AudioSpecificConfig (ISO/IEC 14496-3, 1.6.2.1) or OpusHead (RFC 7845, 5.1). */
      readonly config: Uint8Array
    }
  | {
      readonly type: 'video'
      readonly dtsMs: number
      /** Signed: presentation may come before decoding on a shifted timeline. */
      readonly compositionMs: number
      /** Decoding can start here. */
      readonly isKey: boolean
      /** Length-prefixed NAL units, or a temporal unit without its delimiter. */
      readonly data: Uint8Array
    }
  | {
      readonly type: 'audio'
      readonly dtsMs: number
      /** One raw AAC frame or Opus packet. */
      readonly data: Uint8Array
    }
  | { readonly type: 'metadata'; readonly values: Readonly<Record<string, number | string | boolean>> }

export type VideoUnit = Extract<MediaMessage, { type: 'video' }>
export type AudioUnit = Extract<MediaMessage, { type: 'audio' }>
