/**
 * The time that counts for announced videos: the one in which somebody looked. A clock that jumps, and weeks in which
 * nothing ran, are no time in which an owner could have read a warning; the announced dates move along.
 */
import { integerOrNull } from '../db/row.ts'
import type { Database, Statement } from '../ports.ts'

/** Between two looks: a night in which nothing runs still counts, a year that a clock has jumped does not. */
const MAX_UNSEEN_MS = 12 * 3_600_000

/** @returns how far announced dates must be moved; 0 for time that passed as it does */
export function jumpOf(sinceLookMs: number, warningMs: number): number {
  // No jump may take more than half of a warning.
  const unseenMs = Math.min(MAX_UNSEEN_MS, warningMs / 2)
  if (Math.abs(sinceLookMs) <= unseenMs) return 0
  return Math.round(sinceLookMs - Math.sign(sinceLookMs) * unseenMs)
}

/** Moves what is announced, once for each jump, also when edges that share a database look at once. */
export async function followClock(database: Database, nowMs: number, warningMs: number): Promise<void> {
  const [row] = await database.read({
    sql: `SELECT (SELECT looked_at FROM video_rule_look) AS looked_at
          WHERE EXISTS (SELECT 1 FROM video WHERE state = 'ready' AND delete_after IS NOT NULL)`,
  })
  // Nobody waits for a date.
  if (!row) return
  const lookedAt = integerOrNull(row, 'looked_at') ?? nowMs
  const jumpMs = jumpOf(nowMs - lookedAt, warningMs)
  await database.write([...(jumpMs === 0 ? [] : [moveAnnounced(jumpMs, lookedAt)]), noteLook(nowMs)])
}

/** To be written with the first announcement. */
export function noteLook(nowMs: number): Statement {
  return {
    sql: `INSERT INTO video_rule_look (id, looked_at) VALUES (1, ?)
          ON CONFLICT (id) DO UPDATE SET looked_at = excluded.looked_at`,
    args: [nowMs],
  }
}

function moveAnnounced(jumpMs: number, lookedAt: number): Statement {
  return {
    sql: `UPDATE video SET delete_after = delete_after + ?
          WHERE state = 'ready' AND delete_after IS NOT NULL
            AND EXISTS (SELECT 1 FROM video_rule_look WHERE looked_at = ?)`,
    args: [jumpMs, lookedAt],
  }
}
