/** Whether this edge can do its work, for a supervisor or a load balancer. */
import { Hono } from 'hono'
import type { Platform } from '../ports.ts'

/** Longer than a busy disk takes, shorter than any supervisor waits. */
const LIMIT_MS = 2_000

export function healthRoutes({ clock, database }: Pick<Platform, 'clock' | 'database'>): Hono {
  const app = new Hono()
  app.get('/health', async (c) => {
    c.header('cache-control', 'no-store')
    const stop = new AbortController()
    const isHealthy = await Promise.race([
      database.read({ sql: 'SELECT 1' }).then(
        () => true,
        () => false,
      ),
      clock.sleep(LIMIT_MS, stop.signal).then(
        () => false,
        () => false,
      ),
    ])
    stop.abort()
    return isHealthy ? c.json({ status: 'ok' }) : c.json({ status: 'database_unavailable' }, 503)
  })
  return app
}
