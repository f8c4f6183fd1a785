/** Tracks and frames of a Matroska or WebM file (RFC 9559), one block at a time. */
import type { Place } from '../place-source.ts'
import type { Packet } from '../media-source.ts'
import { type EbmlFile, type Element, readUnsigned, readVint } from './ebml-file.ts'
import { readLacing } from './lacing.ts'

const ID = {
  ebml: 0x1a45dfa3,
  segment: 0x18538067,
  info: 0x1549a966,
  timestampScale: 0x2ad7b1,
  tracks: 0x1654ae6b,
  trackEntry: 0xae,
  trackNumber: 0xd7,
  trackType: 0x83,
  flagEnabled: 0xb9,
  flagDefault: 0x88,
  defaultDuration: 0x23e383,
  codecId: 0x86,
  codecPrivate: 0x63a2,
  codecDelay: 0x56aa,
  contentEncodings: 0x6d80,
  video: 0xe0,
  projection: 0x7670,
  cluster: 0x1f43b675,
  timestamp: 0xe7,
  simpleBlock: 0xa3,
  blockGroup: 0xa0,
  block: 0xa1,
  blockDuration: 0x9b,
  referenceBlock: 0xfb,
} as const
/** What else stands between blocks: CRC-32, Void, PrevSize, Position, SeekHead, Cues, Tags, Chapters, Attachments. */
const BESIDE = [0xbf, 0xec, 0xab, 0xa7, 0x114d9b74, 0x1c53bb6b, 0x1254c367, 0x1043a770, 0x1941a469]
const WALKED: ReadonlySet<number> = new Set([
  ID.cluster,
  ID.timestamp,
  ID.simpleBlock,
  ID.blockGroup,
  ID.info,
  ID.tracks,
  ...BESIDE,
])
const CLUSTER_BYTES = Buffer.from(ID.cluster.toString(16), 'hex')

const KINDS: Readonly<Record<number, 'video' | 'audio'>> = { 1: 'video', 2: 'audio' }
const DEFAULT_SCALE_NS = 1_000_000
/** Before the first frame: descriptions, and the pictures and fonts that are attached. */
const MAX_HEAD_ELEMENTS = 10_000
/** Of a group: its block, and little beside it. */
const MAX_GROUP_ELEMENTS = 100
/** What is read of a block: its track, its time, and how long each of its frames is. */
const BLOCK_HEAD_BYTES = 1024
const KEY_FLAG = 0x80

export interface MatroskaTrack {
  readonly number: number
  readonly kind: 'video' | 'audio'
  readonly codecId: string
  readonly codecPrivate: Buffer | undefined
  readonly isDefault: boolean
  /** Seconds. */
  readonly frameSeconds: number | undefined
  readonly delaySeconds: number
  /** Its frames are compressed or encrypted, or its picture is turned. */
  readonly isUnusual: boolean
}

export interface Matroska {
  readonly tracks: readonly MatroskaTrack[]
  /** Seconds of one tick. */
  readonly tick: number
  /** Where its frames begin. */
  readonly start: number
  readonly end: number
}

/** @returns `undefined` for a file that is something else, or says too late what is in it */
export function readMatroska(file: EbmlFile): Matroska | undefined {
  const head = file.elementAt(0)
  if (head?.id !== ID.ebml || head.end === undefined) return undefined
  const segment = file.elementAt(head.end)
  if (segment?.id !== ID.segment) return undefined
  const end = Math.min(file.sizeBytes, segment.end ?? file.sizeBytes)
  let scaleNs = DEFAULT_SCALE_NS
  let tracks: MatroskaTrack[] | undefined
  let elements = 0
  for (const element of file.elementsIn({ start: segment.start, end })) {
    if (++elements > MAX_HEAD_ELEMENTS) return undefined
    if (element.id === ID.info) scaleNs = unsigned(file.childrenOf(element), ID.timestampScale) ?? scaleNs
    if (element.id === ID.tracks) tracks ??= readTracks(file, element)
    if (element.id === ID.cluster) return tracks && { tracks, tick: scaleNs / 1e9, start: element.start, end }
  }
  return undefined
}

