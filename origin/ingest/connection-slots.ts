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
  readonly #blockOf = new Map<Connection, string>()
  /** Of each block, the oldest first. */
  readonly #blocks = new Map<string, Set<Connection>>()
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
    if (this.#isBlockFull(block)) return this.#nextOfBlock(block) === undefined ? 'block_full' : undefined
    return this.#isFull && this.#strangers.size + this.#introduced.size === 0 ? 'full' : undefined
  }

  /** Only after `refusal` said nothing. */
  take(block: string, connection: Connection): void {
    const leaving = this.#isBlockFull(block)
      ? this.#nextOfBlock(block)
      : this.#isFull
        ? this.#nextOfAll()
        : undefined
    if (leaving !== undefined) {
      this.release(leaving)
      this.#evict(leaving)
    }
    this.#blockOf.set(connection, block)
    const neighbours = this.#blocks.get(block)
    if (neighbours) neighbours.add(connection)
    else this.#blocks.set(block, new Set([connection]))
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
    const block = this.#blockOf.get(connection)
    if (block === undefined) return
    this.#blockOf.delete(connection)
    this.authorise(connection)
    const neighbours = this.#blocks.get(block)
    neighbours?.delete(connection)
    if (neighbours?.size === 0) this.#blocks.delete(block)
  }

  connections(): Iterable<Connection> {
    return this.#blockOf.keys()
  }

  /** One address must not lock out the others behind it: its own oldest give way. */
  #nextOfBlock(block: string): Connection | undefined {
    const neighbours = [...(this.#blocks.get(block) ?? [])]
    const introduced = neighbours.filter((each) => this.#introduced.has(each))
    const stranger = neighbours.find((each) => this.#strangers.has(each))
    const isHalfIntroduced = introduced.length > this.#limits.maxPerBlock / 2
    return isHalfIntroduced ? introduced[0] : (stranger ?? introduced[0])
  }

  #nextOfAll(): Connection | undefined {
    const isHalfIntroduced = this.#introduced.size > this.#limits.max / 2
    const leaving = isHalfIntroduced || this.#strangers.size === 0 ? this.#introduced : this.#strangers
    let chosen: Connection | undefined
    let most = 0
    let looked = 0
    for (const connection of leaving) {
      const held = this.#blocks.get(this.#blockOf.get(connection) ?? '')?.size ?? 0
      if (held > most) {
        chosen = connection
        most = held
      }
      if (++looked === CANDIDATES) break
    }
    return chosen
  }

  #isBlockFull(block: string): boolean {
    return (this.#blocks.get(block)?.size ?? 0) >= this.#limits.maxPerBlock
  }

  get #isFull(): boolean {
    return this.#blockOf.size >= this.#limits.max
  }
}
