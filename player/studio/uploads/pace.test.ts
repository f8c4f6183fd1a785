import { expect, test } from 'vitest'
import { type Pace, paceAfter, restMs } from './pace.ts'

function after(steps: readonly (readonly [atMs: number, sentBytes: number])[]): Pace {
  let pace: Pace | undefined
  for (const [atMs, sentBytes] of steps) pace = paceAfter(pace, atMs, sentBytes)
  if (!pace) throw new Error('Nothing was measured')
  return pace
}

test('a steady line says how long the rest takes, once it was measured for a while', () => {
  expect(restMs(after([[0, 0]]), 1000)).toBeUndefined()
  const early = [
    [0, 0],
    [1000, 1_000_000],
  ] as const
  expect(restMs(after(early), 10_000_000)).toBeUndefined()
  expect(restMs(after([...early, [2000, 2_000_000]]), 10_000_000)).toBe(8000)
})

test('one chunk that hesitates changes little, a line that stays slow changes all', () => {
  const fast = Array.from({ length: 20 }, (_, n) => [n * 1000, n * 1_000_000] as const)
  const [lastMs, lastBytes] = fast.at(-1) ?? [0, 0]
  const size = lastBytes + 10_000_000
  const hesitated = restMs(after([...fast, [lastMs + 1000, lastBytes]]), size) ?? 0
  expect(hesitated).toBeGreaterThan(10_000)
  expect(hesitated).toBeLessThan(12_000)
  const slow = Array.from({ length: 60 }, (_, n) => [lastMs + n * 1000, lastBytes + n * 1000] as const)
  expect(restMs(after([...fast, ...slow]), size)).toBeGreaterThan(1_000_000)
})

test('a file that goes on further back is measured anew', () => {
  expect(
    after([
      [0, 0],
      [2000, 2000],
      [3000, 10],
    ]).bytesPerMs,
  ).toBeUndefined()
})
