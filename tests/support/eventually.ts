/** Waiting without fixed sleeps: the only clock a test looks at is the deadline after which it gives up. */
const DEFAULT_DEADLINE_MS = 30_000
const POLL_MS = 20

class NeverHappened extends Error {
  override readonly name = 'NeverHappened'
}

/**
 * Asks until the answer is something other than `undefined` or `false`.
 * An exception counts as "not yet"; the last one becomes the cause when time is up.
 */
export async function eventually<T>(
  what: string,
  ask: () => T | Promise<T>,
  { deadlineMs = DEFAULT_DEADLINE_MS, pollMs = POLL_MS } = {},
): Promise<Exclude<T, undefined | false>> {
  const end = performance.now() + deadlineMs
  let cause: unknown
  for (;;) {
    try {
      const answer = await ask()
      if (answer !== undefined && answer !== false) return answer as Exclude<T, undefined | false>
      cause = undefined
    } catch (error) {
      cause = error
    }
    if (performance.now() > end)
      throw new NeverHappened(`Waited ${deadlineMs} ms in vain: ${what}`, { cause })
    await pause(pollMs)
  }
}

export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}

/** Rejects when `promise` takes longer than the deadline. The work itself is not stopped. */
export async function within<T>(what: string, deadlineMs: number, promise: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(
      () => reject(new NeverHappened(`Waited ${deadlineMs} ms in vain: ${what}`)),
      deadlineMs,
    )
  })
  try {
    return await Promise.race([promise, late])
  } finally {
    clearTimeout(timer)
  }
}
