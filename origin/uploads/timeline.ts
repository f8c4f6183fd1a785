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

/**
 * Pictures of one segment, in decode order, with the times at which they are decoded: containers keep those of
 * presentation. Sorted, these are times at which one picture after another can be decoded (composition offsets are
 * signed), because no picture of a closed group is shown before one of the group ahead of it.
 * @param from the end of the segment before, in ticks
 * @param end of this segment, in seconds; the last picture lasts until then
 */
export function videoSamples<Data extends Sized>(
  packets: readonly Packet<Data>[],
  from: number,
  end: number,
): Sample<Data>[] {
  const shown = packets.map(({ timestamp }) => Math.round(timestamp * VIDEO_TIMESCALE))
  const decoded = shown.toSorted((a, b) => a - b)
  let earliest = from
  for (const [index, time] of decoded.entries()) {
    decoded[index] = earliest = Math.max(earliest, time)
    earliest += 1
  }
  const last = Math.max(earliest, Math.round(end * VIDEO_TIMESCALE))
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
