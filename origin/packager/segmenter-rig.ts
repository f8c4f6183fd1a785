/** For the segmenter's tests: what it is given, and what must hold of all it makes. */
import type { LatencyMode } from '../../shared/contracts/internal.ts'
import type { MediaMessage } from '../media/access-unit.ts'
import { readPart } from './read-part.ts'
import { Segmenter } from './segmenter.ts'
import { encode, type SyntheticEncoder } from './synthetic.ts'
import { LiveWindow } from './window.ts'

const TARGET_DURATION = 4

export function packager(mode: LatencyMode = 'low') {
  const window = new LiveWindow({ windowSeconds: 100_000, onAdvance: () => {} })
  const segmenter = new Segmenter({ latencyMode: mode, targetDurationSeconds: TARGET_DURATION, sink: window })
  const write = (messages: readonly MediaMessage[]) => {
    for (const message of messages) segmenter.write(message, 1_000_000)
  }
  return { window, segmenter, write }
}

export function pack(encoder: SyntheticEncoder, mode?: LatencyMode) {
  const { window, segmenter, write } = packager(mode)
  write(encode(encoder))
  segmenter.finish()
  return window
}

/** Every sample of a track, in order, with its absolute decode time. */
export function samplesOf(window: LiveWindow, trackId: number) {
  return window.listed.flatMap(({ parts }) =>
    parts.flatMap(({ media }) => {
      const track = readPart(media.read()).get(trackId)
      let decodeTime = track?.baseDecodeTime ?? 0
      return (track?.samples ?? []).map((sample) => {
        const timed = { ...sample, decodeTime }
        decodeTime += sample.duration
        return timed
      })
    }),
  )
}

/** What of RFC 8216bis 4.4.4.9 and 4.4.3.1 does not hold, of every part and segment. */
export function brokenRules(window: LiveWindow): string[] {
  const target = (window.partTarget?.advertisedMs ?? 0) / 1000
  return window.listed.flatMap(({ msn, durationSeconds: segmentSeconds, parts }) => {
    const durations = parts.map(({ durationSeconds }) => durationSeconds)
    return [
      ...(Math.round(segmentSeconds) > TARGET_DURATION
        ? [`segment ${msn} is too long: ${segmentSeconds}`]
        : []),
      ...durations
        .filter((each) => each > target)
        .map((each) => `segment ${msn} has too long a part: ${each}`),
      ...durations
        .slice(0, -1)
        .filter((each) => each < 0.85 * target)
        .map((each) => `segment ${msn} has too short a part: ${each}`),
    ]
  })
}
