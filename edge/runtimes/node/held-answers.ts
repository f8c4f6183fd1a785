/**
 * Media that its viewers have not taken yet. A video is long, and whoever asks for many places in it and reads none of
 * them would fill the memory: beyond a bound, whoever holds most gives way, the oldest answer first. Many who watch the
 * same place hold it once.
 */
import type { NodeResponse } from './delivery-listener.ts'

interface Held {
  readonly address: string
  readonly memory: ArrayBufferLike
}

export class HeldAnswers {
  readonly #maxBytes: number
  /** The oldest first. */
  readonly #answers = new Map<NodeResponse, Held>()
  readonly #holders = new Map<ArrayBufferLike, number>()
  readonly #bytesOf = new Map<string, number>()
  #bytes = 0

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes
  }

  /** Of what is held now, each piece of memory once. */
  get bytes(): number {
    return this.#bytes
  }

  /** @param body what is about to be sent; also a part of it keeps all of its memory */
  hold(outgoing: NodeResponse, address: string, { buffer: memory }: Uint8Array): void {
    if (outgoing.destroyed || this.#answers.has(outgoing)) return
    const holders = this.#holders.get(memory) ?? 0
    if (holders === 0) this.#bytes += memory.byteLength
    this.#holders.set(memory, holders + 1)
    this.#answers.set(outgoing, { address, memory })
    this.#bytesOf.set(address, (this.#bytesOf.get(address) ?? 0) + memory.byteLength)
    outgoing.once('close', () => this.#release(outgoing))
    // The newest alone is let be, or nothing larger than the bound could ever be sent.
    while (this.#bytes > this.#maxBytes && this.#answers.size > 1) this.#cutOne()
  }

  #cutOne(): void {
    const [greedy] = [...this.#bytesOf].reduce((most, each) => (each[1] > most[1] ? each : most))
    for (const [outgoing, { address }] of this.#answers) {
      if (address !== greedy) continue
      this.#release(outgoing)
      outgoing.destroy()
      return
    }
  }

  #release(outgoing: NodeResponse): void {
    const held = this.#answers.get(outgoing)
    if (!held) return
    const { address, memory } = held
    this.#answers.delete(outgoing)
    const left = (this.#bytesOf.get(address) ?? 0) - memory.byteLength
    if (left > 0) this.#bytesOf.set(address, left)
    else this.#bytesOf.delete(address)
    const holders = (this.#holders.get(memory) ?? 1) - 1
    if (holders > 0) this.#holders.set(memory, holders)
    else {
      this.#holders.delete(memory)
      this.#bytes -= memory.byteLength
    }
  }
}
