import { expect, test } from 'vitest'
import { MessagePace } from './message-pace.ts'

test('an encoder is never held back', () => {
  let now = 0
  const pace = new MessagePace(1000, () => now)
  for (let message = 0; message < 100_000; message++) {
    now += 1000 / 240
    expect(pace.take()).toBe(0)
  }
})

test('a burst is let through until what was saved is used up', () => {
  let now = 0
  const pace = new MessagePace(1000, () => now)
  const taken = Array.from({ length: 256 }, () => pace.take())
  expect(taken.slice(0, 255)).toEqual(taken.slice(0, 255).map(() => 0))
  expect(taken.at(-1)).toBeGreaterThan(0)
  now += 10_000
  expect(pace.take()).toBe(0)
})

test('whoever waits as long as told gets a thousand a second, and no more', () => {
  let now = 0
  let messages = 0
  const pace = new MessagePace(1000, () => now)
  while (now < 10_000) {
    now += pace.take()
    messages++
  }
  expect(messages).toBeGreaterThan(9_500)
  expect(messages).toBeLessThan(10_800)
})
