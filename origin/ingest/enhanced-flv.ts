/** The headers of Enhanced RTMP (v2, "Extended AudioTagHeader" and "Extended VideoTagHeader"). Pure. */

export interface EnhancedPacket {
  /** Of the kind's own enumeration, see below. */
  readonly packetType: number
  /** Empty for a packet that carries none. */
  readonly fourCc: string
  readonly body: Uint8Array
}

export const PACKET_SEQUENCE_START = 0
export const PACKET_CODED_FRAMES = 1
/** Video only: coded frames without composition time. */
export const PACKET_CODED_FRAMES_X = 3
const PACKET_MOD_EX = 7
const PACKET_MULTITRACK = { audio: 5, video: 6 } as const
const VIDEO_FRAME_COMMAND = 5
const PACKET_VIDEO_METADATA = 4

const MULTITRACK_ONE = 0
const MULTITRACK_MANY_CODECS = 2
/** RECOMMENDED for the track of the highest priority; we pass on one. */
const DEFAULT_TRACK = 0
/** A track id has eight bits. */
const MAX_TRACKS = 256
/** One extension is defined; a chain of them is an attack. */
const MAX_EXTENSIONS = 8

/** @returns `undefined` for what is cut, carries no media, or has no default track */
export function readEnhancedPacket(kind: 'audio' | 'video', payload: Uint8Array): EnhancedPacket | undefined {
  const start = skipExtensions(payload)
  if (!start) return undefined
  const { packetType, at } = start
  const frameType = ((payload[0] ?? 0) >> 4) & 7
  // A command has one byte and no FourCC.
  if (kind === 'video' && frameType === VIDEO_FRAME_COMMAND && packetType !== PACKET_VIDEO_METADATA)
    return undefined
  if (packetType === PACKET_MULTITRACK[kind]) return defaultTrack(kind, payload, at)
  const fourCc = fourCcAt(payload, at)
  return fourCc === undefined ? undefined : { packetType, fourCc, body: payload.subarray(at + 4) }
}

/**
 * ModEx prefixes. The one that is defined moves the presentation by nanoseconds, which is finer than the
 * milliseconds that RTMP and our video track count in, so they are only stepped over.
 */
function skipExtensions(payload: Uint8Array): { packetType: number; at: number } | undefined {
  let packetType = (payload[0] ?? 0) & 0x0f
  let at = 1
  for (let count = 0; packetType === PACKET_MOD_EX; count++) {
    if (count >= MAX_EXTENSIONS) return undefined
    let size = (payload[at++] ?? 0) + 1
    if (size === 256) {
      size = ((payload[at] ?? 0) << 8) + (payload[at + 1] ?? 0) + 1
      at += 2
    }
    at += size
    const next = payload[at++]
    if (next === undefined) return undefined
    packetType = next & 0x0f
  }
  return { packetType, at }
}

function defaultTrack(
  kind: 'audio' | 'video',
  payload: Uint8Array,
  start: number,
): EnhancedPacket | undefined {
  const first = payload[start]
  if (first === undefined) return undefined
  const packetType = first & 0x0f
  const multitrackType = first >> 4
  if (multitrackType > MULTITRACK_MANY_CODECS || packetType === PACKET_MULTITRACK[kind]) return undefined
  let at = start + 1
  const shared = multitrackType === MULTITRACK_MANY_CODECS ? undefined : fourCcAt(payload, at)
  if (multitrackType !== MULTITRACK_MANY_CODECS) at += 4
  for (let count = 0; count < MAX_TRACKS && at < payload.length; count++) {
    const fourCc = shared ?? fourCcAt(payload, at)
    if (fourCc === undefined) return undefined
    if (shared === undefined) at += 4
    const trackId = payload[at++]
    const size = multitrackType === MULTITRACK_ONE ? payload.length - at : sizeAt(payload, at)
    if (multitrackType !== MULTITRACK_ONE) at += 3
    if (at + size > payload.length) return undefined
    if (trackId === DEFAULT_TRACK) return { packetType, fourCc, body: payload.subarray(at, at + size) }
    at += size
  }
  return undefined
}

function fourCcAt(payload: Uint8Array, at: number): string | undefined {
  if (at + 4 > payload.length) return undefined
  return String.fromCharCode(...payload.subarray(at, at + 4))
}

/** UI24. */
function sizeAt(payload: Uint8Array, at: number): number {
  const [high = 0, middle = 0, low = 0] = payload.subarray(at, at + 3)
  return (high << 16) | (middle << 8) | low
}
