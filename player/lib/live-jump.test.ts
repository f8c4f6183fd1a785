import { describe, expect, it } from 'vitest'
import { CATCH_UP_RULES } from './catch-up.ts'
import { isFarBehind, type JumpFacts, jumpsToLive, smoothAfter } from './live-jump.ts'

const rule = CATCH_UP_RULES.low
const leftBehind: JumpFacts = {
  skippedSeconds: 30.1,
  bufferSeconds: 12,
  isOnPurpose: false,
  smoothMs: 6_000,
  sinceJumpMs: Number.POSITIVE_INFINITY,
}

describe('jumpsToLive()', () => {
  it('brings back whoever was left behind once the machine keeps up', () => {
    expect(jumpsToLive(leftBehind, rule)).toBe(true)
  })

  it.each<[string, Partial<JumpFacts>]>([
    ['paused or went back', { isOnPurpose: true }],
    ['is on time', { skippedSeconds: 0.1 }],
    ['catches up by running faster', { skippedSeconds: 2.4 }],
    ['is ahead of the edge that is known', { skippedSeconds: -3 }],
    ['stood still a moment ago', { smoothMs: 1_000 }],
    ['has a network that does not keep up', { bufferSeconds: 1 }],
    ['jumped a moment ago', { sinceJumpMs: 12_000 }],
  ])('leaves alone who %s', (_name, change) => {
    expect(jumpsToLive({ ...leftBehind, ...change }, rule)).toBe(false)
  })
})

it('isFarBehind() is what ten seconds of catching up do not make good, and never a trifle', () => {
  expect(isFarBehind(4.5, CATCH_UP_RULES.ultra)).toBe(false)
  expect(isFarBehind(5.5, CATCH_UP_RULES.ultra)).toBe(true)
  expect(isFarBehind(2, CATCH_UP_RULES.normal)).toBe(false)
  expect(isFarBehind(4.5, CATCH_UP_RULES.normal)).toBe(true)
})

it('smoothAfter() adds up while the picture moves and begins again when it stops', () => {
  expect(smoothAfter(1_000, { movedSeconds: 0.24, passedMs: 250 })).toBe(1_250)
  expect(smoothAfter(1_000, { movedSeconds: 0.3, passedMs: 250 })).toBe(1_250)
  expect(smoothAfter(1_000, { movedSeconds: 0.1, passedMs: 250 })).toBe(0)
  expect(smoothAfter(1_000, { movedSeconds: 0, passedMs: 250 })).toBe(0)
})
