import { describe, expect, test } from 'vitest'
import { opusHeadFor, parseOpusConfig } from '../media/opus.ts'
import type { Packet } from './media-source.ts'
import { audioSamples, delayOf, endOf, endsSegment, videoSamples } from './timeline.ts'

const packet = (timestamp: number, isKey = false): Packet => ({
  data: Uint8Array.of(0xfc, 0),
  timestamp,
  duration: 0.02,
  isKey,
})

const shownAt = (samples: ReturnType<typeof videoSamples>) =>
  samples.map(({ decodeTime, compositionOffset }) => decodeTime + compositionOffset)

describe('pictures that are shown in another order', () => {
  const group = [packet(0.08, true), packet(0.2), packet(0.12), packet(0.16)]

  test('are decoded in time, without holes, and none after it is shown', () => {
    const delay = delayOf(group, true)
    expect(delay).toBe(0.04)
    const samples = videoSamples(group, 0, { end: 0.24, delay })
    expect(samples.map(({ decodeTime }) => decodeTime)).toEqual([40, 80, 120, 160])
    expect(samples.map(({ compositionOffset }) => compositionOffset)).toEqual([40, 120, 0, 0])
    expect(samples.map(({ duration }) => duration)).toEqual([40, 40, 40, 40])
  })

  test('also where the first ones did not tell of it', () => {
    const samples = videoSamples(group, 40, { end: 0.24, delay: 0 })
    expect(shownAt(samples)).toEqual([80, 200, 120, 160])
    expect(samples.every(({ compositionOffset }) => compositionOffset >= 0)).toBe(true)
  })

  test('and those of a clock that jumps delay nothing', () => {
    expect(delayOf([packet(0), packet(9), packet(0.04)], true)).toBe(0)
    // What follows the last of them is not known yet.
    expect(delayOf(group, false)).toBe(0)
  })
})

test('decode times rise whatever a file says, from the end of the segment before', () => {
  const samples = videoSamples([packet(1), packet(1), packet(0.2)], 500, { end: 1, delay: 0 })
  expect(samples.map(({ decodeTime }) => decodeTime)).toEqual([500, 501, 502])
  expect(endOf(samples)).toBe(1000)
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
