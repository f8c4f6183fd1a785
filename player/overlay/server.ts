/** The overlay's requests. `replaced` is the server's 401: this page has no business here any more. */
import { Alert, type PlayReport, SlotHolder } from '../../shared/contracts/alerts.ts'
import { ApiProblem, call } from '../lib/api.ts'

export type ClaimAnswer =
  | { readonly kind: 'alert'; readonly alert: Alert }
  | { readonly kind: 'empty' | 'held_elsewhere' | 'lost' | 'unreachable' | 'replaced' }

export type Answer = 'ok' | 'refused' | 'unreachable' | 'replaced'

const TIMEOUT_MS = 5_000

export class OverlayServer {
  readonly #base: string
  readonly #instanceId: string

  constructor(overlayId: string, instanceId: string) {
    this.#base = `/api/overlay/${overlayId}`
    this.#instanceId = instanceId
  }

  get eventsUrl(): string {
    return `${this.#base}/events`
  }

  speechUrl(alertId: string): string {
    return `${this.#base}/speech/${alertId}`
  }

  /** Trades the key of the link for a cookie. */
  async signIn(key: string): Promise<Answer> {
    return this.#send('session', { key })
  }

  async askLease(isActive: boolean): Promise<SlotHolder | 'unreachable' | 'replaced'> {
    try {
      return await call('POST', `${this.#base}/lease`, {
        schema: SlotHolder,
        body: { instanceId: this.#instanceId, isActive },
        signal: AbortSignal.timeout(TIMEOUT_MS),
      })
    } catch (problem) {
      return isReplaced(problem) ? 'replaced' : 'unreachable'
    }
  }

  async claim(): Promise<ClaimAnswer> {
    try {
      const alert = await call('POST', `${this.#base}/claim`, {
        schema: Alert,
        body: { instanceId: this.#instanceId },
        signal: AbortSignal.timeout(TIMEOUT_MS),
      })
      return { kind: 'alert', alert }
    } catch (problem) {
      if (isReplaced(problem)) return { kind: 'replaced' }
      if (!(problem instanceof ApiProblem)) return { kind: 'unreachable' }
      if (problem.code === 'not_found') return { kind: 'empty' }
      if (problem.code === 'slot_held_elsewhere') return { kind: 'held_elsewhere' }
      return { kind: problem.code === 'claim_lost' ? 'lost' : 'unreachable' }
    }
  }

  started(alertId: string): Promise<Answer> {
    return this.#send('started', this.reportOf(alertId))
  }

  /** Also of an alert that an earlier page of this overlay showed. */
  done(report: PlayReport): Promise<Answer> {
    return this.#send('done', report)
  }

  reportOf(alertId: string): PlayReport {
    return { instanceId: this.#instanceId, alertId }
  }

  async #send(path: string, body: unknown): Promise<Answer> {
    try {
      await call('POST', `${this.#base}/${path}`, { body, signal: AbortSignal.timeout(TIMEOUT_MS) })
      return 'ok'
    } catch (problem) {
      if (isReplaced(problem)) return 'replaced'
      const isRefusal = problem instanceof ApiProblem && problem.status >= 400 && problem.status < 500
      return isRefusal && problem.code !== 'rate_limited' ? 'refused' : 'unreachable'
    }
  }
}

function isReplaced(problem: unknown): boolean {
  return problem instanceof ApiProblem && problem.status === 401
}
