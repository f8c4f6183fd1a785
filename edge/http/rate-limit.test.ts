import { expect, test } from 'vitest'
import { MemoryRateLimiter, requireWithin } from './rate-limit.ts'

const LIMIT = { name: 'uji', max: 3, windowMs: 1000 }

function limiterAt() {
  const clock = { nowMs: 5000, now: () => clock.nowMs }
  return { clock, limiter: new MemoryRateLimiter(clock) }
}

test('what is beyond the limit waits for the end of the window, and each name has its own', () => {
  const { limiter, clock } = limiterAt()
  expect([1, 2, 3].map(() => limiter.take(LIMIT, 'a'))).toEqual([0, 0, 0])
  clock.nowMs += 400
  expect(limiter.take(LIMIT, 'a')).toBe(600)
  expect(limiter.take(LIMIT, 'b')).toBe(0)
  expect(limiter.take({ ...LIMIT, name: 'lain' }, 'a')).toBe(0)
  clock.nowMs += 600
  expect(limiter.take(LIMIT, 'a')).toBe(0)
})

test('what is given back may be taken again', () => {
  const { limiter } = limiterAt()
  for (let times = 0; times < 3; times++) limiter.take(LIMIT, 'a')
  limiter.giveBack(LIMIT, 'a', 1)
  expect([limiter.take(LIMIT, 'a'), limiter.take(LIMIT, 'a')]).toEqual([0, 1000])
  limiter.giveBack(LIMIT, 'a', Number.POSITIVE_INFINITY)
  limiter.giveBack(LIMIT, 'nobody', 1)
  expect([1, 2, 3, 4].map(() => limiter.take(LIMIT, 'a'))).toEqual([0, 0, 0, 1000])
})

test('the names are bounded: the one that would be free first is forgotten first', () => {
  const { limiter } = limiterAt()
  for (const key of ['first', 'second']) for (let times = 0; times < 3; times++) limiter.take(LIMIT, key)
  for (let other = 0; other < 9_999; other++) limiter.take(LIMIT, `other ${other}`)
  expect(limiter.take(LIMIT, 'second')).toBe(1000)
  expect(limiter.take(LIMIT, 'first')).toBe(0)
})

test('a caller is told when to come back', async () => {
  const { limiter } = limiterAt()
  const once = { name: 'satu', max: 1, windowMs: 1500 }
  await requireWithin(limiter, once, 'a')
  await expect(requireWithin(limiter, once, 'a')).rejects.toMatchObject({
    code: 'rate_limited',
    retryAfterSeconds: 2,
  })
})
