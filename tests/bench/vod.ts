/**
 * How long after its end an hour of broadcast can be watched as a video, beside `ffmpeg -c copy -f hls` of the same
 * file, and how much memory recording it takes. The hour is sent as fast as the origin takes it.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { LiveState } from '../../shared/contracts/channels.ts'
import { unpaced } from '../../origin/rtmp-client/publish-flv.ts'
import { findExecutable } from '../setup.ts'
import { ApiClient } from '../support/api-client.ts'
import { goOnAir } from '../support/broadcast.ts'
import { eventually } from '../support/eventually.ts'
import { type Installation, startPanggung } from '../support/installation.ts'
import { processesOf, residentBytes } from '../support/process-figures.ts'
import { rounded } from './statistics.ts'

/** Of the clip, which is 8 s long. */
const LOOPS_PER_HOUR = 447
const HOUR_DEADLINE_MS = 10 * 60_000
const POLL_MS = 10

export async function measureVod(): Promise<Record<string, unknown>> {
  const installation = await startPanggung({
    env: { LOG_LEVEL: 'warn', RECORDINGS_WARN_PERCENT: '100', RECORDINGS_STOP_PERCENT: '100' },
  })
  try {
    const short = await recorded(installation, Math.ceil(LOOPS_PER_HOUR / 10))
    const hour = await recorded(installation, LOOPS_PER_HOUR)
    if (hour.mediaSeconds < 3590) throw new Error(`Only ${hour.mediaSeconds} s of the hour were recorded`)
    const ffmpegMs = await copiedByFfmpeg(hour.mediaFile)
    const figures = {
      media_seconds: rounded(hour.mediaSeconds, 0),
      media_bytes: hour.mediaBytes,
      watchable_ms: rounded(hour.watchableMs, 0),
      ffmpeg_copy_ms: rounded(ffmpegMs, 0),
      ratio: rounded(hour.watchableMs / ffmpegMs),
      origin_rss_bytes_tenth: short.originBytes,
      origin_rss_bytes_hour: hour.originBytes,
    }
    console.log(`\n${figures.media_seconds} s of broadcast, ${rounded(hour.mediaBytes / 1e6, 1)} MB`)
    console.log(`  Panggung, from its end to a video that plays  ${figures.watchable_ms} ms`)
    console.log(`  ffmpeg -c copy -f hls of the same file        ${figures.ffmpeg_copy_ms} ms`)
    return figures
  } finally {
    await installation.stop()
  }
}

interface Recorded {
  readonly mediaFile: string
  readonly mediaBytes: number
  readonly mediaSeconds: number
  readonly watchableMs: number
  /** Of the origin, at the end of the broadcast. */
  readonly originBytes: number
}

async function recorded(installation: Installation, loops: number): Promise<Recorded> {
  const { url, dataDir } = installation
  const onAir = await goOnAir(installation, {
    fixture: 'obs-30',
    latencyMode: 'normal',
    loops,
    pace: unpaced,
  })
  const id = onAir.broadcastId
  await onAir.played
  const mediaFile = join(dataDir, 'origin', 'recordings', id, 'media.mp4')
  const visitor = new ApiClient(url)
  let sizeBytes = 0
  await eventually(
    'all that was sent was recorded',
    async () => {
      const { dvr } = await visitor.get(`/api/channels/${onAir.streamer.slug}/live`, LiveState)
      const before = sizeBytes
      sizeBytes = (await stat(mediaFile)).size
      return dvr !== null && sizeBytes === before
    },
    { deadlineMs: HOUR_DEADLINE_MS, pollMs: 500 },
  )
  const originBytes = residentBytes(processesOf(installation).origin)
  const endedAt = performance.now()
  await onAir.stop()
  const playlist = await eventually(
    'the video plays',
    async () => {
      const answer = await fetch(`${url}/vod/${id}/${id}/source/media.m3u8`)
      const text = await answer.text()
      if (!answer.ok || !text.includes('#EXT-X-ENDLIST')) return undefined
      return (await fetch(`${url}/vod/${id}/${id}/source/seg.0.m4s`)).ok ? text : undefined
    },
    { deadlineMs: HOUR_DEADLINE_MS, pollMs: POLL_MS },
  )
  const watchableMs = performance.now() - endedAt
  const mediaSeconds = [...playlist.matchAll(/#EXTINF:([\d.]+)/g)].reduce(
    (sum, [, text]) => sum + Number(text),
    0,
  )
  return { mediaFile, mediaBytes: (await stat(mediaFile)).size, mediaSeconds, watchableMs, originBytes }
}

async function copiedByFfmpeg(mediaFile: string): Promise<number> {
  const ffmpeg = findExecutable('ffmpeg')
  if (ffmpeg === undefined) throw new Error('Cannot find ffmpeg: run npm run test:setup')
  const folder = await mkdtemp(join(tmpdir(), 'bench-vod-'))
  try {
    const startedAt = performance.now()
    const output = ['-f', 'hls', '-hls_time', '2', '-hls_playlist_type', 'vod', '-hls_segment_type', 'fmp4']
    const child = spawn(
      ffmpeg,
      ['-v', 'error', '-i', mediaFile, '-c', 'copy', ...output, join(folder, 'index.m3u8')],
      { stdio: ['ignore', 'ignore', 'inherit'], cwd: folder },
    )
    const [exitCode] = (await once(child, 'close')) as [number | null]
    if (exitCode !== 0) throw new Error(`ffmpeg ended with ${exitCode}`)
    return performance.now() - startedAt
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
