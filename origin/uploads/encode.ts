/** How ffmpeg makes of any file one that can be repackaged. Pure. */
import type { Container } from './container.ts'

export interface Encoding {
  readonly input: string
  readonly container: Container
  readonly output: string
  readonly inputBytes: number
}

/** 8K; more is no video. */
const MAX_PIXELS = 7680 * 4320
/** Old codecs take less room than H.264 may; a file of a few bytes that claims days takes no more than this. */
const MAX_GROWTH = 3
const ALLOWANCE_BYTES = 64 * 1024 * 1024

export function encodeArguments({ input, container, output, inputBytes }: Encoding): string[] {
  const maxBytes = Math.floor(inputBytes * MAX_GROWTH) + ALLOWANCE_BYTES
  const words = [
    '-nostdin -v error -progress pipe:1 -y',
    // Nothing but this file, in this container, on one core: whoever is on air needs the others.
    `-protocol_whitelist file -max_pixels ${MAX_PIXELS} -threads 1 -f ${container}`,
  ]
  const made = [
    // No cover of a record for a picture.
    '-map 0:V:0? -map 0:a:0? -sn -dn -map_metadata -1',
    '-c:v libx264 -preset veryfast -crf 21 -pix_fmt yuv420p -threads 1',
    // Even sides, which H.264 wants, and a key frame every two seconds.
    '-vf scale=trunc(iw/2)*2:trunc(ih/2)*2 -force_key_frames expr:gte(t,n_forced*2)',
    '-c:a aac -b:a 160k -ac 2',
    `-fs ${maxBytes} -f mp4`,
  ]
  return [...split(words), '-i', `file:${input}`, ...split(made), `file:${output}`]
}

function split(options: readonly string[]): string[] {
  return options.flatMap((each) => each.split(' '))
}

/**
 * From a line of `-progress`. What is written says little about what is left, so this is a guess that only rises.
 * @returns `undefined` for other lines
 */
export function encodedPercent(line: string, inputBytes: number): number | undefined {
  const written = /^total_size=(\d+)$/.exec(line)?.[1]
  return written === undefined ? undefined : Math.min(99, Math.floor((100 * Number(written)) / inputBytes))
}
