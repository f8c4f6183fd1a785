/** Views of videos, added up in memory and written together: a video that many begin to watch is one row at a time. */
import type { Platform, Statement } from '../ports.ts'

export type ViewCounterPlatform = Pick<
  Platform,
  'clock' | 'config' | 'database' | 'log' | 'stopping' | 'waitUntil'
>

export interface ViewCounter {
  /** Nothing is waited for. */
  count(videoId: string): void
}

/** Of one write; what is beyond waits for the next. */
const MAX_VIDEOS = 500
/** Videos with views that are not written; more are not counted while the database is away. */
const MAX_WAITING = 5000
/** A Worker may be gone with what it was about to write: then another begins. */
const GIVEN_UP_INTERVALS = 10

export function viewCounter(platform: ViewCounterPlatform): ViewCounter {
  const { clock, config, database, log, stopping, waitUntil } = platform
  const intervalMs = config.durations.audience
  const waiting = new Map<string, number>()
  /** When the one that writes must have done so. */
  let writingUntil = 0

  return {
    count(videoId) {
      if (!waiting.has(videoId) && waiting.size >= MAX_WAITING) return
      waiting.set(videoId, (waiting.get(videoId) ?? 0) + 1)
      if (clock.now() < writingUntil) return
      writingUntil = clock.now() + GIVEN_UP_INTERVALS * intervalMs
      waitUntil(writeLater())
    },
  }

  async function writeLater(): Promise<void> {
    // One that stops writes what there is at once.
    await clock.sleep(intervalMs, stopping).catch(() => undefined)
    writingUntil = 0
    const taken = [...waiting].slice(0, MAX_VIDEOS)
    for (const [videoId] of taken) waiting.delete(videoId)
    try {
      await database.write(taken.map(([videoId, count]) => countViews(videoId, count)))
    } catch (error) {
      for (const [videoId, count] of taken) waiting.set(videoId, (waiting.get(videoId) ?? 0) + count)
      log.warn({ cause: String(error) }, 'views are not written yet')
    }
  }
}

function countViews(id: string, count: number): Statement {
  return {
    sql: `UPDATE video SET views = views + ? WHERE id = ? AND state <> 'deleted'`,
    args: [count, id],
  }
}
