/** The life of a server command: until Ctrl-C or SIGTERM, then everything ends in order. */

/** A supervisor waits about ten seconds before it kills; we are done or give up before. */
const STOP_WITHIN_MS = 8_000

/**
 * Waits for the signal, runs `closings` one after another and ends the process with 0.
 * @param announcement printed once the signal would be heard: whoever reads it may send it at once
 */
export async function runUntilStopped(
  closings: readonly (() => Promise<void>)[],
  announcement: readonly string[] = [],
): Promise<void> {
  const stopped = stopSignal()
  if (announcement.length > 0) console.log(announcement.join('\n'))
  await stopped
  setTimeout(() => {
    console.error('panggung: could not stop in time')
    process.exit(1)
  }, STOP_WITHIN_MS).unref()
  for (const close of closings) await close()
  process.exit(0)
}

/** Later signals are ignored: npm passes the terminal's Ctrl-C on, so each arrives twice. */
function stopSignal(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => resolve())
  })
}
