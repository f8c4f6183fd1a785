/**
 * Boxes and tables of an MP4 or QuickTime file (ISO 14496-12, 4.2), read where they lie: a table is never in memory
 * as a whole, however long the file is. Reading blocks, because whoever imports is a process of its own.
 */
import { readSync } from 'node:fs'
import { RefusedFile } from '../media-source.ts'

/** Far more than any file has that is not made to be walked for ever. */
const MAX_BOXES = 20_000
/** Of one that is read whole: descriptions of a codec are a few hundred bytes. */
const MAX_WHOLE_BYTES = 1024 * 1024
const BLOCK_BYTES = 64 * 1024

export interface Box {
  readonly type: string
  /** Of its content. */
  readonly start: number
  readonly end: number
}

export class MovieFile {
  readonly fd: number
  readonly sizeBytes: number
  #boxes = 0

  constructor(fd: number, sizeBytes: number) {
    this.fd = fd
    this.sizeBytes = sizeBytes
  }

  /** One after another; what claims to be longer than its parent ends with it. @throws RefusedFile */
  *boxesIn({ start, end }: Pick<Box, 'start' | 'end'>): Generator<Box> {
    const header = Buffer.alloc(16)
    for (let at = start; at + 8 <= end;) {
      if (++this.#boxes > MAX_BOXES) throw new RefusedFile('damaged')
      readSync(this.fd, header, 0, 16, at)
      const short = header.readUInt32BE(0)
      const content = at + (short === 1 ? 16 : 8)
      const size = short === 1 ? Number(header.readBigUInt64BE(8)) : short === 0 ? end - at : short
      if (at + size < content) throw new RefusedFile('damaged')
      const boxEnd = Math.min(end, at + size)
      yield { type: header.toString('latin1', 4, 8), start: content, end: boxEnd }
      at = boxEnd
    }
  }

  /** The first of each type. */
  childrenOf(box: Pick<Box, 'start' | 'end'>): Map<string, Box> {
    const children = new Map<string, Box>()
    for (const child of this.boxesIn(box)) if (!children.has(child.type)) children.set(child.type, child)
    return children
  }

  /** @throws RefusedFile for more than any description takes */
  bytesOf({ start, end }: Pick<Box, 'start' | 'end'>): Buffer {
    if (end - start > MAX_WHOLE_BYTES) throw new RefusedFile('damaged')
    const bytes = Buffer.alloc(Math.max(0, end - start))
    return bytes.subarray(0, readSync(this.fd, bytes, 0, bytes.length, start))
  }
}

/** Rows of numbers that are read from the first to the last. */
export class Table {
  /** As many as there are, whatever the table claims. */
  readonly rows: number
  readonly #file: MovieFile
  readonly #start: number
  readonly #rowBytes: number
  #block: Buffer | undefined
  #from = 0
  #to = 0

  constructor(file: MovieFile, box: Box, { headBytes, rowBytes }: { headBytes: number; rowBytes: number }) {
    this.#file = file
    this.#start = box.start + headBytes
    this.#rowBytes = rowBytes
    const claimed = this.#start <= box.end ? this.#u32At(this.#start - 4) : 0
    this.rows = Math.min(claimed, Math.floor(Math.max(0, box.end - this.#start) / rowBytes))
  }

  u32(row: number, column = 0): number {
    return this.#u32At(this.#start + row * this.#rowBytes + column * 4)
  }

  i32(row: number, column = 0): number {
    return this.u32(row, column) | 0
  }

  /** Beyond 2^53 there is no file. */
  u64(row: number): number {
    return this.u32(row) * 2 ** 32 + this.u32(row, 1)
  }

  #u32At(position: number): number {
    if (position < this.#from || position + 4 > this.#to) this.#load(position)
    return this.#block?.readUInt32BE(position - this.#from) ?? 0
  }

  #load(position: number): void {
    this.#block ??= Buffer.allocUnsafeSlow(BLOCK_BYTES)
    const read = readSync(this.#file.fd, this.#block, 0, BLOCK_BYTES, position)
    if (read < 4) throw new RefusedFile('damaged')
    this.#from = position
    this.#to = position + read
  }
}
