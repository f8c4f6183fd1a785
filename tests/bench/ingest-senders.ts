/** Encoders for the ingest bench: real ffmpeg processes that send one clip in a loop, without encoding. */
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { findExecutable } from '../setup.ts'
import { TestProcess } from '../support/process.ts'

export const BITRATE_BPS = 3_000_000
const AUDIO_BPS = 128_000
const CLIP_SECONDS = 20

export function ffmpegProgram(): string {
  const program = findExecutable('ffmpeg')
  if (program === undefined) throw new Error('Cannot find ffmpeg: run npm run test:setup')
  return program
}

/** 720p30 with a key frame every 2 s, as streamers send it; noise makes the encoder use its bitrate. */
export function makeClip(folder: string): string {
  const clip = join(folder, 'clip.flv')
  const videoBps = BITRATE_BPS - AUDIO_BPS
  const made = spawnSync(
    ffmpegProgram(),
    [
      ...`-hide_banner -loglevel error -t ${CLIP_SECONDS}`.split(' '),
      ...`-f lavfi -i testsrc2=size=1280x720:rate=30,noise=alls=20:allf=t`.split(' '),
      ...`-f lavfi -i sine=frequency=440:sample_rate=48000 -t ${CLIP_SECONDS}`.split(' '),
      ...`-c:v libx264 -preset superfast -pix_fmt yuv420p -g 60 -keyint_min 60 -sc_threshold 0`.split(' '),
      ...`-b:v ${videoBps} -minrate ${videoBps} -maxrate ${videoBps} -bufsize ${videoBps / 2}`.split(' '),
      ...`-x264-params nal-hrd=cbr -c:a aac -b:a ${AUDIO_BPS} -ac 2 -f flv`.split(' '),
      clip,
    ],
    { encoding: 'utf8' },
  )
  if (made.status !== 0) throw new Error(`Cannot make the clip: ${made.stderr}`)
  return clip
}

/** @param core the sender's alone; the server has another */
export function startSender(clip: string, target: string, core: number): TestProcess {
  return new TestProcess({
    name: 'sender',
    command: 'taskset',
    args: [
      ...`-c ${core} ${ffmpegProgram()} -hide_banner -loglevel error -re -stream_loop -1`.split(' '),
      '-i',
      clip,
      ...'-c copy -f flv'.split(' '),
      target,
    ],
  })
}

export async function stopAll(processes: readonly TestProcess[]): Promise<void> {
  // ffmpeg ends cleanly at SIGINT; a peer that is already gone is no failure.
  await Promise.all(processes.map((each) => each.stop('SIGINT').catch(() => each.kill())))
}
