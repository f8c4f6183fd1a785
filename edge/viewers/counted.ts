/** The audience of one process or object, counted into the database: a row for each channel and interval. */
import { ulid } from '../../shared/ids.ts'
import type { Platform } from '../ports.ts'
import { AudienceRoom } from './audience.ts'
import { countAudience, othersAudience } from './store.ts'

/** How long a row is believed, in intervals: one more than its edge takes for the next. */
const FRESH_INTERVALS = 2.5

export function freshSince(nowMs: number, intervalMs: number): number {
  return nowMs - FRESH_INTERVALS * intervalMs
}

/** Its rows carry an id of its own, so that edges on one database add up. */
export function countedAudience({
  clock,
  config,
  database,
  random,
  log,
  waitUntil,
}: Pick<Platform, 'clock' | 'config' | 'database' | 'random' | 'log' | 'waitUntil'>): AudienceRoom {
  const edgeId = ulid(clock.now(), random.bytes)
  const intervalMs = config.durations.audience
  return new AudienceRoom({
    clock,
    log,
    waitUntil,
    intervalMs,
    async report(room, nowMs) {
      const sizes = room.sizes()
      if (sizes.size === 0) return
      await database.write(countAudience({ edgeId, sizes, nowMs, sinceMs: freshSince(nowMs, intervalMs) }))
    },
    others: (channelId, nowMs) =>
      othersAudience(database, { edgeId, channelId, sinceMs: freshSince(nowMs, intervalMs) }),
  })
}
