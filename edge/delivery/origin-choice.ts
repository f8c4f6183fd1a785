/** Which origin has a channel's broadcast. */
import { AppError } from '../../shared/errors.ts'
import type { EdgeConfig } from '../config.ts'
import type { Clock, Database } from '../ports.ts'
import { findOriginId } from './store.ts'

export interface Origin {
  readonly id: string
  readonly url: string
}

interface Known {
  originId: string | undefined
  freshUntil: number
  refreshing: Promise<string | undefined> | undefined
}

/** A broadcast may move to another origin; a second is what a viewer would not notice. */
const FRESH_MS = 1000
/** Channels with viewers on one edge; the oldest is forgotten first. */
const MAX_KNOWN = 4096

/**
 * One configured origin needs no database at all. With several, the last answer outlives a database that
 * is down, so that a running edge still delivers.
 * @returns a function that throws AppError `stream_offline` for a channel that was never on air
 */
export function createOriginChoice({
  config,
  clock,
  database,
}: {
  config: Pick<EdgeConfig, 'origins'>
  clock: Pick<Clock, 'now'>
  database: Database
}): (slug: string) => Promise<Origin> {
  const [only] = config.origins
  if (!only) throw new TypeError('At least one origin must be configured')
  if (config.origins.length === 1) return () => Promise.resolve(only)
  const known = new Map<string, Known>()

  return async (slug) => {
    const originId = await currentOriginId(slug)
    const origin = config.origins.find(({ id }) => id === originId)
    if (origin) return origin
    // Credentials go only to configured addresses, so an unknown id is as good as unreachable.
    throw new AppError(originId === undefined ? 'stream_offline' : 'origin_unreachable')
  }

  async function currentOriginId(slug: string): Promise<string | undefined> {
    const entry = known.get(slug) ?? remember(slug)
    if (clock.now() < entry.freshUntil) return entry.originId
    entry.refreshing ??= refresh(slug, entry)
    return entry.refreshing
  }

  function remember(slug: string): Known {
    const entry: Known = { originId: undefined, freshUntil: 0, refreshing: undefined }
    known.set(slug, entry)
    if (known.size > MAX_KNOWN) {
      const [oldest] = known.keys()
      if (oldest !== undefined) known.delete(oldest)
    }
    return entry
  }

  async function refresh(slug: string, entry: Known): Promise<string | undefined> {
    try {
      entry.originId = await findOriginId(database, slug)
      entry.freshUntil = clock.now() + FRESH_MS
    } catch (error) {
      if (entry.originId === undefined) throw error
      entry.freshUntil = clock.now() + FRESH_MS
    } finally {
      entry.refreshing = undefined
    }
    return entry.originId
  }
}
