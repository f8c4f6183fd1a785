/** What a track's sample description says of its codec (ISO 14496-12, 8.5.2; ISO 14496-15; ISO 14496-1, 7.2.6). */
import { type AudioConfig, parseAudioConfig } from '../../media/audio-config.ts'
import { parseVideoConfig, type VideoCodec, type VideoConfig } from '../../media/video-config.ts'
import type { Box, MovieFile } from './movie-file.ts'

const VIDEO_ENTRIES: Readonly<Record<string, readonly [VideoCodec, string]>> = {
  avc1: ['avc', 'avcC'],
  hvc1: ['hevc', 'hvcC'],
  hev1: ['hevc', 'hvcC'],
  av01: ['av1', 'av1C'],
}
/** Bytes of an entry before its boxes. */
const VISUAL_BYTES = 78
const SOUND_BYTES = 28
/** QuickTime's later versions of a sound description are longer. */
const SOUND_EXTRA_BYTES = [0, 16, 36]

/** @returns `undefined` for what is not read here, though another reader may */
export function readVideoEntry(file: MovieFile, stsd: Box): VideoConfig | undefined {
  const entry = onlyEntry(file, stsd)
  const [codec, recordBox] = VIDEO_ENTRIES[entry?.type ?? ''] ?? []
  if (!entry || codec === undefined || recordBox === undefined) return undefined
  const record = file.childrenOf({ start: entry.start + VISUAL_BYTES, end: entry.end }).get(recordBox)
  return record && parseVideoConfig(codec, file.bytesOf(record))
}

/** @returns `undefined` for what is not read here, though another reader may */
export function readAudioEntry(file: MovieFile, stsd: Box): AudioConfig | undefined {
  const entry = onlyEntry(file, stsd)
  if (entry?.type !== 'mp4a' && entry?.type !== 'Opus') return undefined
  const version = file.bytesOf({ start: entry.start + 8, end: entry.start + 10 }).readUInt16BE()
  const extra = SOUND_EXTRA_BYTES[version]
  if (extra === undefined) return undefined
  const boxes = file.childrenOf({ start: entry.start + SOUND_BYTES + extra, end: entry.end })
  if (entry.type === 'Opus') {
    const head = boxes.get('dOps')
    return head && parseAudioConfig('opus', opusHeadOf(file.bytesOf(head)))
  }
  const wave = boxes.get('wave')
  const esds = boxes.get('esds') ?? (wave && file.childrenOf(wave).get('esds'))
  const specific = esds && audioSpecificConfig(file.bytesOf(esds))
  return specific && parseAudioConfig('aac', specific)
}

function onlyEntry(file: MovieFile, { start, end }: Box): Box | undefined {
  const entries = [...file.boxesIn({ start: start + 8, end })]
  return entries.length === 1 ? entries[0] : undefined
}

/** The box is big-endian where the head (RFC 7845, 5.1) is little-endian. */
function opusHeadOf(box: Buffer): Buffer {
  if (box.length < 11) return box
  const head = Buffer.concat([Buffer.from('OpusHead\u{1}', 'latin1'), box.subarray(1)])
  head.subarray(10, 12).swap16()
  head.subarray(12, 16).swap32()
  head.subarray(16, 18).swap16()
  return head
}

const MPEG4_AUDIO = 0x40
const ES_DESCRIPTOR = 3
const DECODER_CONFIG = 4
const DECODER_SPECIFIC = 5

/** @returns `undefined` for another codec of MPEG, such as MP3 */
function audioSpecificConfig(esds: Buffer): Buffer | undefined {
  const stream = descriptor(esds.subarray(4), ES_DESCRIPTOR)
  if (!stream || stream.length < 3) return undefined
  const flags = stream.readUInt8(2)
  const address = (flags & 0x40) === 0 ? 0 : 1 + (stream[3 + ((flags & 0x80) === 0 ? 0 : 2)] ?? 0)
  const extra = ((flags & 0x80) === 0 ? 0 : 2) + address + ((flags & 0x20) === 0 ? 0 : 2)
  const decoder = descriptor(stream.subarray(3 + extra), DECODER_CONFIG)
  if (!decoder || decoder.length < 13 || decoder.readUInt8(0) !== MPEG4_AUDIO) return undefined
  return descriptor(decoder.subarray(13), DECODER_SPECIFIC)
}

/** @returns the content of the descriptor that begins here */
function descriptor(bytes: Buffer, tag: number): Buffer | undefined {
  if (bytes[0] !== tag) return undefined
  let size = 0
  for (let at = 1; at <= 4; at++) {
    const byte = bytes[at] ?? 0
    size = (size << 7) | (byte & 0x7f)
    if (byte < 0x80) return bytes.subarray(at + 1, at + 1 + size)
  }
  return undefined
}
