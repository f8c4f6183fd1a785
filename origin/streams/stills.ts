/**
 * Pictures of what is on air, for cards and previews: a JPEG of the newest key frame by ffmpeg, made when somebody
 * asks and the last one is old. JPEG, because it is what previews of links take; where there is no ffmpeg, pages
 * show the channel's banner.
 */
import { runProgram } from '../run-program.ts'
import type { LiveStream } from './live-stream.ts'

export interface StillsOptions {
  readonly ffmpegPath: string
  /** Unix ms. */
  readonly now: () => number
  readonly maxAgeMs?: number
  readonly timeoutMs?: number
}

const MAX_AGE_MS = 10_000
const TIMEOUT_MS = 4000
/** Broadcasts whose pictures may wait for one another; the others keep their old picture. */
const MAX_WAITING = 32
const MAX_JPEG_BYTES = 1024 * 1024
const ARGUMENTS = [
  ['-nostats', '-hide_banner', '-loglevel', 'error', '-threads', '1', '-f', 'mp4', '-i', 'pipe:0'],
  ['-map', '0:v:0', '-frames:v', '1', '-vf', "scale='min(640,iw)':-2", '-q:v', '5', '-f', 'mjpeg', 'pipe:1'],
].flat()

interface Still {
  jpeg: Uint8Array | undefined
  /** Of the last attempt, successful or not. */
  triedAtMs: number
  making: Promise<Uint8Array | undefined> | undefined
}

/** @returns what gives the still of a stream; it never rejects, and at most one is made at a time */
export function createStills(
  options: StillsOptions,
): (stream: LiveStream) => Promise<Uint8Array | undefined> {
  const { ffmpegPath, now, maxAgeMs = MAX_AGE_MS, timeoutMs = TIMEOUT_MS } = options
  const stills = new WeakMap<LiveStream, Still>()
  let turn: Promise<unknown> = Promise.resolve()
  let waiting = 0

  return (stream) => {
    const still = stills.get(stream) ?? { jpeg: undefined, triedAtMs: -Infinity, making: undefined }
    stills.set(stream, still)
    if (still.making) return still.making
    if (now() - still.triedAtMs < maxAgeMs || waiting >= MAX_WAITING) return Promise.resolve(still.jpeg)
    waiting++
    still.making = inTurn(async () => {
      const media = stream.newestKeyPart()
      still.jpeg = media && (await makeJpeg({ ffmpegPath, timeoutMs, media: [media.init, media.part] }))
      still.triedAtMs = now()
      still.making = undefined
      waiting--
      return still.jpeg
    })
    return still.making
  }

  function inTurn<T>(make: () => Promise<T>): Promise<T> {
    const made = turn.then(make)
    turn = made
    return made
  }
}

export interface JpegRequest {
  readonly ffmpegPath: string
  readonly timeoutMs: number
  readonly media: readonly Uint8Array[]
}

/** @returns `undefined` when there is no ffmpeg, or nothing it can draw */
export function makeJpeg({ ffmpegPath, timeoutMs, media }: JpegRequest): Promise<Uint8Array | undefined> {
  return runProgram({
    command: ffmpegPath,
    args: ARGUMENTS,
    input: media,
    timeoutMs,
    maxOutputBytes: MAX_JPEG_BYTES,
  })
}
