/** What passes from an ingest to a packager: one codec configuration, one frame, or metadata. */
export type MediaMessage =
  | {
      readonly type: 'video-config'
      readonly codec: 'avc'
      /** AVCDecoderConfigurationRecord, ISO/IEC 14496-15 5.3.3.1. */
      readonly config: Uint8Array
    }
  | {
      readonly type: 'audio-config'
      readonly codec: 'aac'
      /** AudioSpecificConfig, ISO/IEC 14496-3 1.6.2.1. */
      readonly config: Uint8Array
    }
  | {
      readonly type: 'video'
      readonly dtsMs: number
      /** Signed: presentation may come before decoding on a shifted timeline. */
      readonly compositionMs: number
      readonly isKey: boolean
      /** Length-prefixed NAL units. */
      readonly data: Uint8Array
    }
  | {
      readonly type: 'audio'
      readonly dtsMs: number
      /** One raw AAC frame. */
      readonly data: Uint8Array
    }
  | { readonly type: 'metadata'; readonly values: Readonly<Record<string, number | string | boolean>> }

export type VideoUnit = Extract<MediaMessage, { type: 'video' }>
export type AudioUnit = Extract<MediaMessage, { type: 'audio' }>
