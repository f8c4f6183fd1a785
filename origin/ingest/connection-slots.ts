/**
 * Who may hold a connection. Anybody can open one and say nothing, so when all are taken one of the oldest
 * that have not shown a right to be here gives way, first one whose address block holds many. Those who have
 * introduced themselves stay before those who have not, as long as they are no more than half: a crowd that
 * only opens connections pushes out its own, and a crowd that speaks RTMP leaves room to come in.
 */
/** How many of the oldest are looked at: the work per newcomer stays the same however many there are. */
const CANDIDATES = 16

export interface SlotLimits {
  readonly max: number
  /** Of one address block. */
  readonly maxPerBlock: number
}

export type SlotRefusal = 'full' | 'block_full'

export class ConnectionSlots<Connection> {
  readonly #limits: SlotLimits
  readonly #blocks = new Map<Connection, string>()
  readonly #perBlock = new Map<string, number>()
  /** Have said nothing that counts; the oldest first. */
  readonly #strangers = new Set<Connection>()
  /** Speak RTMP, and have shown no key yet; the oldest first. */
  readonly #introduced = new Set<Connection>()
  readonly #evict: (connection: Connection) => void

  /** @param evict closes a connection whose slot was given away */
  constructor(limits: SlotLimits, evict: (connection: Connection) => void) {
    this.#limits = limits
    this.#evict = evict
  }

  /** Whether a connection from there would get a slot. To be asked before it costs anything. */
  refusal(block: string): SlotRefusal | undefined {
    if ((this.#perBlock.get(block) ?? 0) >= this.#limits.maxPerBlock) return 'block_full'
    return this.#isFull && this.#strangers.size + this.#introduced.size === 0 ? 'full' : undefined
  }

  /** Only after `refusal` said nothing. */
  take(block: string, connection: Connection): void {
    const leaving = this.#isFull ? this.#nextToLeave() : undefined
    if (leaving !== undefined) {
      this.release(leaving)
      this.#evict(leaving)
    }
    this.#blocks.set(connection, block)
    this.#perBlock.set(block, (this.#perBlock.get(block) ?? 0) + 1)
    this.#strangers.add(connection)
  }

  introduce(connection: Connection): void {
    if (this.#strangers.delete(connection)) this.#introduced.add(connection)
  }

  /** From now on it gives way to nobody. */
  authorise(connection: Connection): void {
    this.#strangers.delete(connection)
    this.#introduced.delete(connection)
  }

  /** Only the first call counts. */
  release(connection: Connection): void {
    const block = this.#blocks.get(connection)
    if (block === undefined) return
    this.#blocks.delete(connection)
    this.authorise(connection)
    const left = (this.#perBlock.get(block) ?? 1) - 1
    if (left > 0) this.#perBlock.set(block, left)
    else this.#perBlock.delete(block)
  }

  connections(): Iterable<Connection> {
    return this.#blocks.keys()
  }

  #nextToLeave(): Connection | undefined {
    const isHalfIntroduced = this.#introduced.size > this.#limits.max / 2
    const leaving = isHalfIntroduced || this.#strangers.size === 0 ? this.#introduced : this.#strangers
    let chosen: Connection | undefined
    let most = 0
    let looked = 0
    for (const connection of leaving) {
      const held = this.#perBlock.get(this.#blocks.get(connection) ?? '') ?? 0
      if (held > most) {
        chosen = connection
        most = held
      }
      if (++looked === CANDIDATES) break
    }
    return chosen
  }

  get #isFull(): boolean {
    return this.#blocks.size >= this.#limits.max
  }
}
