import { expect, test } from 'vitest'
import { opusHeadFor, parseOpusConfig } from '../media/opus.ts'
import type { Packet } from './media-source.ts'
import { audioSamples, endOf, endsSegment, videoSamples } from './timeline.ts'

const packet = (timestamp: number, isKey = false): Packet => ({
  data: Uint8Array.of(0xfc, 0),
  timestamp,
  duration: 0.02,
  isKey,
})

test('pictures that are shown in another order are decoded in time, without holes', () => {
  const samples = videoSamples([packet(0, true), packet(0.12), packet(0.04), packet(0.08)], 0, 0.16)
  expect(samples.map(({ decodeTime }) => decodeTime)).toEqual([0, 40, 80, 120])
  expect(samples.map(({ decodeTime, compositionOffset }) => decodeTime + compositionOffset)).toEqual([
    0, 120, 40, 80,
  ])
  expect(samples.map(({ duration }) => duration)).toEqual([40, 40, 40, 40])
})

test('decode times rise whatever a file says, from the end of the segment before', () => {
  const samples = videoSamples([packet(1), packet(1), packet(0.2)], 500, 1)
  expect(samples.map(({ decodeTime }) => decodeTime)).toEqual([500, 1000, 1001])
  expect(endOf(samples)).toBe(1002)
  expect(samples.every(({ duration }) => duration >= 0)).toBe(true)
})

test('sound is counted in its samples: rounded times are no holes, a hole is one', () => {
  const config = parseOpusConfig(opusHeadFor(Uint8Array.of(0xfc)))
  if (!config) throw new Error('Cannot read the head')
  const samples = audioSamples([packet(0), packet(0.021), packet(0.5)], config, undefined)
  expect(samples.map(({ decodeTime }) => decodeTime)).toEqual([0, 960, 24_000])
  expect(samples.map(({ duration }) => duration)).toEqual([960, 23_040, 960])
  expect(audioSamples([packet(0.52)], config, endOf(samples))[0]?.decodeTime).toBe(24_960)
})

test('segments end at key frames, and without one before they are too long or too large', () => {
  const so = { seconds: 4, sizeBytes: 1000, packets: 100 }
  expect(endsSegment(packet(4, true), so)).toBe(true)
  expect(endsSegment(packet(4), so)).toBe(false)
  expect(endsSegment(packet(2, true), { ...so, seconds: 2 })).toBe(false)
  expect(endsSegment(packet(16), { ...so, seconds: 16 })).toBe(true)
  expect(endsSegment(packet(4), { ...so, sizeBytes: 17 * 1024 * 1024 })).toBe(true)
  expect(endsSegment(packet(4), { ...so, packets: 20_000 })).toBe(true)
})
