import { describe, expect, test } from 'vitest'
import { readPart } from './read-part.ts'
import { brokenRules, pack, packager, samplesOf } from './segmenter-rig.ts'
import { arrivingLate, encode } from './synthetic.ts'
import { AUDIO_TRACK_ID, VIDEO_TRACK_ID } from './track.ts'
import type { LiveWindow } from './window.ts'

test('a jump of the timestamps becomes a discontinuity, and time goes on', () => {
  const { window, segmenter, write } = packager()
  const [, , ...units] = encode({ seconds: 4, frameRate: 30, startMs: 90_000 })
  write(encode({ seconds: 4, frameRate: 30 }))
  write(units)
  segmenter.finish()
  expect(window.listed.filter(({ isDiscontinuity }) => isDiscontinuity)).toHaveLength(1)
  const times = samplesOf(window, VIDEO_TRACK_ID).map(({ decodeTime }) => decodeTime)
  expect(times.at(-1)).toBeLessThan(8200)
  expect(times.every((time, index) => index === 0 || time >= (times[index - 1] ?? 0))).toBe(true)
})

test('audio and video stay in step for an hour although the stamps are rounded', () => {
  const { window, segmenter } = packager()
  const hours = 1
  const messages = encode({ seconds: 2, frameRate: 10, framesPerGop: 20 })
  for (const message of messages.slice(0, 2)) segmenter.write(message, 0)
  // An encoder whose sound card runs 100 ppm fast, stamped by the clock that video uses.
  const frameMs = (1024 / 48000) * 1000 * (1 - 100e-6)
  let lastVideoMs = 0
  let lastAudioMs = 0
  for (let video = 0, audio = 0; video < hours * 36_000; video++) {
    lastVideoMs = video * 100
    segmenter.write(
      { type: 'video', dtsMs: lastVideoMs, compositionMs: 0, isKey: video % 20 === 0, data: Buffer.alloc(1) },
      0,
    )
    for (; audio * frameMs <= lastVideoMs; audio++) {
      lastAudioMs = Math.floor(audio * frameMs)
      segmenter.write({ type: 'audio', dtsMs: lastAudioMs, data: Buffer.alloc(1) }, 0)
    }
  }
  segmenter.finish()
  const video = samplesOf(window, VIDEO_TRACK_ID).at(-1)
  const audio = samplesOf(window, AUDIO_TRACK_ID).at(-1)
  expect(video?.decodeTime).toBe(lastVideoMs)
  expect(Math.abs((audio?.decodeTime ?? 0) / 48 - lastAudioMs)).toBeLessThan(10)
})

test.each([
  ['many', 5000, 1],
  ['large', 40, 2_000_000],
])('stamps that stand still cannot grow a part without bound: %s frames', (_name, count, size) => {
  const { window, segmenter, write } = packager()
  write(encode({ seconds: 2, frameRate: 30 }))
  const data = Buffer.alloc(size)
  for (let index = 0; index < count; index++) {
    segmenter.write({ type: 'video', dtsMs: 2000, compositionMs: 0, isKey: false, data }, 0)
  }
  segmenter.finish()
  const parts = window.listed.flatMap(({ parts: listed }) => listed)
  const samples = parts.map(({ media }) => readPart(media.read()).get(VIDEO_TRACK_ID)?.samples.length ?? 0)
  expect(Math.max(...samples)).toBeLessThanOrEqual(1024)
  expect(Math.max(...parts.map(({ media }) => media.sizeBytes))).toBeLessThan(17 * 1024 * 1024)
})

describe.each([500, 1500, 3000])('tracks that arrive %d ms apart', (lateMs) => {
  test.each(['audio', 'video'] as const)('%s late: nothing is lost, no discontinuity, same times', (late) => {
    const { window, segmenter, write } = packager()
    const messages = encode({ seconds: 20, frameRate: 30 })
    write(arrivingLate(messages, late, lateMs))
    segmenter.finish()
    expect(brokenRules(window)).toEqual([])
    const video = samplesOf(window, VIDEO_TRACK_ID)
    const audio = samplesOf(window, AUDIO_TRACK_ID)
    // A picture that is late from the start joins a broadcast that has begun with its sound.
    const joins = late === 'video' && lateMs > 1000
    expect(window.listed.filter(({ isDiscontinuity }) => isDiscontinuity)).toEqual([])
    expect(video).toHaveLength(600)
    expect(video.every(({ duration }) => duration > 0)).toBe(true)
    expect(video.map(({ decodeTime, compositionOffset }) => decodeTime + compositionOffset)).toEqual(
      messages.flatMap((message) => (message.type === 'video' ? [message.dtsMs] : [])),
    )
    expect(audio.length).toBeGreaterThan(joins ? 930 - lateMs / 20 : 930)
    expect((audio.at(-1)?.decodeTime ?? 0) / 48).toBeGreaterThan(19_900)
  })
})

/** How far the sound is ahead of the picture that was captured with it, in ms, at the end. */
function soundAhead(window: LiveWindow): number {
  const video = samplesOf(window, VIDEO_TRACK_ID).at(-1)
  const audio = samplesOf(window, AUDIO_TRACK_ID).at(-1)
  return (audio?.decodeTime ?? 0) / 48 - (video?.decodeTime ?? 0)
}

