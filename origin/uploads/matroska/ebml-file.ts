/**
 * Elements of a Matroska or WebM file (RFC 8794), read where they lie: a page of the file is in memory, however long it is.
 * Reading blocks, because whoever imports is a process of its own.
 */
import { readSync } from 'node:fs'
import { RefusedFile } from '../media-source.ts'

/** Headers of elements and of blocks lie far from one another: reading more than a page beats nothing. */
const PAGE_BYTES = 4096
/** Of one that is read whole: descriptions of a codec are a few hundred bytes. */
const MAX_WHOLE_BYTES = 1024 * 1024

export interface Element {
  readonly id: number
  /** Of its content. */
  readonly start: number
  /** `undefined`: it ends where another one of its level begins. */
  readonly end: number | undefined
}

export class EbmlFile {
  readonly sizeBytes: number
  readonly #fd: number
  readonly #page = Buffer.alloc(PAGE_BYTES)
  #pageStart = 0
  #pageBytes = 0

  constructor(fd: number, sizeBytes: number) {
    this.#fd = fd
    this.sizeBytes = sizeBytes
  }

  /** At most a page, valid until the next call; fewer at the end of the file. */
  peek(offset: number, length: number): Buffer {
    if (offset < this.#pageStart || offset + length > this.#pageStart + this.#pageBytes) {
      this.#pageBytes = readSync(this.#fd, this.#page, 0, PAGE_BYTES, offset)
      this.#pageStart = offset
    }
    const at = offset - this.#pageStart
    return this.#page.subarray(at, Math.min(at + length, this.#pageBytes))
  }

  /** @returns where these bytes are next */
  find(bytes: Buffer, from: number): number | undefined {
    for (let at = from; at + bytes.length <= this.sizeBytes;) {
      this.peek(at, bytes.length)
      const found = this.#page.subarray(0, this.#pageBytes).indexOf(bytes, at - this.#pageStart)
      if (found !== -1) return this.#pageStart + found
      // They may begin at the end of this page.
      at = Math.max(at + 1, this.#pageStart + this.#pageBytes - bytes.length + 1)
    }
    return undefined
  }

  /** @returns `undefined` at the end of the file, and where no element can be */
  elementAt(offset: number): Element | undefined {
    const head = this.peek(offset, 12)
    const idLength = lengthOf(head[0])
    if (idLength > 4 || head.length < idLength + 1) return undefined
    const size = readVint(head, idLength)
    if (!size) return undefined
    const start = offset + idLength + size.length
    const end = size.value === undefined ? undefined : start + size.value
    return { id: head.readUIntBE(0, idLength), start, end }
  }

  /** One after another; what claims to be longer than its parent ends with it. */
  *elementsIn({ start, end }: { readonly start: number; readonly end: number }): Generator<Element> {
    for (let at = start; at < end;) {
      const element = this.elementAt(at)
      if (!element) return
      at = Math.min(end, element.end ?? end)
      yield { ...element, end: at }
    }
  }

  /** The first of each kind, whole. @throws RefusedFile for more than any description takes */
  childrenOf({ start, end = start }: Element): Map<number, Buffer> {
    if (end - start > MAX_WHOLE_BYTES) throw new RefusedFile('damaged')
    const children = new Map<number, Buffer>()
    for (const { id, start: from, end: to = from } of this.elementsIn({ start, end }))
      if (!children.has(id)) children.set(id, this.#whole(from, to))
    return children
  }

  #whole(start: number, end: number): Buffer {
    const bytes = Buffer.alloc(end - start)
    return bytes.subarray(0, readSync(this.#fd, bytes, 0, bytes.length, start))
  }
}

/** Of a number of variable length, by its first byte (RFC 8794, section 4). */
function lengthOf(first: number | undefined): number {
  return first === undefined || first === 0 ? 9 : Math.clz32(first) - 23
}

export interface Vint {
  readonly length: number
  /** `undefined`: all bits are set, which stands for an unknown size. */
  readonly value: number | undefined
}

/** @returns `undefined` where none is */
export function readVint(bytes: Buffer, at: number): Vint | undefined {
  const first = bytes[at] ?? 0
  const length = lengthOf(first)
  if (length > 8 || at + length > bytes.length) return undefined
  const marker = 1 << (8 - length)
  let value = first & (marker - 1)
  let isUnknown = value === marker - 1
  for (const byte of bytes.subarray(at + 1, at + length)) {
    value = value * 256 + byte
    isUnknown &&= byte === 0xff
  }
  return { length, value: isUnknown ? undefined : value }
}

/** Of an element; 0 for one that is longer than numbers are. */
export function readUnsigned(bytes: Buffer): number {
  return bytes.length === 0 || bytes.length > 8 ? 0 : bytes.reduce((value, byte) => value * 256 + byte, 0)
}
