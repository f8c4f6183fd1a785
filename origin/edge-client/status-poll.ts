/** Asks the edge every two seconds what must stop. */
import type { OriginStatus } from '../../shared/contracts/internal.ts'
import { errorKind, type Log } from '../observe/log.ts'
import type { EdgeHttp } from './edge-http.ts'

export class StatusPoll {
  readonly #edge: EdgeHttp
  readonly #onStatus: (status: OriginStatus) => void
  readonly #everyMs: number
  readonly #log: Log
  #timer: NodeJS.Timeout | undefined
  #isReachable: boolean | undefined
  #isClosed = false

  constructor(options: {
    readonly edge: EdgeHttp
    readonly everyMs: number
    readonly onStatus: (status: OriginStatus) => void
    readonly log: Log
  }) {
    this.#edge = options.edge
    this.#everyMs = options.everyMs
    this.#onStatus = options.onStatus
    this.#log = options.log
  }

  start(): void {
    void this.#poll()
  }

  close(): void {
    this.#isClosed = true
    clearTimeout(this.#timer)
  }

  async #poll(): Promise<void> {
    const answer = await this.#edge.status()
    if (this.#isClosed) return
    if (answer.kind === 'ok') this.#onStatus(answer.value)
    this.#noteChange(answer.kind === 'ok', answer)
    this.#timer = setTimeout(() => void this.#poll(), this.#everyMs)
  }

  /** One line when it changes, not one per poll. */
  #noteChange(isReachable: boolean, answer: Awaited<ReturnType<EdgeHttp['status']>>): void {
    if (isReachable === this.#isReachable) return
    this.#isReachable = isReachable
    if (answer.kind === 'ok') this.#log.info('edge answers')
    else if (answer.kind === 'refused') this.#log.error('edge refuses this origin', { status: answer.status })
    else this.#log.warn('edge cannot be reached', { error: errorKind(answer.cause) })
  }
}
