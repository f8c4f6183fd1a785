/** Several frames in one block (RFC 9559, section 10.3). */
import { readVint } from './ebml-file.ts'

const LACING = { none: 0, xiph: 1, fixed: 2 } as const
/** A byte says how many there are. */
const MAX_FRAMES = 256

/**
 * @param head of the block, from the byte after its flags
 * @param sizeBytes of the block from there
 * @returns where each frame begins, and how long it is; `undefined` for what is not one of these
 */
export function readLacing(
  head: Buffer,
  sizeBytes: number,
  lacing: number,
): { readonly at: number; readonly length: number }[] | undefined {
  if (lacing === LACING.none) return [{ at: 0, length: sizeBytes }]
  const count = (head[0] ?? MAX_FRAMES) + 1
  if (count > MAX_FRAMES) return undefined
  if (lacing === LACING.fixed) {
    const length = (sizeBytes - 1) / count
    return Number.isInteger(length) ? placed(1, Array<number>(count).fill(length)) : undefined
  }
  const sizes = lacing === LACING.xiph ? xiphSizes(head, count - 1) : ebmlSizes(head, count - 1)
  if (!sizes) return undefined
  // The last takes what is left.
  const last = sizeBytes - sizes.end - sizes.lengths.reduce((sum, length) => sum + length, 0)
  return last >= 0 ? placed(sizes.end, [...sizes.lengths, last]) : undefined
}

interface Sizes {
  readonly lengths: readonly number[]
  /** After the last of them. */
  readonly end: number
}

function xiphSizes(head: Buffer, count: number): Sizes | undefined {
  const lengths: number[] = []
  let at = 1
  let length = 0
  while (lengths.length < count) {
    const byte = head[at++]
    if (byte === undefined) return undefined
    length += byte
    if (byte === 0xff) continue
    lengths.push(length)
    length = 0
  }
  return { lengths, end: at }
}

function ebmlSizes(head: Buffer, count: number): Sizes | undefined {
  const lengths: number[] = []
  let at = 1
  while (lengths.length < count) {
    const size = readVint(head, at)
    if (size?.value === undefined) return undefined
    const before = lengths.at(-1)
    // The first says how long it is, each other one how much longer than the one before: signed, about the middle.
    const length = before === undefined ? size.value : before + size.value - (2 ** (7 * size.length - 1) - 1)
    if (length < 0) return undefined
    lengths.push(length)
    at += size.length
  }
  return { lengths, end: at }
}

function placed(start: number, lengths: readonly number[]): { at: number; length: number }[] {
  let next = start
  return lengths.map((length) => {
    const at = next
    next += length
    return { at, length }
  })
}
