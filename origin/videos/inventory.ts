/**
 * Compares what the edge lists with what is here: a video whose disk was lost is brought back from object storage, or
 * reported as missing, so that no page leads to it.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import type { EdgeHttp } from '../edge-client/edge-http.ts'
import { errorKind, type Log, name } from '../observe/log.ts'

export interface InventoryOptions {
  readonly edge: Pick<EdgeHttp, 'knownVideos'>
  /** @returns false when it is not here, and not to be had  @throws the disk's or the storage's error */
  readonly has: (videoId: string) => Promise<boolean>
  readonly onMissing: (videoId: string) => void
  readonly everyMs: number
  /** After the edge could not be asked. */
  readonly retryMs: number
  readonly signal: AbortSignal
  readonly log: Log
}

/** Resolves once the signal is aborted. */
export async function watchInventory(options: InventoryOptions): Promise<void> {
  const { everyMs, retryMs, signal } = options
  while (!signal.aborted) {
    const isDone = await compare(options)
    await sleep(isDone ? everyMs : retryMs, undefined, { signal }).catch(() => undefined)
  }
}

/** @returns false when the edge could not be asked for all of it */
async function compare({ edge, has, onMissing, signal, log }: InventoryOptions): Promise<boolean> {
  for (let after = ''; !signal.aborted;) {
    const answer = await edge.knownVideos(after)
    // An edge that is older than this origin knows no such list.
    if (answer.kind === 'refused') return true
    if (answer.kind === 'unreachable') return false
    const { ids } = answer.value
    for (const videoId of ids) {
      if (signal.aborted) return true
      try {
        if (!(await has(videoId))) onMissing(videoId)
      } catch (error) {
        // A disk or a storage that does not answer says nothing about what is on it.
        log.warn('video cannot be looked at', { video: name(videoId), error: errorKind(error) })
      }
    }
    const last = ids.at(-1)
    if (last === undefined) return true
    after = last
  }
  return true
}
