/** Tells the edge of videos and uploads until it has heard: each by its newest state, one after another. */
import type { VideoReport } from '../../shared/contracts/internal.ts'
import { type Log, name } from '../observe/log.ts'
import type { EdgeAnswer } from './edge-http.ts'

export type VideoReports = Reports<VideoReport>

export class Reports<Report extends object> {
  readonly #tell: (id: string, report: Report) => Promise<EdgeAnswer<undefined>>
  readonly #retryMs: number
  readonly #onUnwanted: (videoId: string) => void
  readonly #onHeard: ((videoId: string, report: Report) => void) | undefined
  readonly #log: Log
  readonly #pending = new Map<string, Report>()
  #timer: NodeJS.Timeout | undefined
  #isSending = false
  #isClosed = false

  constructor(options: {
    readonly tell: (id: string, report: Report) => Promise<EdgeAnswer<undefined>>
    readonly retryMs: number
    /** The edge says that it was deleted. */
    readonly onUnwanted: (videoId: string) => void
    readonly onHeard?: (videoId: string, report: Report) => void
    readonly log: Log
  }) {
    this.#tell = options.tell
    this.#retryMs = options.retryMs
    this.#onUnwanted = options.onUnwanted
    this.#onHeard = options.onHeard
    this.#log = options.log
  }

  report(videoId: string, report: Report): void {
    this.#pending.delete(videoId)
    this.#pending.set(videoId, report)
    void this.#send()
  }

  close(): void {
    this.#isClosed = true
    clearTimeout(this.#timer)
  }

  async #send(): Promise<void> {
    if (this.#isSending || this.#isClosed) return
    this.#isSending = true
    clearTimeout(this.#timer)
    for (const [videoId, report] of this.#pending) {
      const answer = await this.#tell(videoId, report)
      if (this.#isClosed) return
      if (answer.kind === 'unreachable') {
        this.#timer = setTimeout(() => void this.#send(), this.#retryMs)
        break
      }
      // A newer state came while this one was on its way.
      if (this.#pending.get(videoId) === report) this.#pending.delete(videoId)
      if (answer.kind === 'refused' && answer.status === 410) this.#onUnwanted(videoId)
      else if (answer.kind === 'refused')
        this.#log.warn('video refused', { video: name(videoId), status: answer.status })
      else this.#onHeard?.(videoId, report)
    }
    this.#isSending = false
  }
}
