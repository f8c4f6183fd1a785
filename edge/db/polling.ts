/** Looks for work in the database again and again, on runtimes with processes of their own. */
import type { Clock, Log } from '../ports.ts'

export interface Polling {
  readonly clock: Clock
  readonly log: Log
  readonly everyMs: number
  /** Said in the log when a look fails; the next one comes all the same. */
  readonly failure: string
  /** Ends it. */
  readonly signal: AbortSignal
}

export async function poll(work: () => Promise<unknown>, polling: Polling): Promise<void> {
  const { clock, log, everyMs, failure, signal } = polling
  while (!signal.aborted) {
    try {
      await work()
    } catch (error) {
      log.warn({ error: String(error) }, failure)
    }
    try {
      await clock.sleep(everyMs, signal)
    } catch {
      return // The sleep ends only by the signal.
    }
  }
}
