/**
 * Keeps the media of one rendition outside the garbage collector's reach. Parts live for a minute or two, long
 * enough to become old, and old memory is collected late: as separate buffers they held a third more memory
 * than the media itself. Here they are copied into slabs, which are used again when all in them was released.
 */
const SLAB_BYTES = 256 * 1024
/** In a steady stream one slab empties as the next one fills. */
const MAX_SPARE_SLABS = 2

interface Slab {
  readonly memory: Buffer
  /** Of the media that lies in it. */
  slices: number
}

interface Slice {
  readonly slab: Slab
  readonly start: number
  readonly end: number
}

export interface StoredMedia {
  readonly sizeBytes: number
  /**
   * The bytes, owned by the caller: what is sent slowly must not change when it is released meanwhile.
   * @throws Error after its release
   */
  read(): Buffer
}

export class MediaStore {
  #slab: Slab = emptySlab()
  #used = 0
  #spare: Slab[] = []
  readonly #slices = new Map<StoredMedia, readonly Slice[]>()
  /** What was stored last is asked for at once, by all who waited for it: they share what was handed in. */
  #newest: { readonly media: StoredMedia; readonly bytes: Buffer } | undefined

  /** @param bytes never written to again */
  add(bytes: Buffer): StoredMedia {
    const slices: Slice[] = []
    for (let at = 0; at < bytes.length;) {
      if (this.#used === SLAB_BYTES) this.#nextSlab()
      const start = this.#used
      const copied = bytes.copy(this.#slab.memory, start, at)
      this.#used = start + copied
      at += copied
      this.#slab.slices++
      slices.push({ slab: this.#slab, start, end: this.#used })
    }
    const media: StoredMedia = { sizeBytes: bytes.length, read: () => this.#read(media) }
    this.#slices.set(media, slices)
    this.#newest = { media, bytes }
    return media
  }

  /** Only the first call counts. */
  release(media: StoredMedia): void {
    const slices = this.#slices.get(media) ?? []
    this.#slices.delete(media)
    if (this.#newest?.media === media) this.#newest = undefined
    for (const { slab } of slices) {
      if (--slab.slices > 0) continue
      if (slab === this.#slab) this.#used = 0
      else if (this.#spare.length < MAX_SPARE_SLABS) this.#spare.push(slab)
    }
  }

  #nextSlab(): void {
    this.#slab = this.#spare.pop() ?? emptySlab()
    this.#used = 0
  }

  #read(media: StoredMedia): Buffer {
    if (this.#newest?.media === media) return this.#newest.bytes
    const slices = this.#slices.get(media)
    if (!slices) throw new Error('Cannot read media that was released')
    return Buffer.concat(
      slices.map(({ slab, start, end }) => slab.memory.subarray(start, end)),
      media.sizeBytes,
    )
  }
}

function emptySlab(): Slab {
  return { memory: Buffer.allocUnsafeSlow(SLAB_BYTES), slices: 0 }
}
