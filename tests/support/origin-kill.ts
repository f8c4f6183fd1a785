/** SIGKILL to the origin of a running installation, which starts it again. */
import { eventually } from './eventually.ts'
import type { Installation } from './installation.ts'
import { processesOf } from './process-figures.ts'

const DEADLINE = { deadlineMs: 120_000 }

/**
 * Resolves when another one answers.
 * @param andThen what comes with it; at once, before another process looks
 */
export async function killOrigin(installation: Installation, andThen = (): void => {}): Promise<void> {
  const { origin } = processesOf(installation)
  process.kill(origin, 'SIGKILL')
  andThen()
  await eventually(
    'the origin is back',
    async () => {
      const isAnother = processesOf(installation).origin !== origin
      return isAnother && (await fetch(`${installation.originUrl}/health`)).ok
    },
    DEADLINE,
  )
}
