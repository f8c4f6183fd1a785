/** What packaging takes a well-known program: it reads the file, writes segments and a playlist, and syncs nothing. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { findExecutable } from '../setup.ts'

/** @returns ms */
export async function copyByFfmpeg(mediaFile: string, segmentSeconds: number): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), 'bench-vod-'))
  try {
    const startedAt = performance.now()
    const output = ['-f', 'hls', '-hls_time', String(segmentSeconds), '-hls_playlist_type', 'vod']
    const options = ['-i', mediaFile, '-c', 'copy', ...output, '-hls_segment_type', 'fmp4']
    await runFfmpeg([...options, join(folder, 'index.m3u8')], folder)
    return performance.now() - startedAt
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** @throws when it fails */
export async function runFfmpeg(args: readonly string[], folder: string): Promise<void> {
  const ffmpeg = findExecutable('ffmpeg')
  if (ffmpeg === undefined) throw new Error('Cannot find ffmpeg: run npm run test:setup')
  const child = spawn(ffmpeg, ['-v', 'error', ...args], {
    stdio: ['ignore', 'ignore', 'inherit'],
    cwd: folder,
  })
  const [exitCode] = (await once(child, 'close')) as [number | null]
  if (exitCode !== 0) throw new Error(`ffmpeg ended with ${exitCode}`)
}
