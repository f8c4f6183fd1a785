import { expect, test } from 'vitest'
import type { MediaMessage } from '../media/access-unit.ts'
import { readPart } from './read-part.ts'
import { Segmenter } from './segmenter.ts'
import { packager, samplesOf } from './segmenter-rig.ts'
import { encode } from './synthetic.ts'
import { AUDIO_TRACK_ID, VIDEO_TRACK_ID } from './track.ts'
import { LiveWindow, type Segment } from './window.ts'

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