test.each([
  ['picture', 'audio', 0],
  ['picture', 'audio', 700],
  ['sound', 'video', 700],
] as const)(
  'a jump that the %s shows first is one discontinuity, and the tracks stay in step',
  (_first, late, lateMs) => {
    const { window, segmenter, write } = packager()
    const first = encode({ seconds: 6, frameRate: 30 })
    const second = encode({ seconds: 6, frameRate: 30, startMs: 6000 }).slice(2)
    const jumping = arrivingLate([...first, ...second], late, lateMs).map((message) =>
      'dtsMs' in message && message.dtsMs >= 6000 ? { ...message, dtsMs: message.dtsMs + 90_000 } : message,
    )
    write(jumping)
    segmenter.finish()
    expect(window.listed.filter(({ isDiscontinuity }) => isDiscontinuity)).toHaveLength(1)
    expect(Math.abs(soundAhead(window))).toBeLessThan(60)
    // What is lost lies between the jump and the next key frame at most.
    expect(samplesOf(window, VIDEO_TRACK_ID).length).toBeGreaterThan(300)
    expect(samplesOf(window, AUDIO_TRACK_ID).length).toBeGreaterThan(500)
    expect(brokenRules(window)).toEqual([])
  },
)

test('sound whose stamps jump alone stays with the picture, which is not disturbed', () => {
  const { window, segmenter, write } = packager()
  write(
    encode({ seconds: 12, frameRate: 30 }).map((message) =>
      message.type === 'audio' && message.dtsMs > 5000
        ? { ...message, dtsMs: message.dtsMs + 40_000 }
        : message,
    ),
  )
  segmenter.finish()
  expect(window.listed.filter(({ isDiscontinuity }) => isDiscontinuity)).toHaveLength(0)
  expect(samplesOf(window, VIDEO_TRACK_ID)).toHaveLength(360)
  expect(Math.abs(soundAhead(window))).toBeLessThan(60)
})

test('one track may pause while the other goes on, without a discontinuity', () => {
  const { window, segmenter, write } = packager()
  const isPause = (ms: number) => ms > 3900 && ms < 9900
  write(
    encode({ seconds: 14, frameRate: 30 }).filter((unit) => unit.type !== 'video' || !isPause(unit.dtsMs)),
  )
  segmenter.finish()
  expect(window.listed.filter(({ isDiscontinuity }) => isDiscontinuity)).toHaveLength(0)
  // Of 657; the last one ends beyond the longest part that the end may make.
  expect(samplesOf(window, AUDIO_TRACK_ID)).toHaveLength(656)
})

test('sound that pauses leaves a hole of the right length inside a part', () => {
  const { window, segmenter, write } = packager()
  const isPause = (ms: number) => ms > 4100 && ms < 4260
  write(encode({ seconds: 8, frameRate: 30 }).filter((unit) => unit.type !== 'audio' || !isPause(unit.dtsMs)))
  segmenter.finish()
  const audio = samplesOf(window, AUDIO_TRACK_ID)
  const after = audio.find(({ decodeTime }) => decodeTime / 48 > 4200)
  expect((after?.decodeTime ?? 0) / 48).toBeCloseTo(4266, -1)
  expect(Math.abs(soundAhead(window))).toBeLessThan(60)
})

test('a picture that starts three seconds after the sound appears', () => {
  const { window, segmenter, write } = packager()
  const sound = encode({ seconds: 8, hasAudio: true })
  const picture = encode({ seconds: 5, frameRate: 30, hasAudio: false, startMs: 3000 })
  const units = [...sound.slice(1), ...picture.slice(1)].flatMap((message) =>
    'dtsMs' in message ? [message] : [],
  )
  write([...picture.slice(0, 1), ...sound.slice(0, 1)])
  write(units.toSorted((left, right) => left.dtsMs - right.dtsMs))
  segmenter.finish()
  expect(window.tracks).toMatchObject({ video: { width: 1280 }, audio: { sampleRate: 48000 } })
  expect(samplesOf(window, VIDEO_TRACK_ID)).toHaveLength(150)
  expect(samplesOf(window, AUDIO_TRACK_ID).length).toBeGreaterThan(365)
})

test('a late key frame leaves no hole between two segments', () => {
  const frameMs = 40
  // Longer than a part by the lateness of the frame that should end it.
  const stamp = (frame: number, ms: number) => ms + 11 * Math.floor(frame / 200)
  for (const mode of ['ultra', 'low', 'normal'] as const) {
    const window = pack(
      { seconds: 20, frameRate: 1000 / frameMs, framesPerGop: 50, hasAudio: false, stamp },
      mode,
    )
    expect(brokenRules(window)).toEqual([])
    const { listed } = window
    for (const [index, { programDateTimeMs, durationSeconds }] of listed.slice(0, -1).entries()) {
      const next = listed[index + 1]?.programDateTimeMs ?? 0
      expect(Math.abs(next - programDateTimeMs - durationSeconds * 1000)).toBeLessThanOrEqual(1)
    }
  }
})

test('dropped video frames do not stretch a part beyond its target', () => {
  const window = pack(
    {
      seconds: 8,
      frameRate: 30,
      stamp: (frame, ms) => (frame % 60 > 40 && frame % 60 < 47 ? undefined : ms),
    },
    'ultra',
  )
  expect(brokenRules(window)).toEqual([])
  const presented = samplesOf(window, VIDEO_TRACK_ID).map(
    ({ decodeTime, compositionOffset }) => decodeTime + compositionOffset,
  )
  expect(presented).toContain(Math.round((47 * 1000) / 30))
})

test('video that stops while audio goes on: the parts go on with audio', () => {
  const window = pack(
    { seconds: 8, frameRate: 30, stamp: (frame, ms) => (frame > 60 && frame < 150 ? undefined : ms) },
    'ultra',
  )
  expect(brokenRules(window)).toEqual([])
  expect(window.listed.filter(({ isDiscontinuity }) => isDiscontinuity)).toHaveLength(0)
  expect(samplesOf(window, AUDIO_TRACK_ID)).toHaveLength(375)
})
