/**
 * What one core of the Node edge sends from its cache, beside nginx `proxy_cache` with the same upstream: a
 * segment, a part and a playlist, by turns. The edge runs as `main.ts` starts it, with the headers viewers get.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { findExecutable } from '../setup.ts'
import { FakeOrigin } from '../support/fake-origin.ts'
import { healthy } from '../support/installation.ts'
import { cpuSeconds } from '../support/process-figures.ts'
import { TestProcess } from '../support/process.ts'
import { CLIENT_CORE, pin } from './core.ts'
import { readProfile } from './cpu-profile.ts'
import { startProxyCache } from './peers/proxy-cache.ts'
import { median, rounded } from './statistics.ts'

const ROUNDS = 5
const SECONDS = 3
const CONNECTIONS = 64
const PROFILE_LINES = 15
const TARGET_DURATION_SECONDS = 4
const RENDITION = '/live/kanal/01jd3mzq8v3n5t7w9y2b4d6f8h/source'

/** One address of the cache, as the origin answers it. */
interface Subject {
  readonly name: 'segment' | 'part' | 'playlist'
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
  try {
    pin(edge.pid)
    pin(nginx.workerPid)
    const rates = SUBJECTS.map(({ name }) => ({ name, ours: [] as Rate[], theirs: [] as Rate[] }))
    await requireSame(edge.url, nginx.url)
    for (let round = 0; round < ROUNDS; round++) {
      for (const [index, { target }] of SUBJECTS.entries()) {
        rates[index]?.ours.push(await load(edge.url + target, edge.pid))
        rates[index]?.theirs.push(await load(nginx.url + target, nginx.workerPid))
      }
    }
    console.log('From the cache, requests per second on one core: Panggung, nginx proxy_cache')
    const result: Record<string, unknown> = {}
    for (const { name, ours, theirs } of rates) {
      const our = (figure: keyof Rate) => median(ours.map((rate) => rate[figure]))
      const their = (figure: keyof Rate) => median(theirs.map((rate) => rate[figure]))
      // Of neighbours in time, because other work on the machine comes and goes.
      const ratio = (figure: keyof Rate) =>
        median(ours.map((rate, round) => rate[figure] / (theirs[round]?.[figure] ?? Number.NaN)))
      console.log(
        `  ${name.padEnd(9)} ${our('perSecond').toFixed(0)}  ${their('perSecond').toFixed(0)}  ` +
          `ratio ${ratio('perSecond').toFixed(2)}; for a second of CPU ${our('perCpuSecond').toFixed(0)}  ` +
          `${their('perCpuSecond').toFixed(0)}  ratio ${ratio('perCpuSecond').toFixed(2)}`,
      )
      result[`${name}_per_s`] = rounded(our('perSecond'), 0)
      result[`nginx_${name}_per_s`] = rounded(their('perSecond'), 0)
      result[`ratio_${name}`] = rounded(ratio('perSecond'), 2)
      result[`cpu_ratio_${name}`] = rounded(ratio('perCpuSecond'), 2)
    }
    return { ...result, viewer_tokens: false, load_average: loadavg().map((value) => rounded(value, 1)) }
  } finally {
    await edge.stop()
    await nginx.stop()
  }
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
  for (const { target, body, type, maxAgeSeconds } of SUBJECTS)
    origin.on(target, {
      body,
      headers: {
        'content-type': type,
        'content-length': String(body.byteLength),
        'cache-control': `public, max-age=${maxAgeSeconds}`,
        'x-target-duration': String(TARGET_DURATION_SECONDS),
      },
    })
  return origin
}

interface PinnedEdge {
  readonly url: string
  readonly pid: number
  stop(): Promise<void>
}

async function startEdge(
  upstream: string,
  folder: string,
  env: Readonly<Record<string, string>> = {},
): Promise<PinnedEdge> {
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

async function load(url: string, pid: number): Promise<Rate> {
  const cpuBefore = cpuSeconds(pid)
  const args = `-c ${CLIENT_CORE} ${findExecutable('wrk') ?? 'wrk'} -t1 -c${CONNECTIONS} -d${SECONDS}s`.split(
    ' ',
  )
  // Not synchronously: the upstream is in this process.
  const wrk = spawn('taskset', [...args, url], { stdio: ['ignore', 'pipe', 'inherit'] })
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
    await load(edge.url + (SUBJECTS[2]?.target ?? ''), edge.pid)
  } finally {
    await edge.stop()
  }
  const file = (await readdir(profiles)).find((name) => name.split('.')[3] === String(edge.pid))
  if (file === undefined) throw new Error('The edge left no profile')
  console.log('\nWhere the time of a playlist goes (self time)')
  for (const { where, share } of await readProfile(join(profiles, file), PROFILE_LINES))
    console.log(`  ${(share * 100).toFixed(1).padStart(5)} %  ${where}`)
}
