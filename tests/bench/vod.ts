/**
 * How long after its end an hour of broadcast can be watched as a video, and how long after its last byte an uploaded
 * file, each beside `ffmpeg -c copy -f hls` of the same file; and how much memory that takes for short ones and long
 * ones. The hour is sent as fast as the origin takes it.
 */
import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { LiveState } from '../../shared/contracts/channels.ts'
import { unpaced } from '../../origin/rtmp-client/publish-flv.ts'
import { ApiClient } from '../support/api-client.ts'
import { goOnAir } from '../support/broadcast.ts'
import { eventually } from '../support/eventually.ts'
import { type Installation, startPanggung } from '../support/installation.ts'
import { peakResidentBytes, processesOf } from '../support/process-figures.ts'
import { copyByFfmpeg } from './ffmpeg-copy.ts'
import { progress } from './progress.ts'
import { rounded } from './statistics.ts'
import { measureUploads } from './vod-upload.ts'

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
    progress('ffmpeg packages the same hour')
    const ffmpegMs = await copyByFfmpeg(hour.mediaFile, 2)
    const upload = await measureUploads(installation)
    const broadcastRatio = rounded(hour.watchableMs / ffmpegMs)
    const uploadRatio = rounded(upload.long.watchableMs / upload.ffmpegMs)
    console.table({
      'one hour of broadcast, from its end': {
        MB: rounded(hour.mediaBytes / 1e6, 1),
        'watchable after, ms': rounded(hour.watchableMs, 0),
        'ffmpeg -c copy, ms': rounded(ffmpegMs, 0),
        ratio: broadcastRatio,
        'peak RSS, MB': rounded(hour.originBytes / 1e6, 0),
        'of a tenth, MB': rounded(short.originBytes / 1e6, 0),
      },
      'an uploaded MP4, from its last byte': {
        MB: rounded(upload.long.sizeBytes / 1e6, 1),
        'watchable after, ms': rounded(upload.long.watchableMs, 0),
        'ffmpeg -c copy, ms': rounded(upload.ffmpegMs, 0),
        ratio: uploadRatio,
        'peak RSS, MB': rounded(upload.long.peakBytes / 1e6, 0),
        'of a tenth, MB': rounded(upload.short.peakBytes / 1e6, 0),
      },
    })
    return {
      broadcast_seconds: rounded(hour.mediaSeconds, 0),
      broadcast_bytes: hour.mediaBytes,
      broadcast_watchable_ms: rounded(hour.watchableMs, 0),
      broadcast_ffmpeg_ms: rounded(ffmpegMs, 0),
      broadcast_ratio: broadcastRatio,
      broadcast_rss_bytes_tenth: short.originBytes,
      broadcast_rss_bytes: hour.originBytes,
      upload_bytes: upload.long.sizeBytes,
      upload_watchable_ms: rounded(upload.long.watchableMs, 0),
      upload_ffmpeg_ms: rounded(upload.ffmpegMs, 0),
      upload_ratio: uploadRatio,
      upload_rss_bytes_tenth: upload.short.peakBytes,
      upload_rss_bytes: upload.long.peakBytes,
      // The worse of the two: what is to be at most 1.
      ratio: Math.max(broadcastRatio, uploadRatio),
    }
  } finally {
    await installation.stop()
  }
}

interface Recorded {
  readonly mediaFile: string
  readonly mediaBytes: number
  readonly mediaSeconds: number
  readonly watchableMs: number
  /** Of the origin, at most until the end of the broadcast. */
  readonly originBytes: number
}

async function recorded(installation: Installation, loops: number): Promise<Recorded> {
  const { url, dataDir } = installation
  progress(`${loops} times the clip of 8 s are broadcast as fast as they are taken`)
  const onAir = await goOnAir(installation, {
    fixture: 'obs-30',
    latencyMode: 'normal',
    loops,
    pace: unpaced,
  })
  const id = onAir.broadcastId
  await onAir.played
  progress('all is sent')
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
  progress(`${(sizeBytes / 1e6).toFixed(0)} MB are recorded, the broadcast ends`)
  const originBytes = peakResidentBytes(processesOf(installation).origin)
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
  progress(`it is watchable after ${watchableMs.toFixed(0)} ms`)
  const mediaSeconds = [...playlist.matchAll(/#EXTINF:([\d.]+)/g)].reduce(
    (sum, [, text]) => sum + Number(text),
    0,
  )
  return { mediaFile, mediaBytes: (await stat(mediaFile)).size, mediaSeconds, watchableMs, originBytes }
}
