/**
 * What one core of the Node edge sends from its cache, beside nginx `proxy_cache` with the same upstream and bare
 * `node:http`: a segment, a part and a playlist, by turns, each to a thousand viewer tokens. The edge runs as
 * `main.ts` starts it, with the headers viewers get.
 */
import { fork, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { loadSecrets } from '../../edge/runtimes/node/secrets.ts'
import { createViewerTokens } from '../../edge/viewers/token.ts'
import { findExecutable } from '../setup.ts'
import { FakeOrigin } from '../support/fake-origin.ts'
import { healthy } from '../support/installation.ts'
import { cpuSeconds } from '../support/process-figures.ts'
import { TestProcess } from '../support/process.ts'
import { CLIENT_CORE, pin } from './core.ts'
import { readProfile } from './cpu-profile.ts'
import type { FloorMessage } from './edge-messages.ts'
import { startProxyCache } from './peers/proxy-cache.ts'
import { median, rounded } from './statistics.ts'

const ROUNDS = 5
const SECONDS = 2
const VIEWERS = 1000
const CONNECTIONS = 64
const PROFILE_LINES = 15
const TARGET_DURATION_SECONDS = 4
const TARGET_DURATION = String(TARGET_DURATION_SECONDS)
const BROADCAST = '01jd3mzq8v3n5t7w9y2b4d6f8h'
const RENDITION = `/live/kanal/${BROADCAST}/source`

/** One address of the cache, as the origin answers it. */
interface Subject {
  readonly name: 'segment' | 'part' | 'playlist'
  /** As the origin knows it, without a token. */
  readonly target: string
  readonly body: Uint8Array
  readonly type: string
  readonly maxAgeSeconds: number
}

const SUBJECTS: readonly Subject[] = [
  media('segment', 'seg.100.m4s', 600_000),
  media('part', 'part.101.0.m4s', 75_000),
  {
    name: 'playlist',
    target: `${RENDITION}/media.m3u8?_HLS_msn=101&_HLS_part=0`,
    body: new TextEncoder().encode(playlist()),
    type: 'application/vnd.apple.mpegurl',
    maxAgeSeconds: 6 * TARGET_DURATION_SECONDS,
  },
]

export async function measureEdge(): Promise<Record<string, unknown>> {
  const folder = await mkdtemp(join(tmpdir(), 'panggung-bench-'))
  const origin = await startUpstream()
  try {
    const result = await compare(origin.url, folder)
    await printProfile(origin.url, folder)
    return result
  } finally {
    await origin.close()
    await rm(folder, { recursive: true, force: true })
  }
}

async function compare(upstream: string, folder: string): Promise<Record<string, unknown>> {
  const edge = await startEdge(upstream, folder)
  const nginx = await startProxyCache(upstream)
  const floor = await startFloor()
  const servers = [
    { of: 'ours', url: edge.url, pid: edge.pid },
    { of: 'nginx', url: nginx.url, pid: nginx.workerPid },
    { of: 'floor', url: floor.url, pid: floor.pid },
  ] as const
  try {
    for (const { pid } of servers) pin(pid)
    await requireSame(...servers.map(({ url }) => url))
    const rates = SUBJECTS.map(() => ({ ours: [] as Rate[], nginx: [] as Rate[], floor: [] as Rate[] }))
    for (let round = 0; round < ROUNDS; round++)
      for (const [index, subject] of SUBJECTS.entries())
        for (const { of, url, pid } of servers)
          rates[index]?.[of].push(await load(url, await viewersOf(subject, folder), pid))
    console.log('From the cache on one core, per second and per second of its CPU time:')
    const result: Record<string, unknown> = {}
    for (const [index, { name }] of SUBJECTS.entries()) {
      const { ours, nginx: theirs, floor: bare } = rates[index] ?? { ours: [], nginx: [], floor: [] }
      const figures = { ours, nginx: theirs, 'node:http': bare }
      const line = Object.entries(figures).map(
        ([server, all]) =>
          `${server} ${middle(all, 'perSecond').toFixed(0)} / ${middle(all, 'perCpuSecond').toFixed(0)}`,
      )
      console.log(`  ${name.padEnd(9)} ${line.join('   ')}`)
      result[`${name}_per_s`] = rounded(middle(ours, 'perSecond'), 0)
      result[`nginx_${name}_per_s`] = rounded(middle(theirs, 'perSecond'), 0)
      result[`node_http_${name}_per_s`] = rounded(middle(bare, 'perSecond'), 0)
      result[`ratio_${name}`] = ratio(ours, theirs, 'perSecond')
      result[`cpu_ratio_${name}`] = ratio(ours, theirs, 'perCpuSecond')
      result[`node_http_ratio_${name}`] = ratio(bare, theirs, 'perSecond')
      result[`node_http_cpu_ratio_${name}`] = ratio(bare, theirs, 'perCpuSecond')
    }
    return { ...result, viewer_tokens: VIEWERS, load_average: loadavg().map((value) => rounded(value, 1)) }
  } finally {
    await edge.stop()
    await nginx.stop()
    await floor.stop()
  }
}

function middle(rates: readonly Rate[], figure: keyof Rate): number {
  return median(rates.map((rate) => rate[figure]))
}

/** Of neighbours in time, because other work on the machine comes and goes. */
function ratio(ours: readonly Rate[], theirs: readonly Rate[], figure: keyof Rate): number {
  const ratios = ours.map((rate, round) => rate[figure] / (theirs[round]?.[figure] ?? Number.NaN))
  return rounded(median(ratios), 2)
}

function media(name: 'segment' | 'part', file: string, sizeBytes: number): Subject {
  const body = new Uint8Array(sizeBytes).fill(0x5a)
  return { name, target: `${RENDITION}/${file}`, body, type: 'video/mp4', maxAgeSeconds: 86_400 }
}

/** 1.2 kB, as a delta update in the middle of a broadcast. */
function playlist(): string {
  const lines = [
    '#EXTM3U',
    '#EXT-X-VERSION:9',
    `#EXT-X-TARGETDURATION:${TARGET_DURATION_SECONDS}`,
    '#EXT-X-SERVER-CONTROL:CAN-BLOCK-RELOAD=YES,PART-HOLD-BACK=1.5,CAN-SKIP-UNTIL=24',
    '#EXT-X-PART-INF:PART-TARGET=0.5',
    '#EXT-X-MEDIA-SEQUENCE:88',
    '#EXT-X-MAP:URI="init.0.mp4"',
  ]
  for (let msn = 88; msn <= 100; msn++)
    lines.push(
      `#EXT-X-PROGRAM-DATE-TIME:2026-01-01T00:${msn - 60}:00.000Z`,
      '#EXTINF:2.00000,',
      `seg.${msn}.m4s`,
    )
  lines.push('#EXT-X-PART:DURATION=0.50000,URI="part.101.0.m4s",INDEPENDENT=YES')
  lines.push('#EXT-X-PRELOAD-HINT:TYPE=PART,URI="part.101.1.m4s"')
  return `${lines.join('\n')}\n`
}

async function startUpstream(): Promise<FakeOrigin> {
  const origin = await FakeOrigin.start()
  // What names the broadcast makes it a known one.
  origin.on('/live/kanal/index.m3u8', { body: `#EXTM3U\n${BROADCAST}/source/media.m3u8\n` })
  for (const subject of SUBJECTS) {
    const { target, body } = subject
    const sized = { 'content-length': String(body.byteLength), 'x-target-duration': TARGET_DURATION }
    origin.on(target, { body, headers: { ...headersOf(subject), ...sized } })
  }
  return origin
}

function headersOf({ type, maxAgeSeconds }: Subject): Record<string, string> {
  return { 'content-type': type, 'cache-control': `public, max-age=${maxAgeSeconds}` }
}

interface PinnedServer {
  readonly url: string
  readonly pid: number
  stop(): Promise<void>
}

async function startEdge(
  upstream: string,
  folder: string,
  env: Readonly<Record<string, string>> = {},
): Promise<PinnedServer> {
  const server = new TestProcess({
    name: 'edge',
    command: process.execPath,
    args: ['edge/runtimes/node/main.ts'],
    env: {
      HOST: '127.0.0.1',
      PORT: '0',
      DATA_DIR: join(folder, 'data'),
      ORIGINS: `main=${upstream}`,
      LOG_LEVEL: 'warn',
      ...env,
    },
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

async function startFloor(): Promise<PinnedServer> {
  const child = fork(join(import.meta.dirname, 'peers/memory-floor.ts'), [], { serialization: 'advanced' })
  const message: FloorMessage = SUBJECTS.map((subject) => ({
    target: subject.target,
    body: subject.body,
    headers: headersOf(subject),
  }))
  child.send(message)
  const [port] = (await once(child, 'message')) as [number]
  if (child.pid === undefined) throw new Error('The floor has not started')
  return {
    url: `http://127.0.0.1:${port}`,
    pid: child.pid,
    async stop() {
      const ended = once(child, 'exit')
      child.kill()
      await ended
    },
  }
}

/** A server that answered something else, or nothing, would be fast. */
async function requireSame(...urls: readonly string[]): Promise<void> {
  for (const url of urls) {
    for (const { target, body } of SUBJECTS) {
      const answer = await fetch(url + target, { headers: { 'accept-encoding': 'identity' } })
      if (answer.status !== 200 || !body.every(matches(new Uint8Array(await answer.arrayBuffer()))))
        throw new Error(`${url + target} was answered with ${answer.status}, or other bytes`)
    }
  }
}

function matches(bytes: Uint8Array): (value: number, index: number) => boolean {
  return (value, index) => bytes[index] === value
}

interface Rate {
  /** Answers of 200. */
  readonly perSecond: number
  /** Of the server's own time: what other work takes from its core does not count. */
  readonly perCpuSecond: number
}

/** A thousand viewers of one address by turns, as a script of wrk. @returns its path */
async function viewersOf({ name, target }: Subject, folder: string): Promise<string> {
  const path = join(folder, `${name}.lua`)
  const tokens = await viewerTokens(folder)
  const lines = tokens.map((token) => `  ${JSON.stringify(target.replace('/live/', `/live/~${token}/`))},`)
  const script = `local targets = {\n${lines.join('\n')}\n}
local requests, turn = {}, 0
init = function()
  for index, target in ipairs(targets) do requests[index] = wrk.format("GET", target) end
end
request = function()
  turn = turn % #requests + 1
  return requests[turn]
end
`
  await writeFile(path, script)
  return path
}

/** What the edge would have given to them. */
async function viewerTokens(folder: string): Promise<string[]> {
  const tokens = createViewerTokens(await loadSecrets(join(folder, 'data')))
  const viewers = Array.from({ length: VIEWERS }, (_each, index) => ({
    channelId: '01jd3mzq8v3n5t7w9y2b4d6f8h',
    viewerId: String(index).padStart(10, '0'),
    neighbourhood: '00000000',
    isMember: false,
    endsAt: Date.now() + 3_600_000,
  }))
  return Promise.all(viewers.map((viewer) => tokens.issue(viewer)))
}

async function load(url: string, script: string, pid: number): Promise<Rate> {
  const cpuBefore = cpuSeconds(pid)
  const wrkPath = findExecutable('wrk') ?? 'wrk'
  const options = `-c ${CLIENT_CORE} ${wrkPath} -t1 -c${CONNECTIONS} -d${SECONDS}s -s`.split(' ')
  // Not synchronously: the upstream is in this process.
  const wrk = spawn('taskset', [...options, script, url], { stdio: ['ignore', 'pipe', 'inherit'] })
  let output = ''
  wrk.stdout.setEncoding('utf8').on('data', (text: string) => (output += text))
  await once(wrk, 'close')
  const rate = /Requests\/sec:\s+([\d.]+)/.exec(output)?.[1]
  const total = /(\d+) requests in/.exec(output)?.[1]
  if (rate === undefined || total === undefined || output.includes('Non-2xx'))
    throw new Error(`wrk failed:\n${output}`)
  return { perSecond: Number(rate), perCpuSecond: Number(total) / (cpuSeconds(pid) - cpuBefore) }
}

/** A run of its own, because sampling costs time. */
async function printProfile(upstream: string, folder: string): Promise<void> {
  const profiles = join(folder, 'profiles')
  const edge = await startEdge(upstream, folder, {
    NODE_OPTIONS: `--cpu-prof --cpu-prof-dir=${profiles}`,
  })
  try {
    pin(edge.pid)
    const shortest = SUBJECTS.at(-1)
    if (shortest) await load(edge.url, await viewersOf(shortest, folder), edge.pid)
  } finally {
    await edge.stop()
  }
  const file = (await readdir(profiles)).find((name) => name.split('.')[3] === String(edge.pid))
  if (file === undefined) throw new Error('The edge left no profile')
  console.log('\nWhere the time of a playlist goes (self time)')
  for (const { where, share } of await readProfile(join(profiles, file), PROFILE_LINES))
    console.log(`  ${(share * 100).toFixed(1).padStart(5)} %  ${where}`)
}
