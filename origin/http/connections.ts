/**
 * The open connections of a server that only edges have business with. Until one has shown their secret it is a
 * stranger's: when all places are taken, the stranger that has been here longest gives way to the newcomer.
 */
import type { Socket } from 'node:net'

export class Connections {
  readonly #max: number
  readonly #open = new Set<Socket>()
  /** The oldest first. */
  readonly #strangers = new Set<Socket>()

  constructor(max: number) {
    this.#max = max
  }

  take(socket: Socket): void {
    if (this.#open.size >= this.#max) {
      const [oldest] = this.#strangers
      if (oldest === undefined) return void socket.destroy()
      this.#release(oldest)
      oldest.destroy()
    }
    this.#open.add(socket)
    this.#strangers.add(socket)
    socket.once('close', () => this.#release(socket))
  }

  /** It has shown the secret. */
  introduce(socket: Socket): void {
    this.#strangers.delete(socket)
  }

  #release(socket: Socket): void {
    this.#open.delete(socket)
    this.#strangers.delete(socket)
  }
}
