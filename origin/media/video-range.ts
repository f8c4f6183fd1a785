/** The dynamic range of a picture, as playlists name it (RFC 8216bis, 4.4.6.2, VIDEO-RANGE). */
import type { BitReader } from './bit-reader.ts'

export type VideoRange = 'SDR' | 'HLG' | 'PQ'

/** Transfer characteristics (ITU-T H.273, table 3). */
const TRANSFER_PQ = 16
const TRANSFER_HLG = 18

export function videoRangeOf(transfer: number | undefined): VideoRange {
  if (transfer === TRANSFER_PQ) return 'PQ'
  return transfer === TRANSFER_HLG ? 'HLG' : 'SDR'
}

const EXTENDED_SAR = 255

/**
 * The start of the usability information, which H.264 (annex E.1.1) and HEVC (annex E.2.1) share.
 * @param reader before `vui_parameters_present_flag`
 */
export function readVideoRange(reader: BitReader): VideoRange {
  if (!reader.flag()) return 'SDR'
  // Aspect ratio.
  if (reader.flag() && reader.bits(8) === EXTENDED_SAR) reader.bits(32)
  // Overscan.
  if (reader.flag()) reader.flag()
  const hasSignalType = reader.flag()
  if (!hasSignalType) return 'SDR'
  // Format and full range.
  reader.bits(4)
  const hasColour = reader.flag()
  if (!hasColour) return 'SDR'
  reader.bits(8)
  return videoRangeOf(reader.bits(8))
}

/** What stands in the usability information is a help; one that is cut must not cost the picture. */
export function orStandardRange(read: () => VideoRange): VideoRange {
  try {
    return read()
  } catch (error) {
    if (error instanceof RangeError) return 'SDR'
    throw error
  }
}
