/** Waits for work, but not for ever. */
import { setTimeout as sleep } from 'node:timers/promises'

/** @throws what the work throws in that time */
export async function within(ms: number, work: Promise<unknown>): Promise<void> {
  const timer = new AbortController()
  try {
    await Promise.race([work, sleep(ms, undefined, { signal: timer.signal }).catch(() => undefined)])
  } finally {
    timer.abort()
  }
}
