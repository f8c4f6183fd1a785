import { describe, expect, it } from 'vitest'
import { CATCH_UP_RULES, catchUpRate } from './catch-up.ts'

const rule = CATCH_UP_RULES.ultra
const onTime = { latencySeconds: 0.62, targetSeconds: 0.6, bufferSeconds: 0.5, rate: 1 }

describe('catchUpRate()', () => {
  it('plays at normal speed on time', () => {
    expect(catchUpRate(onTime, rule)).toBe(1)
  })

  it('runs faster the later it is, up to the mode’s limit', () => {
    expect(catchUpRate({ ...onTime, latencySeconds: 0.8 }, rule)).toBeCloseTo(1.15)
    expect(catchUpRate({ ...onTime, latencySeconds: 5 }, rule)).toBe(1.5)
    expect(catchUpRate({ ...onTime, latencySeconds: 5, bufferSeconds: 9 }, CATCH_UP_RULES.normal)).toBe(1.1)
  })

  it('keeps going until it is on time once it has begun', () => {
    const nearly = { ...onTime, latencySeconds: 0.68 }
    expect(catchUpRate(nearly, rule)).toBe(1)
    expect(catchUpRate({ ...nearly, rate: 1.2 }, rule)).toBeGreaterThan(1)
    expect(catchUpRate({ ...onTime, rate: 1.2 }, rule)).toBe(1)
  })

  it('never runs the buffer dry', () => {
    expect(catchUpRate({ ...onTime, latencySeconds: 3, bufferSeconds: 0.2 }, rule)).toBe(1)
  })

  it('leaves somebody who went far back alone', () => {
    expect(catchUpRate({ ...onTime, latencySeconds: 30, bufferSeconds: 20 }, rule)).toBe(1)
  })
})
