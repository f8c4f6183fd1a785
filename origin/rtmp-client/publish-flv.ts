/** Plays FLV tags into a publisher, once or in a loop, at the speed of a camera or as fast as it goes. */
import { setTimeout as sleep } from 'node:timers/promises'
import { type FlvTag, TAG_AUDIO, TAG_VIDEO } from '../ingest/flv.ts'
import type { RtmpPublisher } from './publisher.ts'

/** Waits until a moment of the media, counted from its first tag. */
export type Pace = (mediaMs: number, signal: AbortSignal) => Promise<void>

export interface PublishFlvOptions {
  readonly tags: readonly FlvTag[]
  readonly pace: Pace
  /** Infinity: until the signal or the end of the connection. */
  readonly loops: number
  readonly signal?: AbortSignal
}

/** Resolves at the end of the media, or when the signal or the server ends it. */
export async function publishFlv(
  publisher: Pick<RtmpPublisher, 'write' | 'closed'>,
  options: PublishFlvOptions,
): Promise<void> {
  const over = new AbortController()
  const onAbort = () => over.abort()
  options.signal?.addEventListener('abort', onAbort, { once: true })
  if (options.signal?.aborted === true) over.abort()
  publisher.closed.then(onAbort, onAbort)
  try {
    for (const { tag, mediaMs } of looped(options.tags, options.loops)) {
      await options.pace(mediaMs, over.signal)
      if (over.signal.aborted) return
      await publisher.write(tag)
    }
  } finally {
    options.signal?.removeEventListener('abort', onAbort)
  }
}

/** Speed 1 is real time; more is faster. */
export function paced(
  options: {
    readonly speed?: number
    readonly now?: () => number
    readonly wait?: (ms: number, signal: AbortSignal) => Promise<void>
  } = {},
): Pace {
  const { speed = 1, now = () => performance.now(), wait = sleepUntilAborted } = options
  let startedAt: number | undefined
  return async (mediaMs, signal) => {
    startedAt ??= now() - mediaMs / speed
    const leftMs = startedAt + mediaMs / speed - now()
    if (leftMs > 0 && !signal.aborted) await wait(leftMs, signal)
  }
}

/** An abort only ends the wait early; the caller looks at the signal. */
async function sleepUntilAborted(ms: number, signal: AbortSignal): Promise<void> {
  await sleep(ms, undefined, { signal }).catch(() => undefined)
}

/** As fast as the socket takes it, but never without letting others run. */
export const unpaced: Pace = () => new Promise((resolve) => setImmediate(resolve))

/** Timestamps go on through the loops; what configures a decoder is sent once. */
export function* looped(
  tags: readonly FlvTag[],
  loops: number,
): Generator<{ readonly tag: FlvTag; readonly mediaMs: number }> {
  const media = tags.filter(isMedia)
  const firstMs = media[0]?.timestamp
  if (firstMs === undefined) throw new RangeError('Cannot publish: no audio and no video')
  const loopMs = Math.max(trackMs(media, TAG_AUDIO, firstMs), trackMs(media, TAG_VIDEO, firstMs))
  for (let loop = 0; loop < loops; loop++) {
    for (const tag of loop === 0 ? tags : media) {
      const mediaMs = Math.max(0, tag.timestamp - firstMs) + loop * loopMs
      yield { tag: { ...tag, timestamp: mediaMs >>> 0 }, mediaMs }
    }
  }
}

/** How long one track plays: to its last tag and one more interval. */
function trackMs(media: readonly FlvTag[], type: number, firstMs: number): number {
  const times = media.filter((tag) => tag.type === type).map((tag) => tag.timestamp)
  const [start] = times
  const end = times.at(-1)
  if (start === undefined || end === undefined) return 0
  const intervalMs = times.length > 1 ? (end - start) / (times.length - 1) : 0
  return Math.round(end - firstMs + intervalMs)
}

/** Not what configures a decoder. */
function isMedia({ type, payload }: FlvTag): boolean {
  if ((type !== TAG_AUDIO && type !== TAG_VIDEO) || payload.length < 2) return false
  const first = payload[0] ?? 0
  const isEnhanced = type === TAG_VIDEO ? first >= 0x80 : first >> 4 === 9
  // The packet type: in the lower half of the first byte, or the second byte of AAC, AVC and HEVC tags.
  return (isEnhanced ? first & 0x0f : payload[1]) !== 0
}
