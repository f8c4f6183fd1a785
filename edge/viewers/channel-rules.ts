/**
 * What a channel demands of its viewers, as this process saw it last: asked for every request, so it is kept for a
 * moment and refreshed beside the requests, not before them.
 */
import type { Visibility } from '../../shared/contracts/channels.ts'
import { AppError } from '../../shared/errors.ts'
import { SLUG_PATTERN } from '../../shared/hls-path.ts'
import type { Platform } from '../ports.ts'
import { hasCap } from './caps.ts'
import { findChannelAudience } from './store.ts'

export interface ChannelRules {
  /** `undefined`: the database has no such channel; the origin has the last word then. */
  readonly channelId: string | undefined
  readonly visibility: Visibility
  /** Only so many may watch, here or on the whole site. */
  readonly isCapped: boolean
}

interface Entry {
  readonly rules: ChannelRules
  readonly askedAt: number
  isAsking: boolean
}

/** How long a change may take to be felt. */
const FRESH_MS = 1_000
/** Older than this nobody is let in by it, unless the database cannot be asked. */
const STALE_MS = 10_000
/** Channels with viewers on one edge; the oldest is forgotten first. */
const MAX_CHANNELS = 4_096
/** Different channels asked for at one time that nothing recent is known of; more are invented names. */
const MAX_ASKING = 64

const UNKNOWN: ChannelRules = { channelId: undefined, visibility: 'public', isCapped: false }

export type ChannelRulesPlatform = Pick<Platform, 'clock' | 'database' | 'waitUntil' | 'forwardDelivery'>

/**
 * @returns by slug; a promise only when nothing recent is known. That one rejects with AppError
 * `database_unavailable`: nobody is let in on a guess.
 */
export function channelRules({
  clock,
  database,
  waitUntil,
  forwardDelivery,
}: ChannelRulesPlatform): (slug: string) => ChannelRules | Promise<ChannelRules> {
  const channels = new Map<string, Entry>()
  /** Apart, so that a series of invented names makes no channel forgotten. */
  const strangers = new Map<string, Entry>()
  const asking = new Map<string, Promise<ChannelRules>>()
  // Where fills must not share a promise, neither must these.
  const mayShare = forwardDelivery === undefined

  return (slug) => {
    const entry = channels.get(slug) ?? strangers.get(slug)
    if (!entry) return SLUG_PATTERN.test(slug) ? ask(slug) : UNKNOWN
    const age = clock.now() - entry.askedAt
    if (age < FRESH_MS) return entry.rules
    if (age >= STALE_MS) return ask(slug)
    if (!entry.isAsking) {
      entry.isAsking = true
      waitUntil(look(slug))
    }
    return entry.rules
  }

  function ask(slug: string): Promise<ChannelRules> {
    if (!mayShare) return look(slug)
    const running = asking.get(slug)
    if (running) return running
    if (asking.size >= MAX_ASKING)
      return Promise.reject(new AppError('database_unavailable', { retryAfterSeconds: 1 }))
    const started = look(slug).finally(() => asking.delete(slug))
    asking.set(slug, started)
    return started
  }

  async function look(slug: string): Promise<ChannelRules> {
    let rules: ChannelRules
    try {
      const found = await findChannelAudience(database, slug)
      rules = found ? { ...found, isCapped: hasCap(found.caps) } : UNKNOWN
    } catch (error) {
      const known = channels.get(slug)
      if (!known) throw error
      // The last answer outlives a database that is down, so that a running broadcast goes on.
      rules = known.rules
    }
    remember(slug, rules)
    return rules
  }

  function remember(slug: string, rules: ChannelRules): void {
    const [entries, others] = rules === UNKNOWN ? [strangers, channels] : [channels, strangers]
    others.delete(slug)
    entries.set(slug, { rules, askedAt: clock.now(), isAsking: false })
    if (entries.size > MAX_CHANNELS) {
      const [oldest] = entries.keys()
      if (oldest !== undefined) entries.delete(oldest)
    }
  }
}
