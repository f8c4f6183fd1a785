/** Hands an origin that shares a volume with this edge what both must know, so that nobody has to copy secrets. */
import { randomBytes } from 'node:crypto'
import { open, rename, rm } from 'node:fs/promises'
import type { OriginCredentials } from '../../../shared/contracts/internal.ts'
import type { EdgeConfig } from '../../config.ts'
import { StartError } from './start-error.ts'

const PRIVATE_MODE = 0o600

/**
 * At every start, because secrets given by the environment may have changed. Whole or not at all: an origin that
 * starts at the same moment never reads half a file.
 * @throws StartError
 */
export async function writeOriginCredentials(
  path: string,
  { installationId, originSecret, internalSecrets }: EdgeConfig,
): Promise<void> {
  const content: OriginCredentials = { installationId, originSecret, edgeSecret: internalSecrets[0] ?? '' }
  const draft = `${path}.${randomBytes(6).toString('hex')}`
  try {
    const file = await open(draft, 'wx', PRIVATE_MODE)
    try {
      await file.writeFile(`${JSON.stringify(content)}\n`)
      await file.sync()
    } finally {
      await file.close()
    }
    await rename(draft, path)
  } catch (cause) {
    await rm(draft, { force: true }).catch(() => undefined)
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown reason'
    throw new StartError(`cannot write ORIGIN_CREDENTIALS_FILE ${path} (${code})`, { cause })
  }
}
