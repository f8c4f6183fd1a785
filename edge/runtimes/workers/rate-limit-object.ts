/**
 * Counts events by a name, as `MemoryRateLimiter` does, in the object's own database: an object that rests
 * for a few seconds is put out of memory, and a window lasts longer.
 */
import { DurableObject } from 'cloudflare:workers'
import type { RateLimit } from '../../ports.ts'
import type { Bindings } from './bindings.ts'

/** Windows kept at one time; the oldest are forgotten first. */
const MAX_ROWS = 100_000

export class RateLimitObject extends DurableObject<Bindings> {
  readonly #sql: SqlStorage

  constructor(ctx: DurableObjectState, bindings: Bindings) {
    super(ctx, bindings)
    this.#sql = ctx.storage.sql
    this.#sql.exec(`CREATE TABLE IF NOT EXISTS event (
      place INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL, key TEXT NOT NULL,
      times INTEGER NOT NULL, until INTEGER NOT NULL, UNIQUE (name, key))`)
    this.#sql.exec('CREATE INDEX IF NOT EXISTS event_until ON event (until)')
  }

  /** @returns ms until the key is free again; 0 when the event was within the limit */
  take({ name, max, windowMs }: RateLimit, key: string): number {
    const now = Date.now()
    this.#sql.exec('DELETE FROM event WHERE until <= ?', now)
    const [row] = this.#sql
      .exec<{ times: number; until: number }>(
        'SELECT times, until FROM event WHERE name = ? AND key = ?',
        name,
        key,
      )
      .toArray()
    if (row && row.times >= max) return row.until - now
    if (row) {
      this.#sql.exec('UPDATE event SET times = times + 1 WHERE name = ? AND key = ?', name, key)
      return 0
    }
    const [{ place } = { place: 0 }] = this.#sql
      .exec<{ place: number }>(
        'INSERT INTO event (name, key, times, until) VALUES (?, ?, 1, ?) RETURNING place',
        name,
        key,
        now + windowMs,
      )
      .toArray()
    this.#sql.exec('DELETE FROM event WHERE place <= ?', place - MAX_ROWS)
    return 0
  }

  giveBack({ name }: RateLimit, key: string, times: number): void {
    this.#sql.exec('UPDATE event SET times = times - ? WHERE name = ? AND key = ?', times, name, key)
    this.#sql.exec('DELETE FROM event WHERE name = ? AND key = ? AND times <= 0', name, key)
  }
}
