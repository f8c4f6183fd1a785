/**
 * How long after its last byte an uploaded MP4 plays, and what memory that takes for a tenth of it and for all. Three times,
 * each beside ffmpeg with the same file, and before either nothing is left to do: nothing to be written, no small pictures to
 * be drawn. The one in the middle counts.
 * The time begins before the last part is sent, of a megabyte, and so holds what the disk needs to keep it.
 */
import { execFileSync } from 'node:child_process'
import { mkdtemp, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { eventually } from '../support/eventually.ts'
import type { Installation } from '../support/installation.ts'
import { makeStreamer, type Streamer } from '../support/people.ts'
import { childrenOf, peakResidentBytes, processesOf } from '../support/process-figures.ts'
import { becameVideo, publish, uploadFile } from '../support/upload-file.ts'
import { copyByFfmpeg, runFfmpeg } from './ffmpeg-copy.ts'
import { progress } from './progress.ts'

/** After the first time, of a third of a minute, about 13 MB: a broadcast in 720p. */
const LOOPS = { short: 8, long: 77 }
const DEADLINE_MS = 10 * 60_000
const CHUNK_BYTES = 40_000_000
const LAST_BYTES = 1_000_000
const TIMES = 3
/** What looks takes of the same two processors. */
const POLL_MS = 50

export interface Uploaded {
  readonly sizeBytes: number
  readonly watchableMs: number
  /** Of the process that made a video of it. */
  readonly peakBytes: number
}

export async function measureUploads(
  installation: Installation,
): Promise<{ short: Uploaded; long: Uploaded; ffmpegMs: number }> {
  const folder = await mkdtemp(join(tmpdir(), 'bench-upload-'))
  try {
    const streamer = await makeStreamer(installation.url, installation.admin)
    const clip = join(folder, 'clip.mp4')
    progress('a third of a minute is encoded')
    const sources = '-f lavfi -i testsrc2=size=1280x720:rate=30 -f lavfi -i sine=frequency=440 -t 20'
    const codecs = '-c:v libx264 -preset ultrafast -g 60 -bf 2 -b:v 5M -pix_fmt yuv420p -c:a aac -b:a 128k'
    await runFfmpeg([...sources.split(' '), ...codecs.split(' '), clip], folder)
    const film = async (loops: number): Promise<string> => {
      const path = join(folder, `${loops}.mp4`)
      await runFfmpeg(['-stream_loop', String(loops), '-i', clip, '-c', 'copy', path], folder)
      return path
    }
    const short = await uploaded(installation, streamer, await film(LOOPS.short))
    const path = await film(LOOPS.long)
    const runs: { long: Uploaded; ffmpegMs: number }[] = []
    while (runs.length < TIMES) {
      const long = await uploaded(installation, streamer, path)
      progress('ffmpeg packages the same file')
      execFileSync('sync')
      runs.push({ long, ffmpegMs: await copyByFfmpeg(path, 4) })
      progress(`it takes ${runs.at(-1)?.ffmpegMs.toFixed(0)} ms`)
    }
    const ratioOf = ({ long, ffmpegMs }: (typeof runs)[number]): number => long.watchableMs / ffmpegMs
    const middle = runs.toSorted((a, b) => ratioOf(a) - ratioOf(b))[Math.floor(TIMES / 2)]
    if (!middle) throw new Error('Nothing was measured')
    return { short, ...middle }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

async function uploaded(installation: Installation, streamer: Streamer, path: string): Promise<Uploaded> {
  const { size } = await stat(path)
  const { origin } = processesOf(installation)
  execFileSync('sync')
  let peakBytes = 0
  const watch = setInterval(() => {
    for (const pid of childrenOf(origin, 'import-process')) {
      try {
        peakBytes = Math.max(peakBytes, peakResidentBytes(pid))
      } catch {
        // It has ended since it was found.
      }
    }
  }, POLL_MS)
  try {
    progress(`${(size / 1e6).toFixed(0)} MB are uploaded`)
    let arrivedAt = 0
    const id = await uploadFile(streamer, path, (left) => {
      if (left > LAST_BYTES) return Math.min(CHUNK_BYTES, left - LAST_BYTES)
      arrivedAt = performance.now()
      return left
    })
    progress(`all was taken ${(performance.now() - arrivedAt).toFixed(0)} ms after the last part was begun`)
    await becameVideo(streamer, id, DEADLINE_MS, POLL_MS)
    await publish(streamer, id)
    const base = `${installation.url}/vod/${id}/${id}/source`
    await eventually(
      'the video plays',
      async () => {
        const playlist = await fetch(`${base}/media.m3u8`)
        return (
          playlist.ok &&
          (await playlist.text()).includes('#EXT-X-ENDLIST') &&
          (await fetch(`${base}/seg.0.m4s`)).ok
        )
      },
      { deadlineMs: DEADLINE_MS, pollMs: POLL_MS },
    )
    const watchableMs = performance.now() - arrivedAt
    progress(`it is watchable after ${watchableMs.toFixed(0)} ms`)
    const previews = `${installation.url}/vod/${id}/previews.vtt`
    await eventually('its small pictures are drawn', async () => (await fetch(previews)).ok, {
      deadlineMs: DEADLINE_MS,
      pollMs: POLL_MS,
    })
    return { sizeBytes: size, watchableMs, peakBytes }
  } finally {
    clearInterval(watch)
  }
}
