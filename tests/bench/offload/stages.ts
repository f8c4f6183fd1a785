/** Puts a real low-latency stream on air, with edges that each ask the origin through a proxy which counts. */
import { LiveState } from '../../../shared/contracts/channels.ts'
import { ApiClient } from '../../support/api-client.ts'
import { type CountingProxy, startCountingProxy } from '../../support/counting-proxy.ts'
import { startEncoder } from '../../support/encoder.ts'
import { eventually } from '../../support/eventually.ts'
import { healthy, type Installation, startPanggung } from '../../support/installation.ts'
import { issueKey, makeStreamer } from '../../support/people.ts'
import { TestProcess } from '../../support/process.ts'
import { migrateDatabase, startLibsqlServer } from '../../support/sqld.ts'
import { startWorkerd } from '../../support/workerd.ts'
import { startWorkerInstallation } from '../../support/worker-installation.ts'

/** Long enough for delta updates. */
const WINDOW_SECONDS = '60'
const ENCODER = { videoKilobits: 150, options: ['-b:a', '48k'] } as const

/** Edges that are on air, each behind a proxy of its own that counts. */
export interface Stage {
  readonly runtime: 'node' | 'workers'
  readonly urls: readonly string[]
  readonly proxies: readonly CountingProxy[]
  readonly playlist: string
  /** Of the edges, where they are processes of their own. */
  readonly pids: readonly number[]
}

/** @param run is given the first edge, or both */
export async function onNode(run: (stageOf: (edges: number) => Stage) => Promise<void>): Promise<void> {
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
    await onAir(installation, async (playlist) => {
      await hasDeltas(installation.url, playlist)
      await run((edges) => ({
        runtime: 'node',
        urls: [installation.url, second.url].slice(0, edges),
        proxies: [here, there].slice(0, edges),
        playlist,
        pids: [installation.server.pid, second.pid].slice(0, edges),
      }))
    })
  } finally {
    for (const stop of stops.toReversed()) await stop()
  }
}

/** The same address, not spelled as one of this machine: there `npm start` would expect the origin itself. */
function asElsewhere(url: string): string {
  return url.replace('127.0.0.1', '[::ffff:127.0.0.1]')
}

export async function onWorkers(run: (stage: Stage) => Promise<void>): Promise<void> {
  const installation = await startWorkerInstallation({}, startWorkerd)
  try {
    await onAir(installation, (playlist) =>
      run({
        runtime: 'workers',
        urls: [installation.url],
        proxies: [installation.proxy],
        playlist,
        pids: [],
      }),
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

async function onAir(
  { url, rtmpUrl, admin }: Pick<Installation, 'url' | 'rtmpUrl' | 'admin'>,
  run: (playlist: string) => Promise<void>,
): Promise<void> {
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
    await run(playlist)
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
