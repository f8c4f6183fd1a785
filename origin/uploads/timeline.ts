/**
 * From what a file says of its packets to what an HLS segment needs: decode times that rise, durations without holes,
 * and cuts at key frames. Pure.
 */
import type { AudioConfig } from '../media/audio-config.ts'
import { type Sample, type Sized, VIDEO_TIMESCALE } from '../packager/track.ts'
import type { Packet } from './media-source.ts'

/** When a segment ends. */
export const CUT = {
  /** At the next key frame after this; a little less than four seconds, because times in containers are rounded. */
  targetSeconds: 3.9,
  /** Without one: players hold whole segments, and the edge does, too. */
  maxSeconds: 15,
  maxBytes: 16 * 1024 * 1024,
  maxPackets: 20_000,
} as const

export function endsSegment(
  next: Pick<Packet<Sized>, 'isKey'>,
  so: { readonly seconds: number; readonly sizeBytes: number; readonly packets: number },
): boolean {
  if (next.isKey && so.seconds >= CUT.targetSeconds) return true
  return so.seconds >= CUT.maxSeconds || so.sizeBytes >= CUT.maxBytes || so.packets >= CUT.maxPackets
}

/** Pictures are shown at most so many later than they are decoded (H.264, A.3.1; H.265, A.4.2). */
export const MAX_REORDERED = 16
/** A clock that jumps is no order of pictures. */
const MAX_DELAY_SECONDS = 1

/**
 * How long after its decoding a picture is shown at least, so that none is shown before: players that were not told
 * otherwise add it to the picture alone, and sound that does not wait as long comes too early.
 * @param packets the first ones, in decode order; the last of them may be shown before ones that are not here
 * @returns seconds
 */
export function delayOf(packets: readonly Pick<Packet<Sized>, 'timestamp'>[], isWhole: boolean): number {
  const shown = packets.map(ticksOf)
  const sorted = shown.toSorted((a, b) => a - b)
  const count = isWhole ? shown.length : shown.length - MAX_REORDERED
  let delay = 0
  for (let index = 0; index < count; index++)
    delay = Math.max(delay, (sorted[index] ?? 0) - (shown[index] ?? 0))
  return delay > MAX_DELAY_SECONDS * VIDEO_TIMESCALE ? 0 : delay / VIDEO_TIMESCALE
}

function ticksOf({ timestamp }: Pick<Packet<Sized>, 'timestamp'>): number {
  return Math.round(timestamp * VIDEO_TIMESCALE)
}

/** What belongs to a segment, and where it lies on the common clock. Seconds. */
export interface SegmentTimes {
  /** When the first picture of the next segment is shown; the last one lasts until then. */
  readonly end: number
  /** See `delayOf`. */
  readonly delay: number
}

/**
 * Pictures of one segment, in decode order, with the times at which they are decoded: containers keep those of
 * presentation. Sorted, and early enough that none is shown before it is decoded.
 * @param from the end of the segment before, in ticks
 */
export function videoSamples<Data extends Sized>(
  packets: readonly Packet<Data>[],
  from: number,
  { end, delay }: SegmentTimes,
): Sample<Data>[] {
  const shown = packets.map(ticksOf)
  const delayTicks = Math.round(delay * VIDEO_TIMESCALE)
  const decoded = shown.toSorted((a, b) => a - b).map((time) => time - delayTicks)
  // An order that the first pictures did not tell of: decoded sooner, as far as there is time.
  const endTicks = Math.round(end * VIDEO_TIMESCALE) - delayTicks
  let latest = endTicks
  for (let index = shown.length - 1; index >= 0; index--) {
    const [time = 0, shownAt = 0] = [decoded[index], shown[index]]
    const isOrder = time - shownAt <= MAX_DELAY_SECONDS * VIDEO_TIMESCALE
    latest = Math.min(latest - 1, isOrder ? shownAt : latest)
    decoded[index] = Math.min(time, latest)
  }
  let earliest = from
  for (const [index, time] of decoded.entries()) {
    decoded[index] = earliest = Math.max(earliest, time)
    earliest += 1
  }
  const last = Math.max(earliest, endTicks)
  return packets.map(({ data, isKey }, index) => {
    const decodeTime = decoded[index] ?? 0
    return {
      data,
      isKey,
      decodeTime,
      compositionOffset: (shown[index] ?? 0) - decodeTime,
      duration: (decoded[index + 1] ?? last) - decodeTime,
    }
  })
}

export function endOf(samples: readonly Sample<Sized>[]): number | undefined {
  const last = samples.at(-1)
  return last && last.decodeTime + last.duration
}

/** Rounded times of a container (Matroska: ms) are no holes between frames; more than this is one. */
const HOLE_SECONDS = 0.05

/**
 * Frames of sound, one after another by the samples they hold.
 * @param from the end of what came before, in ticks; `undefined` at the start
 */
export function audioSamples<Data extends Sized>(
  packets: readonly Packet<Data>[],
  config: Pick<AudioConfig, 'sampleEntry' | 'sampleRate' | 'frameSamples'>,
  from: number | undefined,
): Sample<Data>[] {
  const samples: Sample<Data>[] = []
  let time = from
  for (const { data, timestamp, duration } of packets) {
    const told = Math.max(0, Math.round(timestamp * config.sampleRate))
    const hole = time === undefined ? 0 : told - time
    const decodeTime = time === undefined || hole > HOLE_SECONDS * config.sampleRate ? told : time
    // A hole belongs to the frame before it, so that decode times add up within a part.
    const before = samples.at(-1)
    if (before) before.duration = decodeTime - before.decodeTime
    const length =
      // Frames of AAC play as many as the codec says, whatever is written beside them.
      config.sampleEntry === 'mp4a'
        ? config.frameSamples
        : Math.max(1, Math.round(Math.max(0, duration) * config.sampleRate))
    samples.push({ data, isKey: true, decodeTime, compositionOffset: 0, duration: length })
    time = decodeTime + length
  }
  return samples
}
