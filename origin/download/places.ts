/**
 * Downloads at one time. Each holds a connection and a segment in memory for as long as its reader likes, so that no
 * reader may take many of them, and all together no more than there are.
 */

export interface DownloadBounds {
  /** Browsers take one; programs that fetch a file in pieces take four to eight. */
  readonly perReader: number
  readonly all: number
}

const BOUNDS: DownloadBounds = { perReader: 8, all: 96 }

export class DownloadPlaces {
  readonly #bounds: DownloadBounds
  readonly #taken = new Map<string, number>()
  #all = 0

  constructor(bounds = BOUNDS) {
    this.#bounds = bounds
  }

  /** @returns what gives the place back, to be called once; `undefined` when there is none */
  take(reader: string): (() => void) | undefined {
    const { perReader, all } = this.#bounds
    const own = this.#taken.get(reader) ?? 0
    if (own >= perReader || this.#all >= all) return undefined
    this.#taken.set(reader, own + 1)
    this.#all++
    return () => {
      this.#all--
      const left = (this.#taken.get(reader) ?? 1) - 1
      if (left > 0) this.#taken.set(reader, left)
      else this.#taken.delete(reader)
    }
  }
}
