/** HEVC: the decoder configuration and where decoding can start (ISO/IEC 14496-15, 8.3.3; ITU-T H.265). */
import { BitReader } from './bit-reader.ts'
import { parseHevcSps } from './hevc-sps.ts'
import { nalUnits, removeEmulation } from './nal.ts'
import type { VideoConfig } from './video-config.ts'

const NAL_VPS = 32
const NAL_SPS = 33
const NAL_PPS = 34
/** Below are slices, from here on parameter sets and messages (ITU-T H.265, table 7-1). */
const FIRST_NON_VCL = 32
const IRAP_FIRST = 16
const IRAP_LAST = 23
const RECORD_HEADER_BYTES = 23

/**
 * Reads a HEVCDecoderConfigurationRecord. Sample entry `hvc1` demands that all parameter sets are in it.
 * @throws RangeError when it is truncated
 */
export function parseHevcConfig(record: Uint8Array): VideoConfig | undefined {
  if (record.length < RECORD_HEADER_BYTES || record[0] !== 1) return undefined
  const sets = parameterSets(record)
  const sps = sets.get(NAL_SPS)
  if (!sps || !sets.has(NAL_VPS) || !sets.has(NAL_PPS)) return undefined
  return {
    sampleEntry: 'hvc1',
    codec: codecOf(record),
    ...parseHevcSps(new BitReader(removeEmulation(sps.subarray(2)))),
    record,
  }
}

/** @returns how many bytes say the length of each NAL unit */
export function hevcLengthBytes(record: Uint8Array): number {
  return ((record[21] ?? 3) & 3) + 1
}

/** Whether decoding can start here: decided by the slices, because flags of containers are wrong at times. */
export function isHevcRandomAccess(sample: Uint8Array, lengthBytes: number): boolean {
  for (const nal of nalUnits(sample, lengthBytes)) {
    const type = nalType(nal)
    if (type < FIRST_NON_VCL) return type >= IRAP_FIRST && type <= IRAP_LAST
  }
  return false
}

function nalType(nal: Uint8Array): number {
  // An empty one is no slice.
  return nal[0] === undefined ? FIRST_NON_VCL : (nal[0] >> 1) & 0x3f
}

/** The first of each kind. */
function parameterSets(record: Uint8Array): Map<number, Uint8Array> {
  const view = new DataView(record.buffer, record.byteOffset, record.byteLength)
  const sets = new Map<number, Uint8Array>()
  let at = RECORD_HEADER_BYTES
  for (let arrays = view.getUint8(RECORD_HEADER_BYTES - 1); arrays > 0; arrays--) {
    const type = view.getUint8(at) & 0x3f
    const count = view.getUint16(at + 1)
    at += 3
    for (let index = 0; index < count; index++) {
      const length = view.getUint16(at)
      at += 2
      if (length === 0 || at + length > record.length) throw new RangeError('Cannot read a cut parameter set')
      if (!sets.has(type)) sets.set(type, record.subarray(at, at + length))
      at += length
    }
  }
  return sets
}

/** ISO/IEC 14496-15, annex E.3: profile, compatibility (bits reversed), tier and level, constraints. */
function codecOf(record: Uint8Array): string {
  const view = new DataView(record.buffer, record.byteOffset, record.byteLength)
  const first = view.getUint8(1)
  const space = ['', 'A', 'B', 'C'][first >> 6] ?? ''
  const tier = (first & 0x20) === 0 ? 'L' : 'H'
  const constraints = [...record.subarray(6, 12)]
  while (constraints.at(-1) === 0) constraints.pop()
  return [
    'hvc1',
    `${space}${first & 0x1f}`,
    reverseBits(view.getUint32(2)).toString(16).toUpperCase(),
    `${tier}${view.getUint8(12)}`,
    ...constraints.map((byte) => byte.toString(16).toUpperCase()),
  ].join('.')
}

function reverseBits(value: number): number {
  let reversed = 0
  for (let bit = 0; bit < 32; bit++) reversed = reversed * 2 + ((value >>> bit) & 1)
  return reversed
}
