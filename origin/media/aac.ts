/** AAC codec configuration. */
import type { AudioConfig } from './audio-config.ts'
import { BitReader } from './bit-reader.ts'

// ISO 14496-3, table 1.18.
const SAMPLE_RATES = [96000, 88200, 64000, 48000, 44100, 32000, 24000, 22050, 16000, 12000, 11025, 8000, 7350]
const EXPLICIT_RATE = 15
const ESCAPED_TYPE = 31
const SBR = 5
const PS = 29
/** AAC Main, LC, SSR, LTP and their carriers: the types whose GASpecificConfig starts with frameLengthFlag. */
const GENERAL_AUDIO = new Set([1, 2, 3, 4, 6, 17, 19, 20, 21, 22, 23])

/** @returns `undefined` for a configuration that no decoder could use */
export function parseAacConfig(record: Uint8Array): AudioConfig | undefined {
  try {
    const reader = new BitReader(record)
    const announcedType = objectType(reader)
    const sampleRate = frequency(reader)
    const channelConfiguration = reader.bits(4)
    let coreType = announcedType
    if (announcedType === SBR || announcedType === PS) {
      frequency(reader)
      coreType = objectType(reader)
    }
    const isShort = GENERAL_AUDIO.has(coreType) && reader.flag()
    if (sampleRate === undefined || sampleRate < 7350 || channelConfiguration > 7) return undefined
    return {
      sampleEntry: 'mp4a',
      codec: `mp4a.40.${announcedType}`,
      sampleRate,
      channels: channelConfiguration === 7 ? 8 : Math.max(1, channelConfiguration),
      frameSamples: isShort ? 960 : 1024,
      record,
    }
  } catch (error) {
    if (error instanceof RangeError) return undefined // Truncated configuration.
    throw error
  }
}

function objectType(reader: BitReader): number {
  const type = reader.bits(5)
  return type === ESCAPED_TYPE ? 32 + reader.bits(6) : type
}

function frequency(reader: BitReader): number | undefined {
  const index = reader.bits(4)
  return index === EXPLICIT_RATE ? reader.bits(24) : SAMPLE_RATES[index]
}
