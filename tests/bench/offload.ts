/**
 * What an audience costs the origin, and how late its last viewer is: viewers follow a real low-latency stream
 * with blocking reloads, most of them for delta updates, through one edge and through two, on Node and on Workers.
 * Beside each case a bare server of the same runtime releases the same bytes to as many.
 */
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { loadavg } from 'node:os'
import { join } from 'node:path'
import { LiveState } from '../../shared/contracts/channels.ts'
import { ApiClient } from '../support/api-client.ts'
import { type CountingProxy, startCountingProxy } from '../support/counting-proxy.ts'
import { startEncoder } from '../support/encoder.ts'
import { eventually } from '../support/eventually.ts'
import { healthy, type Installation, startPanggung } from '../support/installation.ts'
import { issueKey, makeStreamer } from '../support/people.ts'
import { TestProcess } from '../support/process.ts'
import { cpuSeconds } from '../support/process-figures.ts'
import { migrateDatabase, startLibsqlServer } from '../support/sqld.ts'
import { startWorkerd } from '../support/workerd.ts'
import { startWorkerInstallation } from '../support/worker-installation.ts'
import { nowNs } from './bench-messages.ts'
import { follow } from './live-follower.ts'
import type { OffloadMessage } from './offload-messages.ts'
import { percentile, rounded } from './statistics.ts'

const PARTS = 40
/** The first parts find connections that are being opened. */
const WARM_UP_PARTS = 8
const NODE_CASES = [
  { edges: 1, viewers: 1 },
  { edges: 1, viewers: 100 },
  { edges: 1, viewers: 1000 },
  { edges: 2, viewers: 100 },
  { edges: 2, viewers: 1000 },
] as const
const WORKER_VIEWERS = 100
/** One process alone falls behind a large audience. */
const VIEWERS_PER_PROCESS = 500
/** Long enough for delta updates. */
const WINDOW_SECONDS = '60'
const ENCODER = { videoKilobits: 150, options: ['-b:a', '48k'] } as const
const KINDS = ['part', 'segment', 'delta', 'playlist', 'plain'] as const
type Kind = (typeof KINDS)[number]

/** Edges that are on air, each behind a proxy of its own that counts. */
interface Stage {
  readonly runtime: 'node' | 'workers'
  readonly urls: readonly string[]
  readonly proxies: readonly CountingProxy[]
  readonly playlist: string
  /** Of the edges, where they are processes of their own. */
  readonly pids: readonly number[]
}

