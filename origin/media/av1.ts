/** AV1: the decoder configuration and temporal units as ISOBMFF wants them (AV1 in ISOBMFF, 2.3 and 2.4). */
import { parseSequenceHeader, type SequenceHeader } from './av1-sequence-header.ts'
import type { VideoConfig } from './video-config.ts'
import { videoRangeOf } from './video-range.ts'

const OBU_SEQUENCE_HEADER = 1
const OBU_TEMPORAL_DELIMITER = 2
const OBU_FRAME_HEADER = 3
const OBU_FRAME = 6
const OBU_TILE_LIST = 8
const OBU_PADDING = 15
/** What must or should not be in a sample. */
const LEFT_OUT = new Set([OBU_TEMPORAL_DELIMITER, OBU_TILE_LIST, OBU_PADDING])
const MARKER_AND_VERSION = 0x81
const RECORD_HEADER_BYTES = 4
const FRAME_KEY = 0
/** A frame has at most 512 tiles, so this is far above what an encoder writes. */
const MAX_OBUS = 1024

export interface TemporalUnit {
  /** Without delimiters and padding; the same bytes when there were none. */
  readonly data: Uint8Array
  readonly isKey: boolean
  readonly sequenceHeader: Uint8Array | undefined
}

/**
 * Reads an AV1CodecConfigurationRecord; its sequence header says the size of the picture.
 * @throws RangeError when it is truncated
 */
export function parseAv1Config(record: Uint8Array): VideoConfig | undefined {
  if (record[0] !== MARKER_AND_VERSION) return undefined
  const sequence = obus(record.subarray(RECORD_HEADER_BYTES))?.find(
    ({ type }) => type === OBU_SEQUENCE_HEADER,
  )
  if (!sequence) return undefined
  const header = parseSequenceHeader(sequence.payload)
  const { width, height, colour } = header
  const videoRange = videoRangeOf(colour?.transfer)
  return { sampleEntry: 'av01', codec: codecOf(header), width, height, videoRange, record }
}

/**
 * Makes the record that an encoder left out or left without a sequence header.
 * @returns `undefined` when the header is none
 */
export function av1RecordOf(sequenceHeader: Uint8Array): Uint8Array | undefined {
  try {
    const { profile, level, tier, bitDepth, isMonochrome, subsampling } = parseSequenceHeader(sequenceHeader)
    const [x, y, position] = subsampling
    const flags =
      (tier << 7) |
      (bitDepth > 8 ? 0x40 : 0) |
      (bitDepth > 10 ? 0x20 : 0) |
      (isMonochrome ? 0x10 : 0) |
      (x << 3) |
      (y << 2) |
      position
    const size = leb128(sequenceHeader.length)
    return Uint8Array.of(
      MARKER_AND_VERSION,
      (profile << 5) | level,
      flags,
      0,
      (OBU_SEQUENCE_HEADER << 3) | 2,
      ...size,
      ...sequenceHeader,
    )
  } catch (error) {
    if (error instanceof RangeError) return undefined
    throw error
  }
}

/** @returns `undefined` when the OBUs do not fill the unit exactly, or nothing is left of it */
export function readTemporalUnit(unit: Uint8Array): TemporalUnit | undefined {
  const found = obus(unit)
  if (!found) return undefined
  const kept = found.filter(({ type }) => !LEFT_OUT.has(type))
  const frame = kept.find(({ type }) => type === OBU_FRAME_HEADER || type === OBU_FRAME)
  if (!frame) return undefined
  return {
    data: kept.length === found.length ? unit : join(kept.map(({ bytes }) => bytes)),
    isKey: isShownKeyFrame(frame.payload),
    sequenceHeader: kept.find(({ type }) => type === OBU_SEQUENCE_HEADER)?.payload,
  }
}

/** show_existing_frame, frame_type, show_frame (AV1, 5.9.2): only a shown key frame is a sync sample. */
function isShownKeyFrame(header: Uint8Array): boolean {
  const first = header[0] ?? 0xff
  return first >> 7 === 0 && ((first >> 5) & 3) === FRAME_KEY && ((first >> 4) & 1) === 1
}

interface Obu {
  readonly type: number
  readonly payload: Uint8Array
  /** With its header. */
  readonly bytes: Uint8Array
}

/** @returns `undefined` when a size does not fit, or there are too many */
function obus(bytes: Uint8Array): Obu[] | undefined {
  const found: Obu[] = []
  for (let at = 0; at < bytes.length;) {
    if (found.length >= MAX_OBUS) return undefined
    const header = bytes[at] ?? 0
    const hasExtension = (header & 4) !== 0
    const sizeAt = at + (hasExtension ? 2 : 1)
    // Only the last may come without a size.
    const size = (header & 2) === 0 ? { value: bytes.length - sizeAt, bytes: 0 } : readLeb128(bytes, sizeAt)
    if (!size) return undefined
    const start = sizeAt + size.bytes
    const end = start + size.value
    if (size.value < 0 || end > bytes.length) return undefined
    found.push({
      type: (header >> 3) & 0x0f,
      payload: bytes.subarray(start, end),
      bytes: bytes.subarray(at, end),
    })
    at = end
  }
  return found
}

/** AV1, 4.10.5. */
function readLeb128(bytes: Uint8Array, at: number): { value: number; bytes: number } | undefined {
  let value = 0
  for (let index = 0; index < 8; index++) {
    const byte = bytes[at + index]
    if (byte === undefined) return undefined
    value += (byte & 0x7f) * 2 ** (7 * index)
    if ((byte & 0x80) === 0) return { value, bytes: index + 1 }
  }
  return undefined
}

function leb128(value: number): number[] {
  const bytes: number[] = []
  for (let rest = value; ; rest >>>= 7) {
    if (rest < 0x80) return [...bytes, rest]
    bytes.push((rest & 0x7f) | 0x80)
  }
}

function join(pieces: readonly Uint8Array[]): Uint8Array {
  const joined = new Uint8Array(pieces.reduce((sum, { length }) => sum + length, 0))
  let at = 0
  for (const piece of pieces) {
    joined.set(piece, at)
    at += piece.length
  }
  return joined
}

/** AV1 in ISOBMFF, 5: what follows the bit depth is given when it is not what is assumed without it. */
function codecOf(header: SequenceHeader): string {
  const two = (value: number) => String(value).padStart(2, '0')
  const { profile, level, tier, bitDepth, isMonochrome, subsampling, colour } = header
  const base = `av01.${profile}.${two(level)}${tier === 0 ? 'M' : 'H'}.${two(bitDepth)}`
  const [x, y, position] = subsampling
  const isPlain = !isMonochrome && x === 1 && y === 1
  const isUsualColour = !colour || (colour.primaries === 1 && colour.transfer === 1 && colour.matrix === 1)
  if (isPlain && isUsualColour && !header.isFullRange) return base
  const { primaries, transfer, matrix } = colour ?? { primaries: 1, transfer: 1, matrix: 1 }
  const chroma = `${x}${y}${x === 1 && y === 1 ? position : 0}`
  const range = header.isFullRange ? 1 : 0
  return `${base}.${isMonochrome ? 1 : 0}.${chroma}.${two(primaries)}.${two(transfer)}.${two(matrix)}.${range}`
}
