/**
 * One CMAF chunk, `moof` and `mdat`, which is one LL-HLS part (ISO 14496-12, 8.8). On the hot path:
 * the size is computed first, then everything is written once into one buffer.
 */
import { AUDIO_TRACK_ID, type Sample, type Sized, VIDEO_TRACK_ID } from './track.ts'

export interface PartSamples<Data extends Sized = Uint8Array> {
  readonly sequence: number
  readonly video: readonly Sample<Data>[]
  readonly audio: readonly Sample<Data>[]
}

const MOOF_HEADER_BYTES = 8 + 16
/** traf 8, tfhd 16, tfdt 20, trun 20: all but the samples. */
const TRACK_BYTES = 8 + 16 + 20 + 20
const SAMPLE_BYTES = 16
const MDAT_HEADER_BYTES = 8

const DEFAULT_BASE_IS_MOOF = 0x020000
/** data-offset, then duration, size, flags and composition offset for each sample. */
const TRUN_FLAGS = 0x000f01
// sample_depends_on 2 (independent), or 1 and non-sync (ISO 14496-12, 8.8.3.1).
const SYNC_SAMPLE = 0x02000000
const NON_SYNC_SAMPLE = 0x01010000

export function writePart(samples: PartSamples): Buffer<ArrayBuffer> {
  // Not from Buffer's pool: a part lives for the whole window and must not pin a slab of others.
  const part = Buffer.from(new ArrayBuffer(partBytes(samples)))
  let offset = writePartHead(part, samples)
  for (const { data } of [...samples.video, ...samples.audio]) {
    part.set(data, offset)
    offset += data.length
  }
  return part
}

/** Of the whole part. */
export function partBytes({ video, audio }: PartSamples<Sized>): number {
  const boxes = MOOF_HEADER_BYTES + trackBytes(video) + trackBytes(audio) + MDAT_HEADER_BYTES
  return boxes + sumData(video) + sumData(audio)
}

/**
 * Writes all but the frames, which belong behind it: pictures, then sound.
 * @returns where the first frame begins
 */
export function writePartHead(part: Buffer, { sequence, video, audio }: PartSamples<Sized>): number {
  const moofSize = MOOF_HEADER_BYTES + trackBytes(video) + trackBytes(audio)
  let offset = writeHeader(part, 0, moofSize, 'moof')
  offset = writeHeader(part, offset, 16, 'mfhd')
  offset = part.writeUInt32BE(0, offset)
  offset = part.writeUInt32BE(sequence, offset)
  let dataOffset = moofSize + MDAT_HEADER_BYTES
  for (const [trackId, samples] of [
    [VIDEO_TRACK_ID, video],
    [AUDIO_TRACK_ID, audio],
  ] as const) {
    const [first] = samples
    if (!first) continue
    offset = writeTrack(part, offset, { trackId, samples, baseDecodeTime: first.decodeTime, dataOffset })
    dataOffset += sumData(samples)
  }
  return writeHeader(part, offset, dataOffset - moofSize, 'mdat')
}

interface TrackRun {
  readonly trackId: number
  readonly samples: readonly Sample<Sized>[]
  readonly baseDecodeTime: number
  readonly dataOffset: number
}

function writeTrack(
  part: Buffer,
  start: number,
  { trackId, samples, baseDecodeTime, dataOffset }: TrackRun,
): number {
  let offset = writeHeader(part, start, trackBytes(samples), 'traf')
  offset = writeHeader(part, offset, 16, 'tfhd')
  offset = part.writeUInt32BE(DEFAULT_BASE_IS_MOOF, offset)
  offset = part.writeUInt32BE(trackId, offset)
  offset = writeHeader(part, offset, 20, 'tfdt')
  offset = part.writeUInt32BE(0x01000000, offset)
  offset = part.writeBigUInt64BE(BigInt(baseDecodeTime), offset)
  offset = writeHeader(part, offset, 20 + samples.length * SAMPLE_BYTES, 'trun')
  // Version 1: composition offsets are signed.
  offset = part.writeUInt32BE(0x01000000 | TRUN_FLAGS, offset)
  offset = part.writeUInt32BE(samples.length, offset)
  offset = part.writeUInt32BE(dataOffset, offset)
  for (const { duration, data, isKey, compositionOffset } of samples) {
    offset = part.writeUInt32BE(duration, offset)
    offset = part.writeUInt32BE(data.length, offset)
    offset = part.writeUInt32BE(isKey ? SYNC_SAMPLE : NON_SYNC_SAMPLE, offset)
    offset = part.writeInt32BE(compositionOffset, offset)
  }
  return offset
}

function writeHeader(part: Buffer, offset: number, size: number, type: string): number {
  part.writeUInt32BE(size, offset)
  part.write(type, offset + 4, 4, 'latin1')
  return offset + 8
}

function trackBytes(samples: readonly Sample<Sized>[]): number {
  return samples.length === 0 ? 0 : TRACK_BYTES + samples.length * SAMPLE_BYTES
}

function sumData(samples: readonly Sample<Sized>[]): number {
  let sum = 0
  for (const { data } of samples) sum += data.length
  return sum
}
