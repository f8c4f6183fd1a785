/** The queue of this page; it goes on when another tab of the studio is opened. */
import { Upload, UploadList } from '../../../shared/contracts/uploads.ts'
import { call, get } from '../../lib/api.ts'
import { warnWhile } from './leave-warning.ts'
import { createUploadQueue, type UploadQueue } from './queue.ts'
import { isSending, onTransfers, startTransfer, transferOf } from './transfers.ts'

const listeners = new Set<() => void>()

export const queue: UploadQueue = createUploadQueue({
  list: async (path) => (await get(path, UploadList)).uploads,
  create: (path, body) => call('POST', path, { body, schema: Upload }),
  send: startTransfer,
  isSending,
  isKnown: (id) => transferOf(id) !== undefined,
  later: (run, delayMs) => void setTimeout(run, delayMs),
  onChange: () => {
    warnWhile('queue', queue.items().length > 0)
    for (const listener of listeners) listener()
  },
})
onTransfers(queue.next)

export function onQueue(listener: () => void): () => void {
  listeners.add(listener)
  return () => void listeners.delete(listener)
}
