/**
 * Who watches now, by their tokens: no cookie, no write for a request. A request only sets a time; once an interval
 * whoever comes by takes what was seen further, so that nothing runs where nobody watches.
 */
import type { Audience, AudienceCaps, Clock, Log, Platform, Watcher } from '../ports.ts'

/** How long a viewer counts after the last request, in intervals. */
const PRESENT_INTERVALS = 2
/**
 * Counted of one address: whoever makes up viewers cannot make up more. A mobile network that shares an address
 * among more of them is undercounted.
 */
const MAX_PER_NEIGHBOURHOOD = 250
/** Places at one time; the rest watch uncounted. */
const MAX_PLACES = 200_000

/** What one process or object saw. */
export interface Sighting {
  readonly channelId: string
  readonly viewerId: string
  readonly neighbourhood: string
}

export interface AudienceOptions {
  readonly clock: Pick<Clock, 'now'>
  readonly log: Log
  readonly waitUntil: Platform['waitUntil']
  readonly intervalMs: number
  /** Takes further what was seen; asked once an interval, while somebody watches or just did. */
  readonly report: (room: AudienceRoom, nowMs: number) => Promise<void>
  /** Viewers that other edges count, of the channel and of all channels. Asked only where there is a limit. */
  readonly others?: (channelId: string, nowMs: number) => Promise<{ channel: number; site: number }>
}

export class AudienceRoom implements Audience {
  readonly #options: AudienceOptions
  readonly #channels = new Map<string, Map<string, Watcher>>()
  #places = 0
  #reportAt: number

  constructor(options: AudienceOptions) {
    this.#options = options
    this.#reportAt = options.clock.now() + options.intervalMs
  }

  see(watcher: Watcher): void {
    const now = this.#options.clock.now()
    watcher.seenAt = now
    if (!watcher.isCounted) this.#place(watcher)
    if (now >= this.#reportAt) this.#report(now)
  }

  async admit(watcher: Watcher, caps: AudienceCaps): Promise<boolean> {
    if (caps.channel === null && caps.site === null) return true
    // Asked first, so that nobody else takes the place between the look and the step.
    const others = (await this.#options.others?.(watcher.channelId, this.#options.clock.now())) ?? NOBODY
    const isHere = this.#channels.get(watcher.channelId)?.has(watcher.viewerId) === true
    const isFull =
      isReached(caps.channel, others.channel + this.size(watcher.channelId)) ||
      isReached(caps.site, others.site + this.totalSize())
    if (isFull && !isHere) return false
    this.see({ ...watcher, isCounted: false })
    return true
  }

  /** Viewers of a channel who are here now. */
  size(channelId: string): number {
    const watchers = this.#channels.get(channelId)
    return watchers ? audienceSize(watchers.values(), this.#since()) : 0
  }

  totalSize(): number {
    let total = 0
    for (const channelId of this.#channels.keys()) total += this.size(channelId)
    return total
  }

  /** By channel, those with nobody left included. Whoever has gone is forgotten. */
  sizes(): Map<string, number> {
    const since = this.#since()
    const sizes = new Map<string, number>()
    for (const [channelId, watchers] of this.#channels) {
      sizes.set(channelId, audienceSize(watchers.values(), since))
      for (const watcher of watchers.values()) if (watcher.seenAt < since) this.#forget(watchers, watcher)
      if (watchers.size === 0) this.#channels.delete(channelId)
    }
    return sizes
  }

  /** Everybody who was seen within the last interval. */
  sightings(): Sighting[] {
    const since = this.#options.clock.now() - this.#options.intervalMs
    const seen: Sighting[] = []
    for (const watchers of this.#channels.values())
      for (const { channelId, viewerId, neighbourhood, seenAt } of watchers.values())
        if (seenAt >= since) seen.push({ channelId, viewerId, neighbourhood })
    return seen
  }

  /** A second token of the same viewer, after a renewal, is the same place. */
  #place(watcher: Watcher): void {
    let watchers = this.#channels.get(watcher.channelId)
    if (!watchers) this.#channels.set(watcher.channelId, (watchers = new Map()))
    const before = watchers.get(watcher.viewerId)
    if (!before && this.#places >= MAX_PLACES) return
    if (before) before.isCounted = false
    else this.#places++
    watchers.set(watcher.viewerId, watcher)
    watcher.isCounted = true
  }

  #forget(watchers: Map<string, Watcher>, watcher: Watcher): void {
    watchers.delete(watcher.viewerId)
    watcher.isCounted = false
    this.#places--
  }

  #since(): number {
    return this.#options.clock.now() - PRESENT_INTERVALS * this.#options.intervalMs
  }

  #report(nowMs: number): void {
    const { intervalMs, report, waitUntil, log } = this.#options
    this.#reportAt = nowMs + intervalMs
    waitUntil(
      report(this, nowMs).catch((error: unknown) => {
        // Told again in a moment; nobody watches less for it.
        log.warn({ cause: String(error) }, 'the audience was not counted')
      }),
    )
  }
}

const NOBODY = { channel: 0, site: 0 } as const

function isReached(cap: number | null, viewers: number): boolean {
  return cap !== null && viewers >= cap
}

export function audienceSize(
  watchers: Iterable<Pick<Watcher, 'neighbourhood' | 'seenAt'>>,
  sinceMs: number,
): number {
  const byNeighbourhood = new Map<string, number>()
  let size = 0
  for (const { neighbourhood, seenAt } of watchers) {
    if (seenAt < sinceMs) continue
    const neighbours = byNeighbourhood.get(neighbourhood) ?? 0
    byNeighbourhood.set(neighbourhood, neighbours + 1)
    if (neighbours < MAX_PER_NEIGHBOURHOOD) size++
  }
  return size
}
