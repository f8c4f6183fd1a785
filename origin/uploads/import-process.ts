/**
 * Repackages one file in a process of its own: a hostile or broken one may take this process's time and memory, which
 * its parent bounds (`import-file`), and nothing else. Says how it goes in one JSON line after another.
 */
import { stat } from 'node:fs/promises'
import * as v from 'valibot'
import type { ImportMessage } from './import-messages.ts'
import { ImportOrder } from './import-messages.ts'
import { repackage } from './repackage.ts'
import { RefusedFile } from './media-source.ts'

const order = v.parse(ImportOrder, JSON.parse(process.argv[2] ?? ''))

/** Whoever is silent is taken to hang; a slow disk is only slow. */
const SIGN_OF_LIFE_MS = 1000
let syncing: NodeJS.Timeout | undefined

try {
  const { inputPath, folder, head } = order
  const { size } = await stat(inputPath)
  await repackage({
    inputPath,
    inputBytes: size,
    folder,
    head,
    onProgress: (percent) => say({ type: 'progress', percent }),
    onWritten() {
      say({ type: 'written' })
      syncing = setInterval(() => say({ type: 'syncing' }), SIGN_OF_LIFE_MS)
    },
  })
} catch (error) {
  // Of a recording that is written already the exit code tells that the disk does not have it.
  say({ type: 'refused', reason: reasonOf(error) })
  process.exitCode = 1
} finally {
  clearInterval(syncing)
}

function say(message: ImportMessage): void {
  process.stdout.write(`${JSON.stringify(message)}\n`)
}

function reasonOf(error: unknown): Extract<ImportMessage, { type: 'refused' }>['reason'] {
  if (error instanceof RefusedFile) return error.reason
  if (!(error instanceof Error)) return 'damaged'
  if ('code' in error && (error.code === 'ENOSPC' || error.code === 'EDQUOT')) return 'disk_full'
  if ('syscall' in error) return 'failed'
  return /encrypt/i.test(error.message) ? 'encrypted' : 'damaged'
}