interface OffloadCase {
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

export async function measureOffload(): Promise<{ cases: OffloadCase[] }> {
  const cases = [...(await withFloor(startNodeFloor, onNode)), await withFloor(startWorkerFloor, onWorkers)]
  for (const each of cases) console.log(JSON.stringify(each))
  return { cases }
}

async function withFloor<T>(start: () => Promise<Floor>, run: (floor: Floor) => Promise<T>): Promise<T> {
  const floor = await start()
  try {
    return await run(floor)
  } finally {
    await floor.stop()
  }
}

async function onNode(floor: Floor): Promise<OffloadCase[]> {
  const database = await startLibsqlServer()
  const stops: (() => Promise<unknown>)[] = [() => database.stop()]
  try {
    await migrateDatabase(database.url)
    let originUrl = ''
    const here = await startCountingProxy(() => originUrl)
    const there = await startCountingProxy(() => originUrl)
    stops.push(
      () => here.close(),
      () => there.close(),
    )
    const env = {
      DATABASE_URL: database.url,
      LOG_LEVEL: 'warn',
      OUTBOX_POLL_MS: '250',
      HLS_WINDOW_SECONDS: WINDOW_SECONDS,
    }
    const installation = await startPanggung({ env: { ...env, ORIGINS: `main=${asElsewhere(here.url)}` } })
    stops.push(() => installation.stop())
    originUrl = installation.originUrl
    const second = await startSecondEdge(installation, { ...env, ORIGINS: `main=${there.url}` })
    stops.push(() => second.stop())
    return await onAir(installation, async (playlist) => {
      await hasDeltas(installation.url, playlist)
      const cases: OffloadCase[] = []
      for (const { edges, viewers } of NODE_CASES) {
        const urls = [installation.url, second.url].slice(0, edges)
        const proxies = [here, there].slice(0, edges)
        const pids = [installation.server.pid, second.pid].slice(0, edges)
        cases.push(await measureCase({ runtime: 'node', urls, proxies, playlist, pids }, floor, viewers))
      }
      return cases
    })
  } finally {
    for (const stop of stops.toReversed()) await stop()
  }
}

/** The same address, not spelled as one of this machine: there `npm start` would expect the origin itself. */
function asElsewhere(url: string): string {
  return url.replace('127.0.0.1', '[::ffff:127.0.0.1]')
}

async function onWorkers(floor: Floor): Promise<OffloadCase> {
  const installation = await startWorkerInstallation({}, startWorkerd)
  try {
    return await onAir(installation, (playlist) =>
      measureCase(
        { runtime: 'workers', urls: [installation.url], proxies: [installation.proxy], playlist, pids: [] },
        floor,
        WORKER_VIEWERS,
      ),
    )
  } finally {
    await installation.stop()
  }
}

async function startSecondEdge(
  { dataDir }: Installation,
  env: Readonly<Record<string, string>>,
): Promise<{ url: string; pid: number; stop: () => Promise<void> }> {
  const server = new TestProcess({
    name: 'second edge',
    command: process.execPath,
    args: ['edge/runtimes/node/main.ts'],
    env: { HOST: '127.0.0.1', PORT: '0', DATA_DIR: dataDir, ...env },
  })
  try {
    const [, port] = await server.sees(/on port (\d+)/)
    const url = `http://127.0.0.1:${port}`
    await healthy(server, url)
    return { url, pid: server.pid, stop: () => server.stop() }
  } catch (error) {
    server.kill()
    throw error
  }
}

async function onAir<T>(
  { url, rtmpUrl, admin }: Pick<Installation, 'url' | 'rtmpUrl' | 'admin'>,
  run: (playlist: string) => Promise<T>,
): Promise<T> {
  const streamer = await makeStreamer(url, admin)
  const { streamKey } = await issueKey(streamer, streamer.slug)
  const encoder = startEncoder(`${rtmpUrl}/${streamKey}`, ENCODER)
  try {
    const playlist = await eventually(
      'the broadcast is on air',
      async () => {
        const live = await new ApiClient(url).get(`/api/channels/${streamer.slug}/live`, LiveState)
        return live.playlist !== null && (await fetch(url + live.playlist)).ok ? live.playlist : undefined
      },
      { deadlineMs: 60_000 },
    )
    return await run(playlist)
  } finally {
    await encoder.stop('SIGINT')
  }
}

/** Delta updates leave something out once the playlist is long enough. */
async function hasDeltas(url: string, playlist: string): Promise<void> {
  const index = await (await fetch(url + playlist)).text()
  const variant = index.split('\n').find((line) => line !== '' && !line.startsWith('#'))
  const media = new URL(variant ?? '', url + playlist).href
  await eventually(
    'delta updates skip segments',
    async () => (await (await fetch(`${media}?_HLS_skip=YES`)).text()).includes('#EXT-X-SKIP'),
    { deadlineMs: 120_000 },
  )
}

async function measureCase(stage: Stage, floor: Floor, viewers: number): Promise<OffloadCase> {
  const { runtime, urls, proxies, playlist, pids } = stage
  for (const proxy of proxies) {
    proxy.counts.clear()
    proxy.answeredAt.clear()
  }
  const spentCpuSeconds = () => pids.reduce((sum, pid) => sum + cpuSeconds(pid), 0)
  const before = { cpuSeconds: spentCpuSeconds(), at: nowNs() }
  const ours = await startViewers(playlist, viewers, urls).watched()
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
  const bare = await measureFloor(stage, floor, viewers)
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
  viewers: number,
): Promise<Omit<Watched, 'parts'> & { readonly late: number[] }> {
  const releasedAt = new Map<string, number>()
  floor.clear()
  const audience = startViewers(playlist, viewers, [floor.url])
  const leaders = [true, false].map((asksForDeltas) =>
    follow({
      baseUrl: urls[0] ?? '',
      playlist,
      // Their last answers let the others end too.
      parts: PARTS + 1,
      asksForDeltas,
      onAnswer(target, body) {
        if (releasedAt.has(target)) return
        releasedAt.set(target, nowNs())
        floor.release(target, body)
      },
      onFailure() {},
    }),
  )
  const [{ parts, ...rest }] = await Promise.all([audience.watched(), ...leaders])
  return { ...rest, late: latenessOf(parts, (target) => releasedAt.get(target) ?? Number.NaN) }
}

type Watched = Omit<Extract<OffloadMessage, { type: 'watched' }>, 'type'>

function startViewers(
  playlist: string,
  viewers: number,
  urls: readonly string[],
): { watched(): Promise<Watched> } {
  const processes = Math.ceil(viewers / VIEWERS_PER_PROCESS)
  const children = Array.from({ length: processes }, (_each, index) => {
    const share = Math.floor(viewers / processes) + (index < viewers % processes ? 1 : 0)
    return fork(
      join(import.meta.dirname, 'offload-viewers.ts'),
      [playlist, String(PARTS), String(share), ...urls],
      { serialization: 'advanced' },
    )
  })
  return {
    watched: async () => together(await Promise.all(children.map((child) => heard(child, 'watched')))),
  }
}

function together(processes: readonly Watched[]): Watched {
  const parts = new Map<string, Watched['parts'][number]>()
  for (const { target, lastAt, viewers } of processes.flatMap((each) => each.parts)) {
    const others = parts.get(target) ?? { lastAt: 0, viewers: 0 }
    parts.set(target, {
      target,
      lastAt: Math.max(lastAt, others.lastAt),
      viewers: viewers + others.viewers,
    })
  }
  return {
    parts: [...parts.values()],
    failures: processes.reduce((sum, { failures }) => sum + failures, 0),
    busy: Math.max(...processes.map(({ busy }) => busy)),
  }
}

interface Floor {
  readonly url: string
  /** From now on this is the answer for this address. */
  release(target: string, body: Uint8Array): void
  /** Forgets everything. */
  clear(): void
  stop(): Promise<void>
}

async function startNodeFloor(): Promise<Floor> {
  const child = fork(join(import.meta.dirname, 'peers/release-floor.ts'), [], { serialization: 'advanced' })
  const { port } = await heard(child, 'ready')
  const send = (message: OffloadMessage) => void child.send(message)
  return {
    url: `http://127.0.0.1:${port}`,
    release: (target, body) => send({ type: 'release', target, body }),
    clear: () => send({ type: 'clear' }),
    async stop() {
      const ended = once(child, 'exit')
      child.kill()
      await ended
    },
  }
}

/** For one case: addresses do not come again. */
async function startWorkerFloor(): Promise<Floor> {
  const worker = await startWorkerd({}, join(import.meta.dirname, 'peers/release-floor-worker.toml'))
  return {
    url: worker.url,
    release: (target, body) =>
      void fetch(worker.url + target, { method: 'PUT', body: new Uint8Array(body) }).catch((error: unknown) =>
        console.error('The floor was not reached', error),
      ),
    clear() {},
    stop: () => worker.stop(),
  }
}

function heard<T extends OffloadMessage['type']>(
  child: ChildProcess,
  type: T,
): Promise<Extract<OffloadMessage, { type: T }>> {
  const { promise, resolve, reject } = Promise.withResolvers<Extract<OffloadMessage, { type: T }>>()
  child.on('message', (message: OffloadMessage) => {
    if (message.type === type) resolve(message as Extract<OffloadMessage, { type: T }>)
  })
  child.once('exit', (code) => reject(new Error(`A process of the bench ended with ${code}`)))
  return promise
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
