/**
 * Which broadcasts a channel has or had lately, so that no series of invented ids reaches the origin.
 *
 * An id is known when a multivariant playlist named it, or the database has it. The origin has the last word: it goes
 * on air without the edge when that one cannot be asked, and is then the only one who knows the id.
 */
import type { Clock, Database } from '../ports.ts'
import { findBroadcastIds } from './store.ts'

interface Channel {
  readonly ids: Set<string>
  /** Until then an id that is not among them is refused without asking anybody again. */
  refuseUntil: number
  /** Until then every id passes: the database could not be asked, and a running edge must still deliver. */
  passUntil: number
  asking: Promise<void> | undefined
}

/** What a viewer of a broadcast that has just begun may lose when it began between two looks. */
const REFUSE_MS = 250
const PASS_MS = 1000
/** Of one channel; playlists of ended broadcasts stay at the origin for one window only. */
const MAX_IDS = 32
/** Channels with viewers on one edge; the oldest is forgotten first. */
const MAX_CHANNELS = 4096

export interface KnownBroadcasts {
  /** A promise only when somebody must be asked. Rejects as `namedByOrigin` does. */
  has(slug: string, id: string): boolean | Promise<boolean>
  add(slug: string, ids: readonly string[]): void
}

/** @param namedByOrigin ids in the channel's multivariant playlist; none when it is not on air */
export function createKnownBroadcasts(
  { clock, database }: { clock: Pick<Clock, 'now'>; database: Database },
  namedByOrigin: (slug: string) => Promise<readonly string[]>,
): KnownBroadcasts {
  const channels = new Map<string, Channel>()

  return {
    has(slug, id) {
      const channel = channels.get(slug)
      if (channel?.ids.has(id)) return true
      const now = clock.now()
      if (channel && now < channel.passUntil) return true
      if (channel && now < channel.refuseUntil) return false
      return ask(slug, id, channel ?? remember(slug))
    },
    add(slug, ids) {
      if (ids.length > 0) keep(channels.get(slug) ?? remember(slug), ids)
    },
  }

  async function ask(slug: string, id: string, channel: Channel): Promise<boolean> {
    channel.asking ??= look(slug, id, channel).finally(() => (channel.asking = undefined))
    await channel.asking
    return channel.ids.has(id) || clock.now() < channel.passUntil
  }

  async function look(slug: string, id: string, channel: Channel): Promise<void> {
    try {
      keep(channel, await findBroadcastIds(database, slug, MAX_IDS))
    } catch {
      channel.passUntil = clock.now() + PASS_MS
      return
    }
    if (!channel.ids.has(id)) keep(channel, await namedByOrigin(slug))
    channel.refuseUntil = clock.now() + REFUSE_MS
  }

  function keep(channel: Channel, ids: readonly string[]): void {
    for (const id of ids) channel.ids.add(id)
    for (const oldest of channel.ids) {
      if (channel.ids.size <= MAX_IDS) break
      channel.ids.delete(oldest)
    }
  }

  function remember(slug: string): Channel {
    const channel: Channel = { ids: new Set(), refuseUntil: 0, passUntil: 0, asking: undefined }
    channels.set(slug, channel)
    if (channels.size > MAX_CHANNELS) {
      const [oldest] = channels.keys()
      if (oldest !== undefined) channels.delete(oldest)
    }
    return channel
  }
}

/** Of a multivariant playlist, whose addresses are `BROADCAST/RENDITION/media.m3u8`. */
export function broadcastsIn(multivariant: string): string[] {
  const ids = multivariant.matchAll(/^(?:.*URI=")?([0-9a-z]{26})\//gm)
  return [...new Set(Array.from(ids, ([, id = '']) => id))].slice(0, MAX_IDS)
}
