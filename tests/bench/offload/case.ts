/** One audience before edges that are on air, and as many before a bare server that releases the same bytes. */
import { loadavg } from 'node:os'
import { cpuSeconds } from '../../support/process-figures.ts'
import { nowNs } from '../bench-messages.ts'
import { percentile, rounded } from '../statistics.ts'
import { type Audience, watch, type Watched } from './audience.ts'
import type { Floor } from './floor.ts'
import { follow } from './live-follower.ts'
import type { Stage } from './stages.ts'

/** The first parts find connections that are being opened. */
const WARM_UP_PARTS = 8
const KINDS = ['part', 'segment', 'delta', 'playlist', 'plain'] as const
type Kind = (typeof KINDS)[number]

export interface OffloadCase {
  readonly runtime: Stage['runtime']
  readonly edges: number
  readonly viewers: number
  /** Mean over all addresses but those of playlists that rightly age, of each edge. */
  readonly origin_requests_per_url: number
  /** The most that one edge asked for one address. */
  readonly most_by_kind: Readonly<Record<Kind, number>>
  readonly urls_by_kind: Readonly<Record<Kind, number>>
  /** From the part's bytes being there to the last viewer having them, over the parts. */
  readonly late_p50_ms: number
  readonly late_p99_ms: number
  readonly floor_late_p50_ms: number
  readonly floor_late_p99_ms: number
  /** CPU time of all edges for one viewer who follows for one second. */
  readonly edge_cpu_us_per_viewer_s: number | null
  /** The busiest process of viewers, of its own time: near 1, they themselves are late. */
  readonly viewers_busy: number
  readonly floor_viewers_busy: number
  readonly failures: number
  readonly load_average: number
}

export async function measureCase(stage: Stage, floor: Floor, audience: Audience): Promise<OffloadCase> {
  const { viewers } = audience
  const { runtime, urls, proxies, playlist, pids } = stage
  for (const proxy of proxies) {
    proxy.counts.clear()
    proxy.answeredAt.clear()
  }
  const spentCpuSeconds = () => pids.reduce((sum, pid) => sum + cpuSeconds(pid), 0)
  const before = { cpuSeconds: spentCpuSeconds(), at: nowNs() }
  const ours = await watch(audience, playlist, urls)
  const viewerSeconds = (viewers * (nowNs() - before.at)) / 1e9
  const cpuMicroseconds = (spentCpuSeconds() - before.cpuSeconds) * 1e6
  const counts = proxies.flatMap((proxy) =>
    [...proxy.counts]
      .filter(([target]) => target.startsWith('/live/'))
      .map(([target, count]) => ({ kind: kindOf(target), count })),
  )
  const late = latenessOf(ours.parts, (target) =>
    // With two edges the bytes are there when the second has them too.
    Math.max(...proxies.map(({ answeredAt }) => answeredAt.get(target) ?? Number.NaN)),
  )
  const bare = await measureFloor(stage, floor, audience)
  return {
    runtime,
    edges: urls.length,
    viewers,
    origin_requests_per_url: rounded(
      mean(counts.filter(({ kind }) => kind !== 'plain').map(({ count }) => count)),
    ),
    most_by_kind: byKind((kind) =>
      Math.max(0, ...counts.filter((each) => each.kind === kind).map(({ count }) => count)),
    ),
    urls_by_kind: byKind((kind) => counts.filter((each) => each.kind === kind).length),
    late_p50_ms: rounded(percentile(late, 0.5), 1),
    late_p99_ms: rounded(percentile(late, 0.99), 1),
    floor_late_p50_ms: rounded(percentile(bare.late, 0.5), 1),
    floor_late_p99_ms: rounded(percentile(bare.late, 0.99), 1),
    edge_cpu_us_per_viewer_s: pids.length > 0 ? rounded(cpuMicroseconds / viewerSeconds, 0) : null,
    viewers_busy: rounded(ours.busy, 2),
    floor_viewers_busy: rounded(bare.busy, 2),
    failures: ours.failures + bare.failures,
    load_average: rounded(loadavg()[0] ?? Number.NaN, 1),
  }
}

/** One viewer of the edge hands the floor what it gets. */
async function measureFloor(
  { urls, playlist }: Stage,
  floor: Floor,
  audience: Audience,
): Promise<Omit<Watched, 'parts'> & { readonly late: number[] }> {
  const releasedAt = new Map<string, number>()
  floor.clear()
  const watched = watch(audience, playlist, [floor.url])
  const leaders = [true, false].map((asksForDeltas) =>
    follow({
      baseUrl: urls[0] ?? '',
      playlist,
      // Their last answers let the others end too.
      parts: audience.parts + 1,
      asksForDeltas,
      onAnswer(target, body) {
        if (releasedAt.has(target)) return
        releasedAt.set(target, nowNs())
        floor.release(target, body)
      },
      onFailure() {},
    }),
  )
  const [{ parts, ...rest }] = await Promise.all([watched, ...leaders])
  return { ...rest, late: latenessOf(parts, (target) => releasedAt.get(target) ?? Number.NaN) }
}

/** In ms, of each part after the first ones that everybody was waiting for. */
function latenessOf(parts: Watched['parts'], availableAt: (target: string) => number): number[] {
  const everybody = Math.max(...parts.map(({ viewers }) => viewers))
  return parts
    .filter(({ viewers }) => viewers === everybody)
    .slice(WARM_UP_PARTS)
    .map(({ target, lastAt }) => (lastAt - availableAt(target)) / 1e6)
    .filter((ms) => !Number.isNaN(ms))
}

function kindOf(target: string): Kind {
  if (target.includes('/part.')) return 'part'
  if (target.includes('/seg.') || target.includes('/init.')) return 'segment'
  if (target.includes('_HLS_skip')) return 'delta'
  return target.includes('_HLS_msn') ? 'playlist' : 'plain'
}

function byKind(figure: (kind: Kind) => number): Record<Kind, number> {
  return Object.fromEntries(KINDS.map((kind) => [kind, figure(kind)])) as Record<Kind, number>
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}
