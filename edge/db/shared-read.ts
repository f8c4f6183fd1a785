/**
 * What a whole audience asks for at the same time is read once in a moment, however many ask. Only for what is the same
 * for everybody: who may have it is asked of each, after the read.
 */
import type { Platform } from '../ports.ts'

export interface SharedReadOptions<T> {
  readonly maxKeys: number
  /** Absent: the setting for all. 0: only those share that ask at the same time. */
  readonly maxAgeMs?: number
  /** Bounded in time. `undefined`, as a failure, is not kept: nobody fills this with names that he made up. */
  readonly read: (key: string) => Promise<T | undefined>
}

interface Entry<T> {
  readonly value: T
  readonly readAt: number
  /** When somebody went to read it again. */
  askedAt: number
}

/**
 * Where nobody may wait for another, those who come while one reads again get what was known before: at most twice as
 * old as it may be elsewhere.
 */
export function sharedRead<T>(
  { clock, config, forwardDelivery }: Pick<Platform, 'clock' | 'config' | 'forwardDelivery'>,
  { maxKeys, maxAgeMs = config.durations.sharedRead, read }: SharedReadOptions<T>,
): (key: string) => Promise<T | undefined> {
  // Where fills must not share a promise, neither must these.
  const mayWait = forwardDelivery === undefined
  const entries = new Map<string, Entry<T>>()
  const reading = new Map<string, Promise<T | undefined>>()

  return (key) => {
    const now = clock.now()
    const entry = entries.get(key)
    if (entry && isYounger(entry.readAt, now)) return Promise.resolve(entry.value)
    if (!mayWait) {
      const isBeingRead = entry !== undefined && isYounger(entry.askedAt, now)
      if (isBeingRead && now - entry.readAt < 2 * maxAgeMs) return Promise.resolve(entry.value)
      if (entry) entry.askedAt = now
      return readNow(key)
    }
    const running = reading.get(key)
    if (running) return running
    const started = readNow(key)
    if (reading.size < maxKeys) {
      reading.set(key, started)
      const release = (): void => void reading.delete(key)
      started.then(release, release)
    }
    return started
  }

  /** A clock that was put back makes nothing young again. */
  function isYounger(since: number, now: number): boolean {
    return since <= now && now - since < maxAgeMs
  }

  async function readNow(key: string): Promise<T | undefined> {
    // What it says may be as old as the question.
    const readAt = clock.now()
    const value = await read(key)
    entries.delete(key)
    if (value === undefined || maxAgeMs === 0) return value
    entries.set(key, { value, readAt, askedAt: readAt })
    if (entries.size > maxKeys) {
      const [oldest] = entries.keys()
      if (oldest !== undefined) entries.delete(oldest)
    }
    return value
  }
}
