/** H.264: the decoder configuration (ISO/IEC 14496-15, 5.3.3). */
import { BitReader } from './bit-reader.ts'
import { removeEmulation } from './nal.ts'
import type { VideoConfig } from './video-config.ts'
import { orStandardRange, readVideoRange, type VideoRange } from './video-range.ts'

/** Profiles whose SPS carries chroma format and scaling lists (ITU-T H.264, 7.3.2.1.1). */
const HIGH_PROFILES = new Set([100, 110, 122, 244, 44, 83, 86, 118, 128, 138, 139, 134, 135])

/**
 * Reads an AVCDecoderConfigurationRecord.
 * @throws RangeError when it is truncated
 */
export function parseAvcConfig(record: Uint8Array): VideoConfig | undefined {
  // configurationVersion, profile, compatibility, level, lengthSize, number of SPS, then the first SPS.
  if (record.length < 9 || record[0] !== 1 || ((record[5] ?? 0) & 0x1f) === 0) return undefined
  const length = ((record[6] ?? 0) << 8) | (record[7] ?? 0)
  const sps = record.subarray(8, 8 + length)
  if (length < 4 || sps.length < length) return undefined
  const codec = `avc1.${hex(record[1])}${hex(record[2])}${hex(record[3])}`
  return { sampleEntry: 'avc1', codec, ...parseSps(removeEmulation(sps)), record }
}

/** Sequence parameter set up to what says the dynamic range (ITU-T H.264, 7.3.2.1.1). */
function parseSps(sps: Uint8Array): { width: number; height: number; videoRange: VideoRange } {
  const reader = new BitReader(sps.subarray(1))
  const profile = reader.bits(8)
  reader.bits(16)
  reader.ue()
  let chromaFormat = 1
  if (HIGH_PROFILES.has(profile)) {
    chromaFormat = reader.ue()
    if (chromaFormat === 3) reader.flag()
    reader.ue()
    reader.ue()
    reader.flag()
    if (reader.flag()) skipScalingLists(reader, chromaFormat === 3 ? 12 : 8)
  }
  reader.ue()
  const orderCountType = reader.ue()
  if (orderCountType === 0) reader.ue()
  else if (orderCountType === 1) skipOrderCountCycle(reader)
  reader.ue()
  reader.flag()
  const widthInMacroblocks = reader.ue() + 1
  const heightInMapUnits = reader.ue() + 1
  const framesOnly = reader.flag()
  if (!framesOnly) reader.flag()
  reader.flag()
  const [left, right, top, bottom] = reader.flag()
    ? [reader.ue(), reader.ue(), reader.ue(), reader.ue()]
    : [0, 0, 0, 0]
  const fieldFactor = framesOnly ? 1 : 2
  const cropX = chromaFormat === 1 || chromaFormat === 2 ? 2 : 1
  const cropY = (chromaFormat === 1 ? 2 : 1) * fieldFactor
  return {
    width: widthInMacroblocks * 16 - cropX * (left + right),
    height: heightInMapUnits * 16 * fieldFactor - cropY * (top + bottom),
    videoRange: orStandardRange(() => readVideoRange(reader)),
  }
}

function skipScalingLists(reader: BitReader, lists: number): void {
  for (let list = 0; list < lists; list++) {
    if (!reader.flag()) continue
    let next = 8
    for (let index = 0, last = 8; index < (list < 6 ? 16 : 64) && next !== 0; index++) {
      next = (last + reader.se() + 256) & 0xff
      if (next !== 0) last = next
    }
  }
}

function skipOrderCountCycle(reader: BitReader): void {
  reader.flag()
  reader.se()
  reader.se()
  const cycle = reader.ue()
  if (cycle > 255) throw new RangeError('Cannot accept more than 255 reference frames in a cycle')
  for (let index = 0; index < cycle; index++) reader.se()
}

function hex(byte = 0): string {
  return byte.toString(16).padStart(2, '0')
}
