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

try {
  const { inputPath, folder, head } = order
  const { size } = await stat(inputPath)
  const onProgress = (percent: number) => say({ type: 'progress', percent })
  await repackage({ inputPath, inputBytes: size, folder, head, onProgress })
  say({ type: 'done' })
} catch (error) {
  say({ type: 'refused', reason: reasonOf(error) })
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