function readTracks(file: EbmlFile, { start, end = start }: Element): MatroskaTrack[] {
  const tracks: MatroskaTrack[] = []
  for (const entry of file.elementsIn({ start, end })) {
    if (entry.id !== ID.trackEntry) continue
    const children = file.childrenOf(entry)
    const kind = KINDS[unsigned(children, ID.trackType) ?? 0]
    if (!kind || unsigned(children, ID.flagEnabled) === 0) continue
    const frameNs = unsigned(children, ID.defaultDuration)
    tracks.push({
      number: unsigned(children, ID.trackNumber) ?? 0,
      kind,
      codecId: (children.get(ID.codecId) ?? Buffer.alloc(0)).toString('latin1').replace(/\0+$/, ''),
      codecPrivate: children.get(ID.codecPrivate),
      isDefault: unsigned(children, ID.flagDefault) !== 0,
      frameSeconds: frameNs === undefined ? undefined : frameNs / 1e9,
      delaySeconds: (unsigned(children, ID.codecDelay) ?? 0) / 1e9,
      isUnusual: children.has(ID.contentEncodings) || isTurned(file, entry),
    })
  }
  return tracks
}

/** How a phone was held, or a picture all around: another reader knows what to do with it. */
function isTurned(file: EbmlFile, { start, end = start }: Element): boolean {
  for (const { id, start: from, end: to = from } of file.elementsIn({ start, end }))
    if (id === ID.video)
      for (const child of file.elementsIn({ start: from, end: to }))
        if (child.id === ID.projection) return true
  return false
}

function unsigned(children: ReadonlyMap<number, Buffer>, id: number): number | undefined {
  const bytes = children.get(id)
  return bytes && readUnsigned(bytes)
}

/** A place in the file, with its first bytes: a packet of Opus says there how long it plays. */
type DurationOf = (firstBytes: Buffer) => number | undefined

/**
 * Frames of one track in the order of the file; what is damaged is left out.
 * @param durationOf seconds of one frame; absent: as the file says
 */
export function* packetsOf(
  file: EbmlFile,
  { tick, start, end }: Matroska,
  track: MatroskaTrack,
  durationOf: DurationOf = () => undefined,
): Generator<Packet<Place>> {
  let clusterTicks = 0
  for (let at = start; at < end;) {
    const element = file.elementAt(at)
    // A cluster is walked through: what it says of its own length is not needed.
    const to = element?.id === ID.cluster ? element.start : element?.end
    if (!element || to === undefined || to > end || !WALKED.has(element.id)) {
      // Damaged, or cut off: what comes after is played.
      const next = file.find(CLUSTER_BYTES, at + 1)
      if (next === undefined) return
      at = next
      continue
    }
    at = to
    const { id, start: from } = element
    if (id === ID.timestamp) clusterTicks = readUnsigned(file.peek(from, to - from))
    const block =
      id === ID.simpleBlock || id === ID.blockGroup ? blockIn(file, element, track.number) : undefined
    if (!block) continue
    const { frames, ticks, isKey, durationTicks } = block
    let seconds = (clusterTicks + ticks) * tick - track.delaySeconds
    const told = durationTicks === undefined ? undefined : (durationTicks * tick) / frames.length
    for (const data of frames) {
      const duration = durationOf(file.peek(data.offset, 2)) ?? told ?? track.frameSeconds ?? 0
      yield { data, timestamp: seconds, duration, isKey }
      seconds += duration
    }
  }
}

interface Block {
  readonly frames: readonly Place[]
  /** Since the timestamp of its cluster. */
  readonly ticks: number
  readonly isKey: boolean
  readonly durationTicks: number | undefined
}

/** @returns `undefined` for one of another track, and for none */
function blockIn(file: EbmlFile, element: Element, trackNumber: number): Block | undefined {
  if (element.id === ID.simpleBlock) return readBlock(file, element, trackNumber)
  const { start, end = start } = element
  let block: Block | undefined
  let durationTicks: number | undefined
  let isKey = true
  let elements = 0
  for (const { id, start: from, end: to = from } of file.elementsIn({ start, end })) {
    if (++elements > MAX_GROUP_ELEMENTS) break
    if (id === ID.block) block = readBlock(file, { id, start: from, end: to }, trackNumber)
    if (id === ID.blockDuration) durationTicks = readUnsigned(file.peek(from, to - from))
    if (id === ID.referenceBlock) isKey = false
  }
  return block && { ...block, isKey, durationTicks }
}

function readBlock(file: EbmlFile, { start, end = start }: Element, trackNumber: number): Block | undefined {
  const head = file.peek(start, Math.min(BLOCK_HEAD_BYTES, end - start))
  const track = readVint(head, 0)
  if (track?.value !== trackNumber || head.length < track.length + 3) return undefined
  const ticks = head.readInt16BE(track.length)
  const flags = head[track.length + 2] ?? 0
  const data = track.length + 3
  const frames = readLacing(head.subarray(data), end - start - data, (flags >> 1) & 3)?.map(
    ({ at, length }) => ({ offset: start + data + at, length }),
  )
  return frames && { frames, ticks, isKey: (flags & KEY_FLAG) !== 0, durationTicks: undefined }
}
