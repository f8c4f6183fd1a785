import { describe, expect, test } from 'vitest'
import { liveBroadcast } from './rules.ts'

describe('liveBroadcast()', () => {
  const columns = { id: 'b', startedAt: 1, state: 'live', leaseUntil: 1000 }
  test.each([
    ['live', 1000, 'live'],
    ['live', 1001, 'interrupted'],
    ['interrupted', 900, 'interrupted'],
    ['live', 1060, 'interrupted'],
    ['live', 1061, undefined],
    ['ended', 0, undefined],
  ])('stored %s at %i is %s', (state, nowMs, shown) => {
    expect(liveBroadcast({ ...columns, state }, nowMs, { grace: 60 })?.state).toBe(shown)
  })
})
