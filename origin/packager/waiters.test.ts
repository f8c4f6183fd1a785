import { expect, test } from 'vitest'
import { Waiters } from './waiters.ts'

test('a waiter is released by the advance it waits for, and by no other', async () => {
  const waiters = new Waiters(10)
  let parts = 0
  const third = waiters.wait(() => parts >= 3, new AbortController().signal)
  const outcomes: string[] = []
  void third.then((outcome) => outcomes.push(outcome))
  for (parts = 1; parts < 3; parts++) waiters.advance()
  await Promise.resolve()
  expect(outcomes).toEqual([])
  waiters.advance()
  expect(await third).toBe('ready')
})

test('a time-out or a client that went away ends the wait', async () => {
  const waiters = new Waiters(10)
  const gone = new AbortController()
  const outcome = waiters.wait(() => false, gone.signal)
  gone.abort()
  expect(await outcome).toBe('timed-out')
  expect(await waiters.wait(() => false, gone.signal)).toBe('timed-out')
})

test('the number of waiters is bounded, and a place is free again after release', async () => {
  const waiters = new Waiters(1)
  const gone = new AbortController()
  const first = waiters.wait(() => false, gone.signal)
  expect(await waiters.wait(() => false, new AbortController().signal)).toBe('too-many')
  gone.abort()
  await first
  expect(await waiters.wait(() => true, new AbortController().signal)).toBe('ready')
})
