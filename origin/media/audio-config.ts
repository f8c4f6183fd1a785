/** What players must be told before the first sound, whatever the codec. */
import { parseAacConfig } from './aac.ts'
import { opusPacketSamples, parseOpusConfig } from './opus.ts'

/** Codecs that are passed through. */
export type AudioCodec = 'aac' | 'opus'

export interface AudioConfig {
  /** Type of the sample entry in the init segment. */
  readonly sampleEntry: 'mp4a' | 'Opus'
  /** RFC 6381, e.g. `mp4a.40.2`. */
  readonly codec: string
  /** Hz; the track's timescale. For AAC of the core coder: HE-AAC doubles it on output, but its frames still count core samples. */
  readonly sampleRate: number
  readonly channels: number
  /** Samples in each frame; for Opus in the usual one, because there every packet says its own. */
  readonly frameSamples: number
  /** AudioSpecificConfig for the `esds` box, or the content of the `dOps` box. */
  readonly record: Uint8Array
}

/** @returns `undefined` for a configuration that no decoder could use */
export function parseAudioConfig(codec: AudioCodec, config: Uint8Array): AudioConfig | undefined {
  return codec === 'aac' ? parseAacConfig(config) : parseOpusConfig(config)
}

/** @returns how many samples one frame plays, `undefined` when it cannot be decoded */
export function samplesOf({ sampleEntry, frameSamples }: AudioConfig, frame: Uint8Array): number | undefined {
  return sampleEntry === 'Opus' ? opusPacketSamples(frame) : frameSamples
}
