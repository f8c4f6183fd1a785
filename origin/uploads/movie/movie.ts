/** A progressive MP4 or QuickTime file: which tracks it has, and what its edit lists show of them. */
import type { Rotation } from '../../packager/init-segment.ts'
import type { Place } from '../place-source.ts'
import type { Packet } from '../media-source.ts'
import type { Box, MovieFile } from './movie-file.ts'
import { type MovieSample, readSampleTables, samplesIn } from './samples.ts'

export interface MovieTrack {
  readonly kind: 'vide' | 'soun'
  readonly isEnabled: boolean
  readonly rotation: Rotation
  /** Ticks a second. */
  readonly timescale: number
  readonly edit: Edit
  readonly stsd: Box
  readonly stbl: Box
}

/** What is shown of a track (8.6.6). One edit is read, as players do. */
interface Edit {
  /** Seconds of nothing before it. */
  readonly delay: number
  /** In ticks of the track. */
  readonly start: number
  /** Seconds; absent: all. */
  readonly duration: number | undefined
}

const ALL: Edit = { delay: 0, start: 0, duration: undefined }
const MAX_EDITS = 64
/** Edits are in coarse ticks, and frames of sound that lead to the first one are heard by decoders only. */
const EDIT_TOLERANCE_SECONDS = 0.1

/** @returns `undefined` for a file without a whole table of its tracks, or one in fragments  @throws RefusedFile */
export function readTracks(file: MovieFile): MovieTrack[] | undefined {
  const moov = tableOf(file)
  if (!moov) return undefined
  const boxes = [...file.boxesIn(moov)]
  const mvhd = boxes.find(({ type }) => type === 'mvhd')
  if (!mvhd || boxes.some(({ type }) => type === 'mvex')) return undefined
  const movieTimescale = timescaleOf(file, mvhd)
  return boxes
    .filter(({ type }) => type === 'trak')
    .flatMap((trak) => readTrack(file, trak, movieTimescale) ?? [])
}

function tableOf(file: MovieFile): Box | undefined {
  for (const box of file.boxesIn({ start: 0, end: file.sizeBytes })) {
    if (box.type === 'moof') return undefined
    if (box.type === 'moov') return box
  }
  return undefined
}

function readTrack(file: MovieFile, trak: Box, movieTimescale: number): MovieTrack | undefined {
  const { tkhd, edts, mdia } = Object.fromEntries(file.childrenOf(trak))
  const { mdhd, hdlr, minf } = Object.fromEntries(mdia ? file.childrenOf(mdia) : [])
  const stbl = minf && file.childrenOf(minf).get('stbl')
  const stsd = stbl && file.childrenOf(stbl).get('stsd')
  if (!tkhd || !mdhd || !hdlr || !stsd) return undefined
  const kind = file.bytesOf({ start: hdlr.start + 8, end: hdlr.start + 12 }).toString('latin1')
  const timescale = timescaleOf(file, mdhd)
  if ((kind !== 'vide' && kind !== 'soun') || timescale === 0) return undefined
  const elst = edts && file.childrenOf(edts).get('elst')
  const head = file.bytesOf(tkhd)
  return {
    kind,
    isEnabled: ((head[3] ?? 0) & 1) === 1,
    rotation: rotationOf(head),
    timescale,
    edit: (elst && editOf(file.bytesOf(elst), movieTimescale)) ?? ALL,
    stsd,
    stbl,
  }
}

/** Of `mvhd` or `mdhd`: after two times, which are longer in version 1. */
function timescaleOf(file: MovieFile, { start }: Box): number {
  const head = file.bytesOf({ start, end: start + 24 })
  if (head.length < 24) return 0
  return head.readUInt32BE(head[0] === 1 ? 20 : 12)
}

/** Of the matrix in `tkhd`, of which only quarter turns are understood. */
function rotationOf(head: Buffer): Rotation {
  const at = head[0] === 1 ? 52 : 40
  if (head.length < at + 8) return 0
  const [cosine, sine] = [head.readInt32BE(at) / 0x10000, head.readInt32BE(at + 4) / 0x10000]
  if (sine === 1) return 90
  if (sine === -1) return 270
  return cosine === -1 ? 180 : 0
}

function editOf(elst: Buffer, movieTimescale: number): Edit | undefined {
  if (elst.length < 8 || movieTimescale === 0) return undefined
  const isLong = elst[0] === 1
  const rowBytes = isLong ? 20 : 12
  const rows = Math.min(elst.readUInt32BE(4), Math.floor((elst.length - 8) / rowBytes), MAX_EDITS)
  let delay = 0
  for (let row = 0; row < rows; row++) {
    const at = 8 + row * rowBytes
    const duration = (isLong ? Number(elst.readBigUInt64BE(at)) : elst.readUInt32BE(at)) / movieTimescale
    const start = isLong ? Number(elst.readBigInt64BE(at + 8)) : elst.readInt32BE(at + 4)
    const isOnly = row === rows - 1
    // Another speed than that of the recording is not shown by players either.
    if (start >= 0) return { delay, start, duration: isOnly && duration > 0 ? duration : undefined }
    delay += duration
  }
  return undefined
}

/**
 * What is to be shown, and what decoders need for it: pictures from the key frame before.
 * @param leadSeconds how far before zero the pictures begin; sound begins with them
 * @returns `undefined` for tables in a form that is not read here
 */
export function packetsOf(
  file: MovieFile,
  { kind, timescale, edit, stbl }: MovieTrack,
  leadSeconds = 0,
): Generator<Packet<Place>> | undefined {
  const tables = readSampleTables(file, stbl)
  if (!tables) return undefined
  const isPicture = kind === 'vide'
  const secondsAt = (ticks: number): number => (ticks - edit.start) / timescale + edit.delay
  const earliest = -leadSeconds - EDIT_TOLERANCE_SECONDS
  const end = edit.delay + (edit.duration ?? Number.POSITIVE_INFINITY) + EDIT_TOLERANCE_SECONDS

  return (function* () {
    const from = isPicture && edit.start > 0 ? firstShown(samplesIn(tables, file.sizeBytes), edit.start) : 0
    let index = 0
    for (const { data, shownAt, duration, isKey } of samplesIn(tables, file.sizeBytes)) {
      if (index++ < from) continue
      const timestamp = secondsAt(shownAt)
      if (timestamp >= end && (isKey || !isPicture)) return
      if (isPicture || timestamp >= earliest) yield { data, timestamp, duration: duration / timescale, isKey }
    }
  })()
}

/** The last key frame from which everything from `start` on can be decoded, by its number. */
function firstShown(samples: Iterable<MovieSample>, start: number): number {
  let first = 0
  let index = 0
  for (const { shownAt, isKey } of samples) {
    if (isKey && shownAt > start) break
    if (isKey) first = index
    index += 1
  }
  return first
}
