/** What a stranger can cause a thousand times a second is one line in the log, and then one a minute. */
import type { Clock } from '../ports.ts'

const QUIET_MS = 60_000
/** Different lines within a minute; the oldest is forgotten first, and may then be said again. */
const MAX_LINES = 500

interface Line {
  readonly saidAt: number
  leftOut: number
}

export class FloodGate {
  readonly #lines = new Map<string, Line>()
  readonly #clock: Pick<Clock, 'now'>

  constructor(clock: Pick<Clock, 'now'>) {
    this.#clock = clock
  }

  /** @returns how many equal lines were left out since it was last said; `undefined` when to leave this one out too */
  admit(line: string): number | undefined {
    const now = this.#clock.now()
    const known = this.#lines.get(line)
    if (known && now < known.saidAt + QUIET_MS) {
      known.leftOut++
      return undefined
    }
    this.#lines.delete(line)
    this.#lines.set(line, { saidAt: now, leftOut: 0 })
    if (this.#lines.size > MAX_LINES) {
      const [oldest] = this.#lines.keys()
      if (oldest !== undefined) this.#lines.delete(oldest)
    }
    return known?.leftOut ?? 0
  }
}
