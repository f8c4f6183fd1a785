/** What players must be told before the first picture, whatever the codec. */
import { parseAv1Config } from './av1.ts'
import { parseAvcConfig } from './avc.ts'
import { parseHevcConfig } from './hevc.ts'
import type { VideoRange } from './video-range.ts'

/** Codecs that are passed through. */
export type VideoCodec = 'avc' | 'hevc' | 'av1'

export interface VideoConfig {
  /** Type of the sample entry in the init segment. */
  readonly sampleEntry: 'avc1' | 'hvc1' | 'av01'
  /** RFC 6381, e.g. `avc1.64001f`. */
  readonly codec: string
  readonly width: number
  readonly height: number
  readonly videoRange: VideoRange
  /** The decoder configuration record as it came: the content of `avcC`, `hvcC` or `av1C`. */
  readonly record: Uint8Array
}

const PARSERS: Readonly<Record<VideoCodec, (record: Uint8Array) => VideoConfig | undefined>> = {
  avc: parseAvcConfig,
  hevc: parseHevcConfig,
  av1: parseAv1Config,
}

/** @returns `undefined` for a record that no decoder could use */
export function parseVideoConfig(codec: VideoCodec, record: Uint8Array): VideoConfig | undefined {
  try {
    const config = PARSERS[codec](record)
    return config && isPossible(config) ? config : undefined
  } catch (error) {
    if (error instanceof RangeError) return undefined // Truncated or nonsensical.
    throw error
  }
}

const MAX_DIMENSION = 16_384

function isPossible({ width, height }: VideoConfig): boolean {
  return width >= 1 && height >= 1 && width <= MAX_DIMENSION && height <= MAX_DIMENSION
}
