/** Where each sample of a track lies and when it is shown (ISO 14496-12, 8.6 and 8.7). One row at a time is in memory. */
import type { Place } from '../place-source.ts'
import { RefusedFile } from '../media-source.ts'
import { type Box, type MovieFile, Table } from './movie-file.ts'

/** Times in ticks of the track. */
export interface MovieSample {
  readonly data: Place
  readonly shownAt: number
  readonly duration: number
  readonly isKey: boolean
}

interface SampleTables {
  readonly count: number
  readonly sizeOf: (index: number) => number
  readonly timing: Table
  readonly composition: Table | undefined
  readonly samplesPerChunk: Table
  readonly chunks: number
  readonly offsetOf: (chunk: number) => number
  /** Absent: decoding can start at each. */
  readonly keys: Table | undefined
}

/** Frames of no bytes are skipped; a file of nothing else is made to be walked for ever. */
const MAX_EMPTY = 1_000_000
const FULL_BOX_BYTES = 4

/** @returns `undefined` for tables in a form that is not read here */
export function readSampleTables(file: MovieFile, stbl: Box): SampleTables | undefined {
  const boxes = file.childrenOf(stbl)
  const table = (type: string, rowBytes: number, headBytes = FULL_BOX_BYTES + 4): Table | undefined => {
    const box = boxes.get(type)
    return box && new Table(file, box, { headBytes, rowBytes })
  }
  const timing = table('stts', 8)
  const samplesPerChunk = table('stsc', 12)
  const short = table('stco', 4)
  const long = table('co64', 8)
  const offsets = short ?? long
  const sizeBox = boxes.get('stsz')
  const sizes = table('stsz', 4, FULL_BOX_BYTES + 8)
  if (!timing || !samplesPerChunk || !offsets || !sizes || !sizeBox) return undefined
  const head = file.bytesOf({ start: sizeBox.start, end: sizeBox.start + 12 })
  const [size, count] = [head.readUInt32BE(4), head.readUInt32BE(8)]
  return {
    count: size === 0 ? sizes.rows : count,
    sizeOf: size === 0 ? (index) => sizes.u32(index) : () => size,
    timing,
    composition: table('ctts', 8),
    samplesPerChunk,
    chunks: offsets.rows,
    offsetOf: short ? (chunk) => short.u32(chunk) : (chunk) => offsets.u64(chunk),
    keys: table('stss', 4),
  }
}

/** In the order in which they are decoded, as far as the file goes. */
export function* samplesIn(tables: SampleTables, fileBytes: number): Generator<MovieSample> {
  const { count, sizeOf, keys } = tables
  const places = chunkPlaces(tables)
  const durations = repeated(tables.timing, (row) => tables.timing.u32(row, 1))
  const { composition } = tables
  const shifts = composition && repeated(composition, (row) => composition.i32(row, 1))
  let decodedAt = 0
  const isKeyAt = keys ? rising(keys) : () => true
  let empty = 0
  for (let index = 0; index < count; index++) {
    const length = sizeOf(index)
    const offset = places(length)
    const duration = durations()
    if (offset === undefined || duration === undefined || offset + length > fileBytes) return
    // Samples are counted from one.
    const isKey = isKeyAt(index + 1)
    const shownAt = decodedAt + (shifts?.() ?? 0)
    decodedAt += duration
    if (length > 0) yield { data: { offset, length }, shownAt, duration, isKey }
    else if (++empty > MAX_EMPTY) throw new RefusedFile('damaged')
  }
}

/** @returns what says where the next sample, of so many bytes, begins; `undefined` after the last chunk */
function chunkPlaces(tables: SampleTables): (length: number) => number | undefined {
  const { samplesPerChunk: runs, chunks, offsetOf } = tables
  let run = 0
  let chunk = -1
  let left = 0
  let offset = 0
  return (length) => {
    while (left === 0) {
      if (++chunk >= chunks) return undefined
      // Chunks are counted from one.
      while (run + 1 < runs.rows && runs.u32(run + 1) <= chunk + 1) run++
      left = run < runs.rows ? runs.u32(run, 1) : 0
      offset = offsetOf(chunk)
    }
    left -= 1
    offset += length
    return offset - length
  }
}

/** Tables of times say: so many samples of the same. */
function repeated(table: Table, valueOf: (row: number) => number): () => number | undefined {
  let row = -1
  let left = 0
  let value = 0
  return () => {
    while (left === 0) {
      if (++row >= table.rows) return undefined
      left = table.u32(row)
      value = valueOf(row)
    }
    left -= 1
    return value
  }
}

/** @returns what says of one number after another whether it is in the table */
function rising(table: Table): (number: number) => boolean {
  let row = 0
  return (number) => {
    while (row < table.rows && table.u32(row) < number) row++
    return row < table.rows && table.u32(row) === number
  }
}
