/** A live encoder with the settings of a streamer: ffmpeg fed with pictures of the wall clock. */
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { findExecutable } from '../setup.ts'
import { FRAME_BYTES, paintClock, PICTURE } from './clock-picture.ts'

const FRAME_RATE = 30
const KEY_FRAME_SECONDS = 2
/** The same for the product and its peers. */
const ENCODER =
  `-c:v libx264 -preset veryfast -tune zerolatency -profile:v high -pix_fmt yuv420p ` +
  `-b:v 2500k -maxrate 2500k -bufsize 2500k -sc_threshold 0 ` +
  `-g ${FRAME_RATE * KEY_FRAME_SECONDS} -keyint_min ${FRAME_RATE * KEY_FRAME_SECONDS} ` +
  `-c:a aac -b:a 128k -ar 44100 -ac 2`
const INPUT =
  `-f rawvideo -pix_fmt yuv420p -s ${PICTURE.width}x${PICTURE.height} -framerate ${FRAME_RATE} -i pipe:0 ` +
  `-f lavfi -i sine=frequency=440:sample_rate=44100`

export class ClockPublisher {
  readonly #ffmpeg: ChildProcess
  readonly #ended: Promise<unknown>
  readonly #painting: Promise<void>
  #isStopped = false
  #messages = ''

  constructor(target: string) {
    const program = findExecutable('ffmpeg')
    if (program === undefined) throw new Error('Cannot find ffmpeg: run npm run test:setup')
    const options = `-hide_banner -loglevel error -fflags nobuffer ${INPUT} ${ENCODER} -flush_packets 1 -f flv`
    const args = [...options.split(' '), target]
    this.#ffmpeg = spawn(program, args, { stdio: ['pipe', 'ignore', 'pipe'] })
    this.#ffmpeg.stderr?.setEncoding('utf8').on('data', (text: string) => (this.#messages += text))
    this.#ended = once(this.#ffmpeg, 'exit')
    // A write after ffmpeg has gone is reported by `failure`, not by a crash of the bench.
    this.#ffmpeg.stdin?.on('error', () => (this.#isStopped = true))
    this.#painting = this.#paint()
  }

  /** What ffmpeg complained about; undefined while it runs. */
  get failure(): string | undefined {
    return this.#ffmpeg.exitCode === null ? undefined : this.#messages || 'ffmpeg has ended'
  }

  async stop(): Promise<void> {
    this.#isStopped = true
    await this.#painting
    this.#ffmpeg.stdin?.end()
    this.#ffmpeg.kill('SIGINT')
    await this.#ended
  }

  async #paint(): Promise<void> {
    const frame = new Uint8Array(FRAME_BYTES)
    const start = performance.now()
    for (let index = 0; !this.#isStopped; index++) {
      const dueInMs = start + (index * 1000) / FRAME_RATE - performance.now()
      if (dueInMs > 0) await new Promise((resolve) => setTimeout(resolve, dueInMs))
      paintClock(frame, Date.now(), index)
      const { stdin } = this.#ffmpeg
      if (!stdin || this.failure !== undefined) return
      // One frame buffer is enough: the pipe has taken it before the next is painted.
      if (!stdin.write(frame)) await Promise.race([once(stdin, 'drain'), this.#ended])
    }
  }
}
