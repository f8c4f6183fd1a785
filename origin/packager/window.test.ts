import { expect, test } from 'vitest'
import { Segmenter } from './segmenter.ts'
import { encode } from './synthetic.ts'
import { LiveWindow } from './window.ts'

function live(seconds: number, windowSeconds: number) {
  let advances = 0
  const window = new LiveWindow({ windowSeconds, onAdvance: () => advances++ })
  const segmenter = new Segmenter({ latencyMode: 'low', targetDurationSeconds: 4, sink: window })
  for (const message of encode({ seconds, frameRate: 30 })) segmenter.write(message, 0)
  return { window, advances: () => advances }
}

test('the list slides, and what left it can still be fetched for a while', () => {
  const { window } = live(120, 12)
  const first = window.listed[0]?.msn ?? 0
  expect(window.listed.reduce((sum, { durationSeconds }) => sum + durationSeconds, 0)).toBeGreaterThanOrEqual(
    12,
  )
  expect(window.segment(first - 1)?.isComplete).toBe(true)
  expect(window.segment(0)).toBeUndefined()
})

test('memory does not grow with the length of the broadcast', () => {
  const held = (seconds: number) => {
    const { window } = live(seconds, 12)
    let count = 0
    for (let msn = 0; msn <= window.edge.msn; msn++) if (window.segment(msn)) count++
    return count
  }
  expect(held(300)).toBe(held(120))
})

test('contains() answers blocking requests by RFC 8216bis 6.2.5.2', () => {
  const { window } = live(5, 12)
  const { msn, part } = window.edge
  expect(window.contains(msn - 1)).toBe(true)
  expect(window.contains(msn)).toBe(false)
  expect(window.contains(msn, part - 1)).toBe(true)
  expect(window.contains(msn, part)).toBe(false)
  // Beyond the last part of a whole segment means the first part of the next one.
  expect(window.contains(msn - 1, 500)).toBe(true)
  expect(window.contains(0)).toBe(true)
})

test('discontinuities that leave the list are counted', () => {
  const window = new LiveWindow({ windowSeconds: 12, onAdvance: () => {} })
  const segmenter = new Segmenter({ latencyMode: 'low', targetDurationSeconds: 4, sink: window })
  for (let round = 0; round < 12; round++) {
    for (const message of encode({ seconds: 4, frameRate: 30 })) segmenter.write(message, 0)
    segmenter.discontinue(0)
  }
  const listed = window.listed.filter(({ isDiscontinuity }) => isDiscontinuity).length
  expect(window.discontinuitySequence + listed).toBe(11)
  expect(window.discontinuitySequence).toBeGreaterThan(0)
})

test('each part advances the window once', () => {
  const { window, advances } = live(8, 60)
  const parts = window.listed.reduce((sum, segment) => sum + segment.parts.length, 0)
  const ended = window.listed.filter(({ isComplete }) => isComplete).length
  expect(advances()).toBe(parts + ended)
})

test('the bit rate is known from the first part on', () => {
  const window = new LiveWindow({ windowSeconds: 12, onAdvance: () => {} })
  const segmenter = new Segmenter({ latencyMode: 'low', targetDurationSeconds: 4, sink: window })
  for (const message of encode({ seconds: 1.5, frameRate: 30 })) segmenter.write(message, 0)
  expect(window.edge).toMatchObject({ msn: 0 })
  expect(window.peakBitrateBps).toBeGreaterThan(1000)
})

test('a long gap takes nothing playable from the list, and every part of it counts as there', () => {
  const window = new LiveWindow({ windowSeconds: 12, onAdvance: () => {} })
  const segmenter = new Segmenter({ latencyMode: 'low', targetDurationSeconds: 4, sink: window })
  for (const message of encode({ seconds: 40, frameRate: 30 })) segmenter.write(message, 0)
  segmenter.discontinue(0)
  const playable = window.listed.map(({ msn }) => msn)
  segmenter.fillGap(400_000)
  expect(window.listed.filter(({ isGap }) => !isGap).map(({ msn }) => msn)).toEqual(playable)
  const gap = window.listed.findLast(({ isGap }) => isGap)?.msn ?? 0
  expect(window.contains(gap, 0)).toBe(true)
  expect(window.contains(gap, 3)).toBe(true)
  expect(window.contains(gap + 1, 0)).toBe(false)
  // Back on air, the old media and the gap leave the list like everything else, and memory after it.
  for (const message of encode({ seconds: 60, frameRate: 30 })) segmenter.write(message, 400_000)
  expect(window.listed.some(({ isGap }) => isGap)).toBe(false)
  expect(window.segment(playable[0] ?? 0)).toBeUndefined()
  expect(window.discontinuitySequence).toBe(1)
})
