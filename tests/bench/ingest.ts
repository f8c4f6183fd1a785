/**
 * What a broadcast costs the server: 20 streams of 3 Mb/s into the origin (LL-HLS parts, in memory), into
 * nginx-rtmp with HLS, and into one `ffmpeg -c copy -f hls` each. The server has one core, the senders the
 * other; what is measured is CPU time, so that other work on the machine counts little.
 */
import { spawnSync } from 'node:child_process'
import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { LiveState } from '../../shared/contracts/channels.ts'
import { eventually, pause } from '../support/eventually.ts'
import { freePorts } from '../support/free-port.ts'
import { type Installation, startPanggung } from '../support/installation.ts'
import { issueKey, makeStreamer, type Streamer } from '../support/people.ts'
import { TestProcess } from '../support/process.ts'
import { cpuSeconds, processesOf, residentBytes } from '../support/process-figures.ts'
import { CLIENT_CORE, pin, SERVER_CORE } from './core.ts'
import { readProfile } from './cpu-profile.ts'
import { BITRATE_BPS, ffmpegProgram, makeClip, startSender, stopAll } from './ingest-senders.ts'
import { startNginxRtmp } from './peers/nginx-rtmp.ts'
import { rounded } from './statistics.ts'

const STREAMS = 20
const GROWTH = [1, 10, STREAMS, 50]
const WARM_UP_MS = 5_000
const GROWTH_MS = 10_000
const MEASURE_MS = 30_000
const PROFILE_MS = 20_000
const PROFILE_LINES = 15
/** Listed and retained media at the default window. */
const WINDOW_SECONDS = 30
const RETENTION_SECONDS = WINDOW_SECONDS + 2 * 4
/** As they are in production; the tests' small ones would measure calls to the edge. */
const SETTINGS = {
  LOG_LEVEL: 'warn',
  RTMP_MAX_CONNECTIONS_PER_ADDRESS: '100',
  BROADCAST_RENEW_MS: '5000',
  BROADCAST_LEASE_MS: '20000',
  STATUS_POLL_MS: '2000',
  ENFORCE_MS: '1000',
  GRACE_MS: '60000',
}
const FILL_MS = (WINDOW_SECONDS + RETENTION_SECONDS + 5) * 1000

