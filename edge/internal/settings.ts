/** What an origin must know of a broadcast that may change while it is on air. */
import type { BroadcastLimits, BroadcastSettings, RestreamTarget } from '../../shared/contracts/internal.ts'

export interface SettingsSources {
  /** By channel. */
  readonly limitsOf: (channelIds: readonly string[]) => Promise<ReadonlyMap<string, BroadcastLimits>>
  readonly restreams: {
    revisions(channelIds: readonly string[]): Promise<ReadonlyMap<string, number>>
    targets(channelId: string): Promise<RestreamTarget[]>
  }
  readonly mayRestreamToPrivate: boolean
}

interface OnAir {
  readonly broadcastId: string
  readonly channelId: string
}

/** Cheap enough for every poll: two reads, whatever is on air, and nothing is decrypted. */
export async function settingsVersions(
  sources: SettingsSources,
  onAir: readonly OnAir[],
): Promise<{ broadcastId: string; version: string }[]> {
  if (onAir.length === 0) return []
  const channelIds = onAir.map(({ channelId }) => channelId)
  const [limits, revisions] = await Promise.all([
    sources.limitsOf(channelIds),
    sources.restreams.revisions(channelIds),
  ])
  return onAir.map(({ broadcastId, channelId }) => ({
    broadcastId,
    version: versionOf(limits.get(channelId), revisions.get(channelId), sources),
  }))
}

export async function broadcastSettings(
  sources: SettingsSources,
  broadcast: OnAir,
): Promise<BroadcastSettings | undefined> {
  const { channelId } = broadcast
  // The version is read first: what changes in between has a newer one, and is fetched again.
  const [named] = await settingsVersions(sources, [broadcast])
  const [limits, restreams] = await Promise.all([
    sources.limitsOf([channelId]),
    sources.restreams.targets(channelId),
  ])
  const allowed = limits.get(channelId)
  if (!named || !allowed) return undefined
  return {
    version: named.version,
    limits: allowed,
    restreams,
    mayRestreamToPrivate: sources.mayRestreamToPrivate,
  }
}

/** The limits themselves, so that nobody has to count their changes. */
function versionOf(
  limits: BroadcastLimits | undefined,
  revision = 0,
  { mayRestreamToPrivate }: Pick<SettingsSources, 'mayRestreamToPrivate'>,
): string {
  const figures = [limits?.maxBitrateBps, limits?.maxResolution, limits?.maxDurationSeconds]
  return [...figures.map((figure) => figure ?? '-'), revision, mayRestreamToPrivate ? 'p' : ''].join('.')
}
