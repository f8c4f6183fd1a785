/** What an admin allows: the installation's limits, or a channel's own instead. */
import type { BroadcastLimits } from '../../shared/contracts/internal.ts'
import type { Database, SqlValue } from '../ports.ts'
import { INSTALLATION_LIMITS, readLimits, type AllLimits } from './store.ts'

/** Own limits stand instead of the installation's, all three: "none" is a choice too. */
function limitsFor({ installation, byChannel }: AllLimits, channelId: string): BroadcastLimits {
  const { maxBitrateBps, maxResolution, maxDurationSeconds } = byChannel.get(channelId) ?? installation
  return { maxBitrateBps, maxResolution, maxDurationSeconds }
}

export type LimitsOf = (channelIds: readonly string[]) => Promise<ReadonlyMap<string, BroadcastLimits>>

/** The limits of channels, by id, with one read for all of them. */
export function limitsReader({ database }: { readonly database: Database }): LimitsOf {
  return async (channelIds) => {
    const all = await readLimits(database, channelIds)
    return new Map(channelIds.map((id) => [id, limitsFor(all, id)]))
  }
}

/**
 * A condition for the write that opens a broadcast: room for one more. A broadcast whose grace time is over
 * takes none, also when its origin died and nobody ended it.
 */
export function roomForBroadcast({ onAirSince }: { readonly onAirSince: number }): {
  readonly sql: string
  readonly args: readonly SqlValue[]
} {
  return {
    sql: `(SELECT COUNT(*) FROM broadcast WHERE state <> 'ended' AND lease_until >= ?) < COALESCE(
            (SELECT json_extract(value, '$.maxBroadcasts') FROM setting WHERE name = ?), 9e15)`,
    args: [onAirSince, INSTALLATION_LIMITS],
  }
}
