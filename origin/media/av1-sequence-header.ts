/** AV1's sequence header OBU, as far as a container needs it (AV1 bitstream, 5.5). */
import { BitReader } from './bit-reader.ts'

export interface SequenceHeader {
  readonly profile: number
  readonly level: number
  /** 0 main, 1 high. */
  readonly tier: number
  readonly width: number
  readonly height: number
  readonly bitDepth: 8 | 10 | 12
  readonly isMonochrome: boolean
  readonly isFullRange: boolean
  /** Horizontal, vertical, chroma sample position. */
  readonly subsampling: readonly [number, number, number]
  /** H.273 code points; `undefined` when the encoder does not say. */
  readonly colour:
    | { readonly primaries: number; readonly transfer: number; readonly matrix: number }
    | undefined
}

const SRGB = { primaries: 1, transfer: 13, matrix: 0 }

/** @throws RangeError when it is truncated */
export function parseSequenceHeader(payload: Uint8Array): SequenceHeader {
  const reader = new BitReader(payload)
  const profile = reader.bits(3)
  reader.flag()
  const isReduced = reader.flag()
  const { level, tier } = isReduced ? { level: reader.bits(5), tier: 0 } : operatingPoints(reader)
  const widthBits = reader.bits(4) + 1
  const heightBits = reader.bits(4) + 1
  const width = reader.bits(widthBits) + 1
  const height = reader.bits(heightBits) + 1
  skipTools(reader, isReduced)
  return { profile, level, tier, width, height, ...colourConfig(reader, profile) }
}

/** Timing and decoder model, then the first operating point, which is what is played. */
function operatingPoints(reader: BitReader): { level: number; tier: number } {
  let delayBits: number | undefined
  if (reader.flag()) {
    reader.bits(32)
    reader.bits(32)
    if (reader.flag()) reader.ue()
    if (reader.flag()) {
      delayBits = reader.bits(5) + 1
      reader.bits(32)
      reader.bits(10)
    }
  }
  const hasDisplayDelay = reader.flag()
  let first: { level: number; tier: number } | undefined
  for (let count = reader.bits(5) + 1; count > 0; count--) {
    reader.bits(12)
    const level = reader.bits(5)
    const tier = level > 7 ? reader.bits(1) : 0
    first ??= { level, tier }
    if (delayBits !== undefined && reader.flag()) {
      reader.bits(delayBits)
      reader.bits(delayBits)
      reader.flag()
    }
    if (hasDisplayDelay && reader.flag()) reader.bits(4)
  }
  return first ?? { level: 0, tier: 0 }
}

function skipTools(reader: BitReader, isReduced: boolean): void {
  if (!isReduced && reader.flag()) reader.bits(7)
  reader.bits(3)
  if (!isReduced) {
    reader.bits(4)
    const hasOrderHint = reader.flag()
    if (hasOrderHint) reader.bits(2)
    const hasScreenTools = reader.flag() || reader.flag()
    if (hasScreenTools && !reader.flag()) reader.flag()
    if (hasOrderHint) reader.bits(3)
  }
  reader.bits(3)
}

type Colour = Pick<SequenceHeader, 'bitDepth' | 'isMonochrome' | 'isFullRange' | 'subsampling' | 'colour'>

function colourConfig(reader: BitReader, profile: number): Colour {
  const isHigh = reader.flag()
  const isTwelve = profile === 2 && isHigh && reader.flag()
  const bitDepth = isTwelve ? 12 : isHigh ? 10 : 8
  const isMonochrome = profile !== 1 && reader.flag()
  const colour = reader.flag()
    ? { primaries: reader.bits(8), transfer: reader.bits(8), matrix: reader.bits(8) }
    : undefined
  if (isMonochrome)
    return { bitDepth, isMonochrome, colour, isFullRange: reader.flag(), subsampling: [1, 1, 0] }
  const isSrgb =
    colour?.primaries === SRGB.primaries && colour.transfer === SRGB.transfer && colour.matrix === SRGB.matrix
  if (isSrgb) return { bitDepth, isMonochrome, colour, isFullRange: true, subsampling: [0, 0, 0] }
  const isFullRange = reader.flag()
  return {
    bitDepth,
    isMonochrome,
    colour,
    isFullRange,
    subsampling: subsamplingOf(reader, profile, bitDepth),
  }
}

function subsamplingOf(reader: BitReader, profile: number, bitDepth: number): [number, number, number] {
  if (profile === 1) return [0, 0, 0]
  if (profile === 0) return [1, 1, reader.bits(2)]
  if (bitDepth !== 12) return [1, 0, 0]
  if (!reader.flag()) return [0, 0, 0]
  return reader.flag() ? [1, 1, reader.bits(2)] : [1, 0, 0]
}
