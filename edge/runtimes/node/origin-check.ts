/** Asks the origin whether it could start with these settings: only it knows them, and here nothing is made yet. */
import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { StartError } from './start-error.ts'

const ORIGIN_CHECK = join(import.meta.dirname, '../../../origin/check.ts')
const CHECK_WITHIN_MS = 30_000

/** @throws StartError with one line for each setting that is wrong */
export async function checkOriginSettings(
  environment: Readonly<Record<string, string | undefined>>,
): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<{ error: Error | null; said: string }>()
  execFile(
    process.execPath,
    [ORIGIN_CHECK],
    { env: { ...environment }, timeout: CHECK_WITHIN_MS },
    (error, _stdout, stderr) => resolve({ error, said: stderr }),
  )
  const { error, said } = await promise
  if (!error) return
  const lines = said.split('\n').filter((line) => line.trim() !== '')
  throw new StartError(lines.length > 0 ? lines : "the origin's settings could not be checked", {
    cause: error,
  })
}
