/** Tells the edge which videos are here, until it has heard: each by its newest state, one after another. */
import type { VideoReport } from '../../shared/contracts/internal.ts'
import { type Log, name } from '../observe/log.ts'
import type { EdgeHttp } from './edge-http.ts'

export class VideoReports {
  readonly #edge: Pick<EdgeHttp, 'reportVideo'>
  readonly #retryMs: number
  readonly #onUnwanted: (videoId: string) => void
  readonly #log: Log
  readonly #pending = new Map<string, VideoReport>()
  #timer: NodeJS.Timeout | undefined
  #isSending = false
  #isClosed = false

  constructor(options: {
    readonly edge: Pick<EdgeHttp, 'reportVideo'>
    readonly retryMs: number
    /** The edge says that it was deleted. */
    readonly onUnwanted: (videoId: string) => void
    readonly log: Log
  }) {
    this.#edge = options.edge
    this.#retryMs = options.retryMs
    this.#onUnwanted = options.onUnwanted
    this.#log = options.log
  }

  report(videoId: string, report: VideoReport): void {
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
      const answer = await this.#edge.reportVideo(videoId, report)
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
    }
    this.#isSending = false
  }
}