export async function measureIngest(): Promise<Record<string, number>> {
  const folder = await mkdtemp(join(tmpdir(), 'panggung-bench-'))
  try {
    const clip = makeClip(folder)
    const product = await measureProduct(clip)
    const recording = await measureProduct(clip, 'publish')
    const nginx = await measureNginx(clip)
    const ffmpeg = await measureFfmpeg(clip, folder)
    await printProfile(clip, folder)
    const bound = (1.25 * (BITRATE_BPS / 8) * (WINDOW_SECONDS + RETENTION_SECONDS)) / 1e6 + 2
    console.log(`\nCPU per stream, ${STREAMS} streams of ${BITRATE_BPS / 1e6} Mb/s`)
    console.log(`  Panggung, LL-HLS parts    ${product.cpuPct.toFixed(3)} %`)
    console.log(`  the same, and recorded    ${recording.cpuPct.toFixed(3)} %`)
    console.log(`  nginx-rtmp, HLS           ${nginx.toFixed(3)} %`)
    console.log(`  ffmpeg -c copy -f hls     ${ffmpeg.toFixed(3)} %`)
    console.log(`Memory per stream           ${product.rssMb.toFixed(1)} MB (bound ${bound.toFixed(1)} MB)`)
    return {
      cpu_pct_per_stream: rounded(product.cpuPct),
      recording_cpu_pct: rounded(recording.cpuPct),
      rss_mb_per_stream: rounded(product.rssMb, 1),
      rss_bound_mb: rounded(bound, 1),
      nginx_cpu_pct: rounded(nginx),
      ffmpeg_cpu_pct: rounded(ffmpeg),
      ratio_nginx: rounded(product.cpuPct / nginx),
      ratio_recording: rounded(recording.cpuPct / nginx),
    }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** @param recording off to be compared with the peers, which record nothing */
async function measureProduct(
  clip: string,
  recording: 'off' | 'publish' = 'off',
): Promise<{ cpuPct: number; rssMb: number }> {
  const installation = await startPanggung({ env: SETTINGS })
  const senders: TestProcess[] = []
  try {
    const { origin } = processesOf(installation)
    pin(origin)
    const growth = recording === 'publish' ? [STREAMS] : GROWTH
    const targets = await makeTargets(installation, Math.max(...growth), recording)
    const emptyBytes = residentBytes(origin)
    const figures = { cpuPct: Number.NaN, rssMb: Number.NaN }
    console.log(`Panggung, recordings ${recording}: streams, CPU of a core, CPU per stream, memory`)
    for (const count of growth) {
      await addSenders({ senders, targets: targets.slice(senders.length, count), clip, installation })
      await pause(count === STREAMS ? FILL_MS : WARM_UP_MS)
      const pct = await cpuPct([origin], count === STREAMS ? MEASURE_MS : GROWTH_MS)
      const megabytes = residentBytes(origin) / 1e6
      console.log(
        `  ${count}  ${pct.toFixed(2)} %  ${(pct / count).toFixed(3)} %  ${megabytes.toFixed(0)} MB`,
      )
      if (count !== STREAMS) continue
      figures.cpuPct = pct / count
      figures.rssMb = megabytes / count - emptyBytes / 1e6 / count
    }
    return figures
  } finally {
    await stopAll(senders)
    await installation.stop()
  }
}

interface Target {
  readonly streamer: Streamer
  readonly url: string
}

async function makeTargets(
  { url, rtmpUrl, admin }: Installation,
  count: number,
  recordingMode: 'off' | 'publish',
): Promise<Target[]> {
  const targets: Target[] = []
  for (let index = 0; index < count; index++) {
    const streamer = await makeStreamer(url, admin, { rights: ['on_air'] })
    const { status } = await streamer.client.send('PATCH', `/api/studio/${streamer.slug}`, {
      json: { recordingMode },
    })
    if (status !== 200) throw new Error(`Recording could not be switched off: ${status}`)
    const { streamKey } = await issueKey(streamer, streamer.slug)
    targets.push({ streamer, url: `${rtmpUrl}/${streamKey}` })
  }
  return targets
}

/** One after another, as broadcasters come; and none counts before it can be played. */
async function addSenders(start: {
  senders: TestProcess[]
  targets: readonly Target[]
  clip: string
  installation: Installation
}): Promise<void> {
  for (const { streamer, url } of start.targets) {
    const sender = startSender(start.clip, url, CLIENT_CORE)
    start.senders.push(sender)
    await eventually('the channel is live', async () => {
      if (sender.hasEnded) throw new Error(sender.output)
      const { playlist } = await streamer.client.get(`/api/channels/${streamer.slug}/live`, LiveState)
      return playlist !== null && (await fetch(start.installation.url + playlist)).ok
    })
  }
}

async function measureNginx(clip: string): Promise<number> {
  const peer = await startNginxRtmp()
  const senders: TestProcess[] = []
  try {
    pin(peer.pid)
    for (let index = 0; index < STREAMS; index++)
      senders.push(startSender(clip, peer.rtmpUrl.replace(/[^/]+$/, `stream${index}`), CLIENT_CORE))
    await peer.hasFragments(2, `stream${STREAMS - 1}`)
    const pct = await cpuPct([peer.pid], MEASURE_MS)
    requireRunning(senders)
    return pct / STREAMS
  } finally {
    await stopAll(senders)
    await peer.stop()
  }
}

async function measureFfmpeg(clip: string, folder: string): Promise<number> {
  const ports = await freePorts(STREAMS)
  const servers: TestProcess[] = []
  const senders: TestProcess[] = []
  try {
    for (const [index, port] of ports.entries()) {
      const hls = join(folder, `hls${index}`)
      await mkdir(hls)
      const url = `rtmp://127.0.0.1:${port}/live/stream`
      servers.push(
        new TestProcess({
          name: 'ffmpeg',
          command: 'taskset',
          args: [
            ...`-c ${SERVER_CORE} ${ffmpegProgram()} -hide_banner -loglevel error -listen 1 -i ${url}`.split(
              ' ',
            ),
            ...'-c copy -f hls -hls_time 2 -hls_list_size 15 -hls_flags delete_segments'.split(' '),
            join(hls, 'index.m3u8'),
          ],
        }),
      )
      await eventually('ffmpeg listens', () => isListening(port))
      senders.push(startSender(clip, url, CLIENT_CORE))
    }
    await eventually(
      'ffmpeg has written segments',
      async () => (await readdir(join(folder, `hls${STREAMS - 1}`))).length > 3,
      { deadlineMs: 60_000 },
    )
    const pct = await cpuPct(
      servers.map(({ pid }) => pid),
      MEASURE_MS,
    )
    requireRunning([...senders, ...servers])
    return pct / STREAMS
  } finally {
    await stopAll([...senders, ...servers])
  }
}

/** Without connecting: ffmpeg takes the first connection for its encoder. */
function isListening(port: number): boolean {
  const { stdout } = spawnSync('ss', ['-Hltn', `sport = :${port}`], { encoding: 'utf8' })
  return stdout.trim() !== ''
}

/** A run of its own, because sampling costs time. */
async function printProfile(clip: string, folder: string): Promise<void> {
  const profiles = join(folder, 'profiles')
  const installation = await startPanggung({
    env: {
      ...SETTINGS,
      NODE_OPTIONS: `--cpu-prof --cpu-prof-dir=${profiles}`,
    },
  })
  const senders: TestProcess[] = []
  const { origin } = processesOf(installation)
  try {
    pin(origin)
    const targets = await makeTargets(installation, STREAMS, 'publish')
    await addSenders({ senders, targets, clip, installation })
    await pause(PROFILE_MS)
  } finally {
    await stopAll(senders)
    await installation.stop()
  }
  const file = (await readdir(profiles)).find((name) => name.split('.')[3] === String(origin))
  if (file === undefined) throw new Error('The origin left no profile')
  console.log(`\nWhere the origin's time goes (${STREAMS} streams, self time)`)
  for (const { where, share } of await readProfile(join(profiles, file), PROFILE_LINES))
    console.log(`  ${(share * 100).toFixed(1).padStart(5)} %  ${where}`)
}

async function cpuPct(pids: readonly number[], durationMs: number): Promise<number> {
  const total = () => pids.reduce((sum, pid) => sum + cpuSeconds(pid), 0)
  const before = { cpu: total(), at: performance.now() }
  await pause(durationMs)
  return ((total() - before.cpu) * 100_000) / (performance.now() - before.at)
}

function requireRunning(processes: readonly TestProcess[]): void {
  const ended = processes.find(({ hasEnded }) => hasEnded)
  if (ended) throw new Error(`A process ended during the measurement:\n${ended.output}`)
}
