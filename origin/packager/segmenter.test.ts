import { describe, expect, test } from 'vitest'
import type { LatencyMode } from '../../shared/contracts/internal.ts'
import { brokenRules, pack, packager, samplesOf } from './segmenter-rig.ts'
import { encode } from './synthetic.ts'
import { AUDIO_TRACK_ID, VIDEO_TRACK_ID } from './track.ts'

describe.each<LatencyMode>(['ultra', 'low', 'normal'])('latency mode %s', (mode) => {
  test.each([10, 24, 25, 29.97, 30, 50, 59.94, 60])('%d fps keeps part and segment rules', (frameRate) => {
    const window = pack({ seconds: 20, frameRate, framesPerGop: Math.round(frameRate * 2) }, mode)
    expect(brokenRules(window)).toEqual([])
    expect(window.listed.every(({ isIndependent }) => isIndependent)).toBe(true)
    expect(samplesOf(window, VIDEO_TRACK_ID)).toHaveLength(Math.ceil(20 * frameRate))
  })

  test.each([
    ['later', (frame: number, ms: number) => ([3, 9, 15].includes(frame % 20) ? ms + 12 : ms)],
    ['dropped', (frame: number, ms: number) => (frame % 4 === 3 ? undefined : ms)],
    ['twice as long', (frame: number, ms: number) => ms + Math.floor((frame * 3) / 10) * 33],
  ])(
    'a rate that is only just regular, at 70 %% of the intervals, keeps the rules: frames %s',
    (_how, stamp) => {
      const window = pack({ seconds: 20, frameRate: 30, stamp }, mode)
      expect(brokenRules(window)).toEqual([])
      expect(window.listed.some(({ isDiscontinuity }) => isDiscontinuity)).toBe(false)
    },
  )

  test('a variable frame rate around 10 fps keeps part and segment rules', () => {
    const stamp = (frame: number, ms: number) => ms + ((frame * (frame + 7) * 31) % 90) - 45 + 50
    const window = pack({ seconds: 20, frameRate: 10, framesPerGop: 20, stamp }, mode)
    expect(brokenRules(window)).toEqual([])
    expect(window.partTarget?.nominalMs).toBe(500)
  })
})

test('key frames every 250 frames: cuts without one, and says so', () => {
  const window = pack({ seconds: 26, frameRate: 30, framesPerGop: 250 })
  expect(brokenRules(window)).toEqual([])
  expect(window.listed.some(({ isIndependent }) => !isIndependent)).toBe(true)
  // Each key frame starts a segment, so that players can join at it.
  const keys = window.listed.flatMap(({ parts }) =>
    parts.flatMap(({ isIndependent }, index) => (isIndependent ? [index] : [])),
  )
  expect(keys).toEqual([0, 0, 0, 0])
})

test('parts are whole frames of the wanted length', () => {
  expect(pack({ seconds: 4, frameRate: 30 }, 'ultra').partTarget).toMatchObject({ advertisedMs: 201 })
  expect(pack({ seconds: 4, frameRate: 24 }, 'ultra').partTarget?.advertisedMs).toBeGreaterThanOrEqual(209)
  expect(pack({ seconds: 4, frameRate: 25 }, 'low').partTarget).toMatchObject({ nominalMs: 320 })
})

test('an encoder that stumbles over its first frames still gets short parts', () => {
  const stamp = (frame: number, ms: number) => (frame === 1 ? ms + 12 : frame === 5 ? undefined : ms)
  const window = pack({ seconds: 8, frameRate: 30, stamp }, 'ultra')
  expect(brokenRules(window)).toEqual([])
  expect(window.partTarget).toMatchObject({ nominalMs: 200 })
})

test('B-frames keep their order: composition offsets pass through, signed', () => {
  const { window, segmenter, write } = packager('ultra')
  const offsets = [66, 133, 66, 0, -33]
  write(
    encode({ seconds: 3, frameRate: 30 }).map((message) =>
      message.type === 'video'
        ? { ...message, compositionMs: offsets[Math.round(message.dtsMs / 33) % 5] ?? 0 }
        : message,
    ),
  )
  segmenter.finish()
  const seen = samplesOf(window, VIDEO_TRACK_ID).map(({ compositionOffset }) => compositionOffset)
  expect(seen.slice(0, 5)).toEqual(offsets)
})

test('video only and audio only both play', () => {
  const videoOnly = pack({ seconds: 6, frameRate: 30, hasAudio: false })
  expect(brokenRules(videoOnly)).toEqual([])
  expect(samplesOf(videoOnly, VIDEO_TRACK_ID)).toHaveLength(180)
  const audioOnly = pack({ seconds: 12, hasAudio: true })
  expect(brokenRules(audioOnly)).toEqual([])
  expect(audioOnly.listed.length).toBeGreaterThan(2)
  expect(audioOnly.tracks?.video).toBeUndefined()
  expect(samplesOf(audioOnly, AUDIO_TRACK_ID)).toHaveLength(Math.ceil((12 * 48000) / 1024))
})
