/** The CMAF header: `ftyp` and `moov` (ISO 23000-19, 7.3.1). Written once per configuration. */
import type { AudioConfig } from '../media/audio-config.ts'
import type { VideoConfig } from '../media/video-config.ts'
import { box, fourCharacters, fullBox, u16, u32, zeros } from './box.ts'
import { AUDIO_TRACK_ID, type Tracks, VIDEO_TIMESCALE, VIDEO_TRACK_ID } from './track.ts'

/** Clockwise degrees in which a picture is to be shown. */
export type Rotation = 0 | 90 | 180 | 270

const UNITY_MATRIX = matrix(1, 0)
/** ISO 14496-12, 8.3.2: a and d are the cosine, b the sine and c its opposite, 16.16. */
const ROTATIONS: Readonly<Record<Rotation, readonly number[]>> = {
  0: UNITY_MATRIX,
  90: matrix(0, 1),
  180: matrix(-1, 0),
  270: matrix(0, -1),
}
/** Packed ISO 639-2 "und". */
const LANGUAGE_UNDETERMINED = u16(0x55c4)
/** The box that carries the decoder's configuration in each sample entry. */
const VIDEO_RECORD_BOX = { avc1: 'avcC', hvc1: 'hvcC', av01: 'av1C' } as const

function matrix(cosine: number, sine: number): number[] {
  const [a, b] = [cosine * 0x10000, sine * 0x10000]
  return [a, b, 0, -b, a, 0, 0, 0, 0x40000000].flatMap(u32)
}

export function writeInitSegment({ video, audio }: Tracks, rotation: Rotation = 0): Uint8Array {
  const ftyp = box('ftyp', fourCharacters('iso6'), u32(0), ['iso6', 'cmfc', 'mp41'].flatMap(fourCharacters))
  const moov = box(
    'moov',
    fullBox(
      'mvhd',
      0,
      0,
      zeros(8),
      u32(1000),
      u32(0),
      u32(0x10000),
      u16(0x0100),
      zeros(10),
      UNITY_MATRIX,
      zeros(24),
      u32(AUDIO_TRACK_ID + 1),
    ),
    ...(video ? [videoTrack(video, rotation)] : []),
    ...(audio ? [audioTrack(audio)] : []),
    box('mvex', ...(video ? [trex(VIDEO_TRACK_ID)] : []), ...(audio ? [trex(AUDIO_TRACK_ID)] : [])),
  )
  const bytes = new Uint8Array(ftyp.length + moov.length)
  bytes.set(ftyp)
  bytes.set(moov, ftyp.length)
  return bytes
}

function trex(trackId: number): Uint8Array {
  return fullBox('trex', 0, 0, u32(trackId), u32(1), zeros(12))
}

function videoTrack(config: VideoConfig, rotation: Rotation): Uint8Array {
  const entry = box(
    config.sampleEntry,
    zeros(6),
    u16(1),
    zeros(16),
    u16(config.width),
    u16(config.height),
    u32(0x480000),
    u32(0x480000),
    zeros(4),
    u16(1),
    zeros(32),
    u16(24),
    u16(0xffff),
    box(VIDEO_RECORD_BOX[config.sampleEntry], config.record),
  )
  return track({
    id: VIDEO_TRACK_ID,
    timescale: VIDEO_TIMESCALE,
    handler: 'vide',
    volume: 0,
    width: config.width,
    height: config.height,
    matrix: ROTATIONS[rotation],
    mediaHeader: fullBox('vmhd', 0, 1, zeros(8)),
    entry,
  })
}

function audioTrack(config: AudioConfig): Uint8Array {
  const entry = box(
    config.sampleEntry,
    zeros(6),
    u16(1),
    zeros(8),
    u16(config.channels),
    u16(16),
    zeros(4),
    // 16.16 fixed point; rates above 65535 do not fit and players read the real one from esds.
    u16(config.sampleRate > 0xffff ? 0 : config.sampleRate),
    u16(0),
    config.sampleEntry === 'Opus' ? box('dOps', config.record) : esds(config.record),
  )
  return track({
    id: AUDIO_TRACK_ID,
    timescale: config.sampleRate,
    handler: 'soun',
    volume: 0x0100,
    width: 0,
    height: 0,
    matrix: UNITY_MATRIX,
    mediaHeader: fullBox('smhd', 0, 0, zeros(4)),
    entry,
  })
}

/** Elementary stream descriptor (ISO 14496-1, 7.2.6.5): object type 0x40 is MPEG-4 audio, stream type 5. */
function esds(record: Uint8Array): Uint8Array {
  const specific = descriptor(0x05, record)
  const decoder = descriptor(0x04, [0x40, 0x15, 0, 0, 0, ...zeros(8), ...specific])
  const syncLayer = descriptor(0x06, [2])
  return fullBox('esds', 0, 0, descriptor(0x03, [...u16(AUDIO_TRACK_ID), 0, ...decoder, ...syncLayer]))
}

/** Four-byte expandable size: fits any configuration that RTMP can carry. */
function descriptor(tag: number, content: Uint8Array | readonly number[]): number[] {
  const size = content.length
  return [
    tag,
    0x80 | ((size >> 21) & 0x7f),
    0x80 | ((size >> 14) & 0x7f),
    0x80 | ((size >> 7) & 0x7f),
    size & 0x7f,
    ...content,
  ]
}

interface TrackHeader {
  readonly id: number
  readonly timescale: number
  readonly handler: 'vide' | 'soun'
  readonly volume: number
  readonly width: number
  readonly height: number
  readonly matrix: readonly number[]
  readonly mediaHeader: Uint8Array
  readonly entry: Uint8Array
}

function track({
  id,
  timescale,
  handler,
  volume,
  width,
  height,
  matrix: shownBy,
  mediaHeader,
  entry,
}: TrackHeader): Uint8Array {
  return box(
    'trak',
    fullBox(
      'tkhd',
      0,
      3,
      zeros(8),
      u32(id),
      zeros(16),
      u16(0),
      u16(handler === 'soun' ? 1 : 0),
      u16(volume),
      zeros(2),
      shownBy,
      u16(width),
      u16(0),
      u16(height),
      u16(0),
    ),
    box(
      'mdia',
      fullBox('mdhd', 0, 0, zeros(8), u32(timescale), u32(0), LANGUAGE_UNDETERMINED, zeros(2)),
      fullBox('hdlr', 0, 0, zeros(4), fourCharacters(handler), zeros(13)),
      box(
        'minf',
        mediaHeader,
        box('dinf', fullBox('dref', 0, 0, u32(1), fullBox('url ', 0, 1))),
        box(
          'stbl',
          fullBox('stsd', 0, 0, u32(1), entry),
          fullBox('stts', 0, 0, u32(0)),
          fullBox('stsc', 0, 0, u32(0)),
          fullBox('stsz', 0, 0, u32(0), u32(0)),
          fullBox('stco', 0, 0, u32(0)),
        ),
      ),
    ),
  )
}
