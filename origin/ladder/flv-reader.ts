/** Reads FLV (Adobe FLV 10.1, annex E.2 to E.4) as it comes out of a pipe, tag by tag. */
import type { FlvTag } from '../ingest/flv.ts'

const FILE_HEADER_BYTES = 9
const TAG_HEADER_BYTES = 11
const PREVIOUS_TAG_SIZE_BYTES = 4

export class FlvReader {
  readonly #onTag: (tag: FlvTag) => void
  /** Of an unfinished tag: at most the 16 MiB that its length field can say. */
  #held: Buffer[] = []
  #heldBytes = 0
  /** Nothing can be read before this many bytes are there. */
  #neededBytes = FILE_HEADER_BYTES + PREVIOUS_TAG_SIZE_BYTES
  #hasHeader = false

  constructor(onTag: (tag: FlvTag) => void) {
    this.#onTag = onTag
  }

  /** @throws SyntaxError when it is not FLV */
  write(bytes: Buffer): void {
    this.#held.push(bytes)
    this.#heldBytes += bytes.length
    if (this.#heldBytes < this.#neededBytes) return
    const all = this.#held.length === 1 ? bytes : Buffer.concat(this.#held, this.#heldBytes)
    const rest = all.subarray(this.#read(all))
    this.#held = rest.length > 0 ? [rest] : []
    this.#heldBytes = rest.length
  }

  /** @returns how many bytes were used */
  #read(all: Buffer): number {
    let at = 0
    if (!this.#hasHeader) {
      if (all.toString('latin1', 0, 3) !== 'FLV') throw new SyntaxError('Cannot read FLV: no FLV header')
      this.#hasHeader = true
      at = this.#neededBytes
    }
    for (;;) {
      const remaining = all.length - at
      this.#neededBytes =
        TAG_HEADER_BYTES +
        (remaining < TAG_HEADER_BYTES ? 0 : all.readUIntBE(at + 1, 3) + PREVIOUS_TAG_SIZE_BYTES)
      if (remaining < this.#neededBytes) return at
      const start = at + TAG_HEADER_BYTES
      const next = at + this.#neededBytes
      this.#onTag({
        type: all.readUInt8(at) & 0x1f,
        // The upper eight bits follow the lower 24.
        timestamp: ((all.readUInt8(at + 7) << 24) | all.readUIntBE(at + 4, 3)) >>> 0,
        payload: all.subarray(start, next - PREVIOUS_TAG_SIZE_BYTES),
      })
      at = next
    }
  }
}
