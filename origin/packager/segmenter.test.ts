import { describe, expect, test } from 'vitest'
import type { LatencyMode } from '../../shared/contracts/internal.ts'
import type { MediaMessage } from '../media/access-unit.ts'
import { readPart } from './read-part.ts'
import { Segmenter } from './segmenter.ts'
import { arrivingLate, encode, type SyntheticEncoder } from './synthetic.ts'
import { AUDIO_TRACK_ID, VIDEO_TRACK_ID } from './track.ts'
import { LiveWindow, type Segment } from './window.ts'

const TARGET_DURATION = 4

function packager(mode: LatencyMode = 'low') {
  const window = new LiveWindow({ windowSeconds: 100_000, onAdvance: () => {} })
  const segmenter = new Segmenter({ latencyMode: mode, targetDurationSeconds: TARGET_DURATION, sink: window })
  const write = (messages: readonly MediaMessage[]) => {
    for (const message of messages) segmenter.write(message, 1_000_000)
  }
  return { window, segmenter, write }
}

function pack(encoder: SyntheticEncoder, mode?: LatencyMode) {
  const { window, segmenter, write } = packager(mode)
  write(encode(encoder))
  segmenter.finish()
  return window
}

/** Every sample of a track, in order, with its absolute decode time. */
function samplesOf(window: LiveWindow, trackId: number) {
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

/** RFC 8216bis 4.4.4.9 and 4.4.3.1, on every part and segment. */
function expectConformance(window: LiveWindow) {
  const target = (window.partTarget?.advertisedMs ?? 0) / 1000
  for (const segment of window.listed) {
    expect(Math.round(segment.durationSeconds)).toBeLessThanOrEqual(TARGET_DURATION)
    const durations = segment.parts.map(({ durationSeconds }) => durationSeconds)
    expect(Math.max(...durations)).toBeLessThanOrEqual(target)
    expect(Math.min(target, ...durations.slice(0, -1))).toBeGreaterThanOrEqual(0.85 * target)
  }
}

describe.each<LatencyMode>(['ultra', 'low', 'normal'])('latency mode %s', (mode) => {
  test.each([10, 24, 25, 29.97, 30, 50, 59.94, 60])('%d fps keeps part and segment rules', (frameRate) => {
    const window = pack({ seconds: 20, frameRate, framesPerGop: Math.round(frameRate * 2) }, mode)
    expectConformance(window)
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
      expectConformance(window)
      expect(window.listed.some(({ isDiscontinuity }) => isDiscontinuity)).toBe(false)
    },
  )

  test('a variable frame rate around 10 fps keeps part and segment rules', () => {
    const stamp = (frame: number, ms: number) => ms + ((frame * (frame + 7) * 31) % 90) - 45 + 50
    const window = pack({ seconds: 20, frameRate: 10, framesPerGop: 20, stamp }, mode)
    expectConformance(window)
    expect(window.partTarget?.nominalMs).toBe(500)
  })
})

test('key frames every 250 frames: cuts without one, and says so', () => {
  const window = pack({ seconds: 26, frameRate: 30, framesPerGop: 250 })
  expectConformance(window)
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
  expectConformance(window)
  expect(window.partTarget).toMatchObject({ nominalMs: 200 })
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
  expectConformance(videoOnly)
  expect(samplesOf(videoOnly, VIDEO_TRACK_ID)).toHaveLength(180)
  const audioOnly = pack({ seconds: 12, hasAudio: true })
  expectConformance(audioOnly)
  expect(audioOnly.listed.length).toBeGreaterThan(2)
  expect(audioOnly.tracks?.video).toBeUndefined()
  expect(samplesOf(audioOnly, AUDIO_TRACK_ID)).toHaveLength(Math.ceil((12 * 48000) / 1024))
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
  expectConformance(window)
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
  expectConformance(window)
  expect(window.listed.filter(({ isDiscontinuity }) => isDiscontinuity)).toHaveLength(0)
  expect(samplesOf(window, AUDIO_TRACK_ID)).toHaveLength(375)
})

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

test('after an interruption the same broadcast goes on with a discontinuity and no reset', () => {
  const { window, segmenter, write } = packager()
  write(encode({ seconds: 5, frameRate: 30 }))
  segmenter.discontinue(0)
  const before = window.edge.msn
  write(encode({ seconds: 5, frameRate: 30 }))
  segmenter.finish()
  expect(window.listed.filter(({ isDiscontinuity }) => isDiscontinuity).map(({ msn }) => msn)).toEqual([
    before,
  ])
  expect(window.edge.msn).toBeGreaterThan(before)
})

test('an interruption may come after any frame, of sound or of picture', () => {
  const [videoConfig, audioConfig, ...units] = encode({ seconds: 5, frameRate: 30 })
  const config = [videoConfig, audioConfig].filter((message) => message !== undefined)
  const back = [...config, ...units]
  for (let count = units.length - 12; count < units.length; count++) {
    const { window, segmenter, write } = packager()
    write([...config, ...units.slice(0, count)])
    segmenter.discontinue(0)
    write(back)
    segmenter.finish()
    for (const trackId of [VIDEO_TRACK_ID, AUDIO_TRACK_ID]) {
      const times = samplesOf(window, trackId).map(({ decodeTime }) => decodeTime)
      expect(times.every((time, index) => index === 0 || time > (times[index - 1] ?? 0))).toBe(true)
    }
  }
})

/** The broadcast of a real encoder: each message arrives when its stamp says. */
function writeInTime(segmenter: Segmenter, messages: readonly MediaMessage[], fromMs: number): void {
  const [first] = messages.flatMap((message) => ('dtsMs' in message ? [message.dtsMs] : []))
  for (const message of messages)
    segmenter.write(message, fromMs + ('dtsMs' in message ? message.dtsMs - (first ?? 0) : 0))
}

/** In the broadcast's own time, in ms. */
function startOf(segment: Segment | undefined): number | undefined {
  const [part] = segment?.parts ?? []
  return part && readPart(part.media.read()).get(VIDEO_TRACK_ID)?.baseDecodeTime
}

test('while the encoder is away the list goes on with gaps in real time, then with a discontinuity', () => {
  const { window, segmenter } = packager()
  writeInTime(segmenter, encode({ seconds: 6, frameRate: 30 }), 0)
  segmenter.discontinue(6000)
  const firstGap = window.edge.msn
  const list = () => window.listed.filter(({ isGap }) => isGap).map(({ msn }) => msn)
  segmenter.fillGap(9000)
  expect(list()).toEqual([])
  segmenter.fillGap(10_600)
  expect(list()).toEqual([firstGap])
  segmenter.fillGap(19_000)
  segmenter.fillGap(19_000)
  expect(list()).toEqual([firstGap, firstGap + 1, firstGap + 2])
  writeInTime(segmenter, encode({ seconds: 4, frameRate: 30, startMs: 777_000 }), 21_000)
  segmenter.finish()
  const gaps = window.listed.filter(({ isGap }) => isGap)
  expect(gaps.map(({ durationSeconds }) => Math.round(durationSeconds * 10) / 10)).toEqual([4, 4, 4, 2.6])
  const back = window.listed.find(({ isDiscontinuity }) => isDiscontinuity)
  expect(back?.msn).toBe(firstGap + 4)
  // The list keeps step with the clock, and so does the media's own time.
  const before = window.listed.filter(({ msn }) => msn < (back?.msn ?? 0))
  const listedSeconds = before.reduce((sum, { durationSeconds }) => sum + durationSeconds, 0)
  expect(Math.abs(listedSeconds - 21)).toBeLessThan(0.5)
  const decodeTime = startOf(back)
  expect(Math.abs((decodeTime ?? 0) - listedSeconds * 1000)).toBeLessThan(2)
  expect(back?.programDateTimeMs).toBeGreaterThan(20_500)
})

test('an encoder that is back before a target duration is over leaves no gap', () => {
  const { window, segmenter } = packager()
  writeInTime(segmenter, encode({ seconds: 5, frameRate: 30 }), 0)
  segmenter.discontinue(5000)
  segmenter.fillGap(8000)
  writeInTime(segmenter, encode({ seconds: 5, frameRate: 30 }), 8000)
  segmenter.finish()
  expect(window.listed.some(({ isGap }) => isGap)).toBe(false)
  expect(window.listed.filter(({ isDiscontinuity }) => isDiscontinuity)).toHaveLength(1)
})

test('an encoder that goes again before its first picture does not end the gap', () => {
  const { window, segmenter } = packager()
  writeInTime(segmenter, encode({ seconds: 5, frameRate: 30 }), 0)
  segmenter.discontinue(5000)
  segmenter.fillGap(10_000)
  segmenter.write({ type: 'video', dtsMs: 0, compositionMs: 0, isKey: false, data: Buffer.alloc(4) }, 11_000)
  segmenter.discontinue(11_500)
  segmenter.fillGap(30_000)
  const gaps = window.listed.filter(({ isGap }) => isGap)
  expect(gaps.length).toBeGreaterThan(4)
  const seconds = gaps.reduce((sum, { durationSeconds }) => sum + durationSeconds, 0)
  expect(seconds).toBeLessThanOrEqual(25.5)
  expect(seconds).toBeGreaterThan(20)
})

test('a clock that is set forward does not fill the list with gaps', () => {
  const { window, segmenter } = packager()
  writeInTime(segmenter, encode({ seconds: 5, frameRate: 30 }), 0)
  segmenter.discontinue(5000)
  segmenter.fillGap(1e12)
  expect(window.listed.length).toBeLessThan(1100)
})

test('after a restart everything goes on above what was reserved, with the same part target', () => {
  const window = new LiveWindow({
    windowSeconds: 60,
    onAdvance: () => {},
    resume: { msn: 48, discontinuitySequence: 18 },
  })
  const partTarget = { nominalMs: 200, minimumMs: 183, advertisedMs: 201, frameMs: 40 }
  const segmenter = new Segmenter({
    latencyMode: 'low',
    targetDurationSeconds: 4,
    sink: window,
    resume: {
      msn: 48,
      initIndex: 17,
      partTarget,
      programDateTime: { unixMs: 1_000_000, mediaMs: 5000 },
      nowMs: 1_030_000,
    },
  })
  expect(window.edge).toEqual({ msn: 48, part: 0 })
  expect(window.isPlayable).toBe(false)
  segmenter.fillGap(1_036_000)
  // Nobody is given a list of gaps alone.
  expect(window.isPlayable).toBe(false)
  writeInTime(segmenter, encode({ seconds: 5, frameRate: 30 }), 1_037_000)
  segmenter.finish()
  expect(window.partTarget).toMatchObject({ nominalMs: 200, advertisedMs: 201, minimumMs: 183 })
  expect(window.listed.map(({ msn, isGap, isDiscontinuity }) => [msn, isGap, isDiscontinuity])).toEqual([
    // Twelve seconds of what was lost, and then the time since.
    [48, true, false],
    [49, true, false],
    [50, true, false],
    [51, true, false],
    [52, true, false],
    [53, false, true],
    [54, false, false],
    [55, false, false],
  ])
  expect(window.init(17)).toBeDefined()
  expect(window.newestInit).toBe(17)
  expect(window.discontinuitySequence).toBe(18)
  const decodeTime = startOf(window.listed[5])
  // 5 s at the anchor, and 37 s and the probe's held frames have passed since.
  expect(decodeTime).toBeGreaterThanOrEqual(42_000)
  expect(decodeTime).toBeLessThan(43_000)
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

test('a changed resolution gets an init segment of its own', () => {
  const { window, segmenter, write } = packager()
  const config = Buffer.from(
    '0164001fffe1001a6764001facd940d87bcde022000003000200000300783e2c5b2c01000668fba3cb22c0fdf8f800',
    'hex',
  )
  const [, , ...units] = encode({ seconds: 4, frameRate: 30, startMs: 4000 })
  write(encode({ seconds: 4, frameRate: 30 }))
  write([{ type: 'video-config', codec: 'avc', config }, ...units])
  segmenter.finish()
  expect(window.listed.map(({ initIndex }) => initIndex)).toEqual([0, 0, 1, 1])
  expect(window.tracks?.video).toMatchObject({ width: 854, height: 480 })
})

test('a new configuration with every picture makes no segment of every picture', () => {
  const { window, segmenter, write } = packager()
  const configs = ['1f', '28'].map((level) =>
    Buffer.from(
      `016400${level}ffe1001a6764001facd940d87bcde022000003000200000300783e2c5b2c01000668fba3cb22c0fdf8f800`,
      'hex',
    ),
  )
  const [, , ...units] = encode({ seconds: 10, frameRate: 30, framesPerGop: 1 })
  write(encode({ seconds: 2, frameRate: 30 }))
  for (const [index, unit] of units.entries())
    write([{ type: 'video-config', codec: 'avc', config: configs[index % 2] ?? Buffer.alloc(0) }, unit])
  segmenter.finish()
  expect(window.listed.length).toBeGreaterThan(5)
  expect(window.listed.length).toBeLessThanOrEqual(21)
})

test('a broadcast begins with a gap when its viewers shall not wait for a whole segment', () => {
  const gaps: unknown[] = []
  const window = new LiveWindow({ windowSeconds: 30, onAdvance: () => {} })
  const onGap = window.onGap.bind(window)
  window.onGap = (header, seconds) => {
    gaps.push([header.msn, header.programDateTimeMs, seconds])
    onGap(header, seconds)
  }
  const segmenter = new Segmenter({
    latencyMode: 'low',
    targetDurationSeconds: 4,
    sink: window,
    leadIn: true,
  })
  for (const message of encode({ seconds: 3, frameRate: 30 })) segmenter.write(message, 100_000)
  expect(gaps).toEqual([[0, 96_000, 4]])
  expect(window.listed.map(({ msn, isGap }) => [msn, isGap])).toEqual([
    [0, true],
    [1, false],
    [2, false],
  ])
  expect(window.segment(1)?.programDateTimeMs).toBe(100_000)
})

test('the same configuration again changes nothing', () => {
  const { window, segmenter, write } = packager()
  const messages = encode({ seconds: 4, frameRate: 30 })
  write(messages)
  write(messages.slice(0, 2))
  segmenter.finish()
  expect(window.listed.every(({ initIndex, isDiscontinuity }) => initIndex === 0 && !isDiscontinuity)).toBe(
    true,
  )
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
    expectConformance(window)
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
    expectConformance(window)
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

test('between a new configuration and its key frame nothing is packaged', () => {
  const { window, segmenter, write } = packager()
  const config = Buffer.from(
    '0164001fffe1001a6764001facd940d87bcde022000003000200000300783e2c5b2c01000668fba3cb22c0fdf8f800',
    'hex',
  )
  const messages = encode({ seconds: 8, frameRate: 30 })
  const at = messages.findIndex((message) => message.type === 'video' && message.dtsMs >= 3000)
  write(messages.toSpliced(at, 0, { type: 'video-config', codec: 'avc', config }))
  segmenter.finish()
  // 30 frames from 3 s to the key frame at 4 s belong to neither configuration.
  expect(samplesOf(window, VIDEO_TRACK_ID)).toHaveLength(210)
  const firstOfNew = window.listed.find(({ initIndex }) => initIndex === 1)
  expect(firstOfNew?.isIndependent).toBe(true)
})

describe('Opus', () => {
  const config: MediaMessage = {
    type: 'audio-config',
    codec: 'opus',
    config: Buffer.from('4f707573486561640102380180bb0000000000', 'hex'),
  }
  /** First byte of a packet, and of what follows where the TOC asks for it. */
  const packets = (bytes: readonly number[], packetMs: number, seconds: number): MediaMessage[] =>
    Array.from({ length: Math.ceil((seconds * 1000) / packetMs) }, (_each, index) => ({
      type: 'audio',
      dtsMs: Math.floor(index * packetMs),
      data: Uint8Array.from([...bytes, 9]),
    }))

  test.each([
    [2.5, [0xe4]],
    [20, [0xfc]],
    [60, [0x5c]],
    [120, [0x53, 3]],
  ])('packets of %f ms keep their length, with and without a picture', (packetMs, bytes) => {
    for (const frameRate of [undefined, 30]) {
      const { window, segmenter, write } = packager()
      const video = encode({ seconds: 8, hasAudio: false, ...(frameRate && { frameRate }) })
      const units = [...video.slice(1), ...packets(bytes, packetMs, 8)].flatMap((unit) =>
        'dtsMs' in unit ? [unit] : [],
      )
      write([...video.slice(0, 1), config, ...units.toSorted((left, right) => left.dtsMs - right.dtsMs)])
      segmenter.finish()
      const audio = samplesOf(window, AUDIO_TRACK_ID)
      expect(audio.length * packetMs).toBeGreaterThan(7500)
      expect(audio.every(({ decodeTime }, index) => decodeTime === index * packetMs * 48)).toBe(true)
      expect(window.listed.some(({ isDiscontinuity }) => isDiscontinuity)).toBe(false)
    }
  })

  test('packets of changing length follow each other', () => {
    const { window, segmenter, write } = packager()
    const lengths = [20, 60, 2.5, 120, 10]
    const tocs = [[0xfc], [0x5c], [0xe4], [0x53, 3], [0xf4]]
    let dtsMs = 0
    const units = Array.from({ length: 200 }, (_each, index): MediaMessage => {
      const unit = {
        type: 'audio',
        dtsMs: Math.floor(dtsMs),
        data: Uint8Array.from(tocs[index % 5] ?? []),
      } as const
      dtsMs += lengths[index % 5] ?? 0
      return unit
    })
    write([config, ...units])
    segmenter.finish()
    const audio = samplesOf(window, AUDIO_TRACK_ID)
    expect(audio.length).toBeGreaterThan(195)
    expect(audio.slice(0, -1).map(({ duration }) => duration / 48)).toEqual(
      audio.slice(0, -1).map((_each, index) => lengths[index % 5]),
    )
  })

  test('packets that contradict themselves are left out', () => {
    const { window, segmenter, write } = packager()
    const broken: MediaMessage = { type: 'audio', dtsMs: 3000, data: Uint8Array.of(0xff, 0) }
    const units = packets([0xfc], 20, 6)
    write([config, ...units.slice(0, 150), broken, ...units.slice(150)])
    segmenter.finish()
    expect(samplesOf(window, AUDIO_TRACK_ID).every(({ size }) => size === 2)).toBe(true)
    expect(samplesOf(window, AUDIO_TRACK_ID).some(({ data }) => data[0] === 0xff)).toBe(false)
  })
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
    expectConformance(window)
    const { listed } = window
    for (const [index, { programDateTimeMs, durationSeconds }] of listed.slice(0, -1).entries()) {
      const next = listed[index + 1]?.programDateTimeMs ?? 0
      expect(Math.abs(next - programDateTimeMs - durationSeconds * 1000)).toBeLessThanOrEqual(1)
    }
  }
})
