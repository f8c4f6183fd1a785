/**
 * Answers of the origin in memory, bounded in bytes. Only finished answers come in here, so that making room
 * can never touch what is still being filled.
 */
import type { CachedAnswer, Clock, SegmentCache } from '../ports.ts'

/** What an entry costs beside its body: key, answer object, map slot. */
const ENTRY_OVERHEAD_BYTES = 512
/** How many entries may get a second chance before one must go: bounds the work of one `put`. */
const MAX_SECOND_CHANCES = 64

interface Entry {
  readonly answer: CachedAnswer
  readonly sizeBytes: number
  isUsed: boolean
}

/** Second-chance order instead of a strict LRU: a hit only sets a flag and moves nothing. */
export class MemorySegmentCache implements SegmentCache {
  readonly #entries = new Map<string, Entry>()
  readonly #maxBytes: number
  readonly #clock: Pick<Clock, 'now'>
  #sizeBytes = 0

  constructor(maxBytes: number, clock: Pick<Clock, 'now'>) {
    this.#maxBytes = maxBytes
    this.#clock = clock
  }

  get sizeBytes(): number {
    return this.#sizeBytes
  }

  get(key: string): CachedAnswer | undefined {
    const entry = this.#entries.get(key)
    if (!entry) return undefined
    if (this.#clock.now() >= entry.answer.expiresAt) {
      this.#remove(key, entry)
      return undefined
    }
    entry.isUsed = true
    return entry.answer
  }

  put(key: string, answer: CachedAnswer): void {
    const before = this.#entries.get(key)
    if (before) this.#remove(key, before)
    const bodyBytes = answer.body.byteLength + (answer.gzip?.byteLength ?? 0)
    const sizeBytes = bodyBytes + 2 * key.length + ENTRY_OVERHEAD_BYTES
    if (sizeBytes > this.#maxBytes) return
    this.#makeRoom(sizeBytes)
    this.#entries.set(key, { answer, sizeBytes, isUsed: false })
    this.#sizeBytes += sizeBytes
  }

  #makeRoom(neededBytes: number): void {
    let chances = MAX_SECOND_CHANCES
    const now = this.#clock.now()
    for (const [key, entry] of this.#entries) {
      if (this.#sizeBytes + neededBytes <= this.#maxBytes) return
      this.#remove(key, entry)
      if (!entry.isUsed || now >= entry.answer.expiresAt || chances-- <= 0) continue
      entry.isUsed = false
      // Behind all others: this loop comes to it again only when nothing else is left.
      this.#entries.set(key, entry)
      this.#sizeBytes += entry.sizeBytes
    }
  }

  #remove(key: string, entry: Entry): void {
    this.#entries.delete(key)
    this.#sizeBytes -= entry.sizeBytes
  }
}
