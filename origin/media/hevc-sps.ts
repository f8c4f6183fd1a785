/** HEVC's sequence parameter set, up to what says the dynamic range (ITU-T H.265, 7.3.2.2.1). */
import type { BitReader } from './bit-reader.ts'
import { orStandardRange, readVideoRange, type VideoRange } from './video-range.ts'

export interface HevcPicture {
  readonly width: number
  readonly height: number
  readonly videoRange: VideoRange
}

const MAX_SUB_LAYERS = 7
/** Bounds of the specification: more is nonsense, and would only cost time. */
const MAX_REFERENCE_SETS = 64
const MAX_REFERENCES = 16
const MAX_LONG_TERM = 32

/**
 * @param reader behind the NAL unit's header
 * @throws RangeError when the size of the picture cannot be read
 */
export function parseHevcSps(reader: BitReader): HevcPicture {
  reader.bits(4)
  const subLayers = reader.bits(3)
  reader.flag()
  if (subLayers >= MAX_SUB_LAYERS) throw new RangeError('Cannot accept more than seven sub-layers')
  skipProfileTierLevel(reader, subLayers)
  reader.ue()
  const chromaFormat = reader.ue()
  if (chromaFormat === 3) reader.flag()
  const width = reader.ue()
  const height = reader.ue()
  const [left, right, top, bottom] = reader.flag()
    ? [reader.ue(), reader.ue(), reader.ue(), reader.ue()]
    : [0, 0, 0, 0]
  const cropX = chromaFormat === 1 || chromaFormat === 2 ? 2 : 1
  const cropY = chromaFormat === 1 ? 2 : 1
  return {
    width: width - cropX * (left + right),
    height: height - cropY * (top + bottom),
    videoRange: orStandardRange(() => {
      skipToUsability(reader, subLayers)
      return readVideoRange(reader)
    }),
  }
}

function skipProfileTierLevel(reader: BitReader, subLayers: number): void {
  skipProfile(reader)
  reader.bits(8)
  const present = Array.from({ length: subLayers }, () => ({ profile: reader.flag(), level: reader.flag() }))
  if (subLayers > 0) reader.bits(2 * (8 - subLayers))
  for (const { profile, level } of present) {
    if (profile) skipProfile(reader)
    if (level) reader.bits(8)
  }
}

/** Space, tier, profile, compatibility and constraint flags. */
function skipProfile(reader: BitReader): void {
  reader.bits(8)
  reader.bits(32)
  reader.bits(32)
  reader.bits(16)
}

function skipToUsability(reader: BitReader, subLayers: number): void {
  // Bit depths.
  skipCodes(reader, 2)
  const orderCountBits = reader.ue() + 4
  // Buffering of every sub-layer, or of the highest for all.
  skipCodes(reader, 3 * (reader.flag() ? subLayers + 1 : 1))
  // Sizes of coding and transform blocks.
  skipCodes(reader, 6)
  const hasScaling = reader.flag()
  if (hasScaling && reader.flag()) skipScalingLists(reader)
  // Asymmetric partitions, sample adaptive offset.
  reader.bits(2)
  if (reader.flag()) {
    // Pulse code modulation.
    reader.bits(8)
    skipCodes(reader, 2)
    reader.flag()
  }
  skipReferenceSets(reader)
  if (reader.flag()) {
    const count = within(reader.ue(), MAX_LONG_TERM)
    for (let index = 0; index < count; index++) reader.bits(orderCountBits + 1)
  }
  // Temporal motion vectors, strong smoothing.
  reader.bits(2)
}

/** 7.3.4 */
function skipScalingLists(reader: BitReader): void {
  for (let size = 0; size < 4; size++) {
    for (let matrix = 0; matrix < 6; matrix += size === 3 ? 3 : 1) {
      const isExplicit = reader.flag()
      if (!isExplicit) {
        reader.ue()
        continue
      }
      skipCodes(reader, (size > 1 ? 1 : 0) + Math.min(64, 1 << (4 + (size << 1))))
    }
  }
}

/** 7.3.7 */
function skipReferenceSets(reader: BitReader): void {
  const count = within(reader.ue(), MAX_REFERENCE_SETS)
  let references = 0
  for (let index = 0; index < count; index++) {
    const isPredicted = index > 0 && reader.flag()
    if (isPredicted) {
      reader.flag()
      reader.ue()
      let kept = 0
      for (let reference = 0; reference <= references; reference++) {
        const isUsed = reader.flag()
        if (isUsed || reader.flag()) kept++
      }
      references = within(kept, MAX_REFERENCES)
    } else {
      references = within(reader.ue(), MAX_REFERENCES) + within(reader.ue(), MAX_REFERENCES)
      for (let reference = 0; reference < references; reference++) {
        reader.ue()
        reader.flag()
      }
    }
  }
}

/** Signed ones are as long as unsigned ones. */
function skipCodes(reader: BitReader, count: number): void {
  for (let index = 0; index < count; index++) reader.ue()
}

function within(value: number, most: number): number {
  if (value > most) throw new RangeError('Cannot read more than the specification allows')
  return value
}
