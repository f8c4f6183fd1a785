/**
 * Opus: configuration and packet durations (RFC 6716, 3.1; RFC 7845, 5.1; Encapsulation of Opus in ISOBMFF).
 *
 * Encoders stamp a packet with the time at which its output is heard, so the pre-skip is already in the stamps
 * and there is no edit list: `dOps` carries it only for decoders, which may drop that much at their start.
 */
import type { AudioConfig } from './audio-config.ts'

const OPUS_SAMPLE_RATE = 48_000
const MAGIC = [0x4f, 0x70, 0x75, 0x73, 0x48, 0x65, 0x61, 0x64] // "OpusHead"
const HEAD_BYTES = 19
/** 20 ms: what encoders send unless told otherwise. */
const USUAL_SAMPLES = 960
/** RFC 6716, 3.2.5: a packet plays at most 120 ms. */
const MAX_SAMPLES = 5760
/** Of libopus at 48 kHz; what an encoder without a head is likely to have. */
const USUAL_PRE_SKIP = 312

/** @returns `undefined` for a head that no decoder could use */
export function parseOpusConfig(head: Uint8Array): AudioConfig | undefined {
  if (head.length < HEAD_BYTES || MAGIC.some((byte, index) => head[index] !== byte)) return undefined
  const view = new DataView(head.buffer, head.byteOffset, head.byteLength)
  const channels = view.getUint8(9)
  const family = view.getUint8(18)
  // The upper half of the version is the incompatible one.
  if (view.getUint8(8) >> 4 !== 0 || channels === 0) return undefined
  const mapping = head.subarray(HEAD_BYTES, HEAD_BYTES + 2 + channels)
  if (family === 0 ? channels > 2 : mapping.length < 2 + channels) return undefined
  const record = new Uint8Array(11 + (family === 0 ? 0 : mapping.length))
  const box = new DataView(record.buffer)
  // dOps has version 0 and is big-endian where the head is little-endian.
  box.setUint8(1, channels)
  box.setUint16(2, view.getUint16(10, true))
  box.setUint32(4, view.getUint32(12, true))
  box.setInt16(8, view.getInt16(16, true))
  box.setUint8(10, family)
  if (family !== 0) record.set(mapping, 11)
  return {
    sampleEntry: 'Opus',
    codec: 'opus',
    sampleRate: OPUS_SAMPLE_RATE,
    channels,
    frameSamples: USUAL_SAMPLES,
    record,
  }
}

/** The head of an encoder that sends none: mono or stereo, as its first packet says. */
export function opusHeadFor(packet: Uint8Array): Uint8Array {
  const head = new Uint8Array(HEAD_BYTES)
  head.set(MAGIC)
  const view = new DataView(head.buffer)
  view.setUint8(8, 1)
  view.setUint8(9, ((packet[0] ?? 0) & 4) === 0 ? 1 : 2)
  view.setUint16(10, USUAL_PRE_SKIP, true)
  view.setUint32(12, OPUS_SAMPLE_RATE, true)
  return head
}

/** @returns how many samples at 48 kHz a packet plays, `undefined` when its first bytes contradict themselves */
export function opusPacketSamples(packet: Uint8Array): number | undefined {
  const [toc, second] = packet
  if (toc === undefined) return undefined
  const code = toc & 3
  const frames = code === 0 ? 1 : code === 3 ? (second ?? 0) & 0x3f : 2
  const samples = frames * frameSamples(toc >> 3)
  return samples > 0 && samples <= MAX_SAMPLES ? samples : undefined
}

/** RFC 6716, table 2. @param config 0 to 31 */
function frameSamples(config: number): number {
  if (config < 12) return [480, 960, 1920, 2880][config & 3] ?? 0
  if (config < 16) return (config & 1) === 0 ? 480 : 960
  return 120 << (config & 3)
}
