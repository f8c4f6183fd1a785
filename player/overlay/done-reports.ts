/**
 * The reports that an alert was shown, kept until the server has them: an edge that is away at the end of an
 * alert must not leave it unshown for ever. A reload keeps them too, under the instance that showed the alert,
 * because the server takes `done` only from that one.
 */
import * as v from 'valibot'
import { PlayReport } from '../../shared/contracts/alerts.ts'
import { type Backoff, backoffMs } from '../lib/backoff.ts'
import type { Answer } from './server.ts'

/** An overlay shows one alert at a time and claims none while the server is away, so even a few are many. */
export const MAX_KEPT_REPORTS = 20

export interface ReportStore {
  readonly read: () => readonly PlayReport[]
  readonly write: (reports: readonly PlayReport[]) => void
}

export interface DoneReportsOptions {
  readonly store: ReportStore
  readonly send: (report: PlayReport) => Promise<Answer>
  /** The link was replaced: nothing of this page is accepted any more. */
  readonly onReplaced: () => void
  readonly backoff: Backoff
}

export interface DoneReports {
  readonly add: (report: PlayReport) => void
  /** Tries at once what waits: the server has just been heard. */
  readonly deliver: () => void
  /** Once what is under way was answered. @returns false when the server could not be reached with all of them */
  readonly delivered: () => Promise<boolean>
  readonly close: () => void
}

export function createDoneReports({ store, send, onReplaced, backoff }: DoneReportsOptions): DoneReports {
  let waiting = [...store.read()].slice(-MAX_KEPT_REPORTS)
  let timer: ReturnType<typeof setTimeout> | undefined
  let attempts = 0
  let delivery: Promise<void> | undefined
  let isClosed = false

  function deliver(): void {
    clearTimeout(timer)
    if (waiting.length > 0 && !isClosed) delivery ??= sendAll()
  }

  async function sendAll(): Promise<void> {
    let answer: Answer = 'ok'
    for (let [report] = waiting; report && !isClosed; [report] = waiting) {
      const { alertId } = report
      answer = await send(report)
      if (answer === 'unreachable') break
      attempts = 0
      // Taken, or refused for good.
      keep(waiting.filter((each) => each.alertId !== alertId))
      if (answer === 'replaced' && !isClosed) {
        close()
        onReplaced()
      }
    }
    delivery = undefined
    if (answer === 'unreachable' && !isClosed) timer = setTimeout(deliver, backoffMs(attempts++, backoff))
  }

  function keep(reports: readonly PlayReport[]): void {
    waiting = reports.slice(-MAX_KEPT_REPORTS)
    store.write(waiting)
  }

  function close(): void {
    isClosed = true
    clearTimeout(timer)
  }

  return {
    add: (report) => {
      keep([...waiting.filter(({ alertId }) => alertId !== report.alertId), report])
      deliver()
    },
    deliver,
    delivered: async () => {
      await delivery
      return waiting.length === 0
    },
    close,
  }
}

const Stored = v.pipe(v.array(PlayReport), v.maxLength(MAX_KEPT_REPORTS))

/** OBS keeps the local storage of its browser sources, also when it closes and opens one again. */
export function storedReports(overlayId: string): ReportStore {
  const key = `panggung.overlay.${overlayId}.done`
  return {
    read: () => {
      try {
        const result = v.safeParse(Stored, JSON.parse(localStorage.getItem(key) ?? '[]'))
        return result.success ? result.output : []
      } catch {
        return [] // Refused storage, or not JSON: the same as nothing kept.
      }
    },
    write: (reports) => {
      try {
        if (reports.length === 0) localStorage.removeItem(key)
        else localStorage.setItem(key, JSON.stringify(reports))
      } catch {
        // Refused storage: the reports then live as long as the page.
      }
    },
  }
}
