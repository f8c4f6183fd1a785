import { expect, test } from 'vitest'
import { AppError } from '../../shared/errors.ts'
import { Coalescer, type Fill } from './coalescer.ts'

/** A clock whose sleepers wake when the test says so. */
function manualClock() {
  const sleepers = new Set<() => void>()
  return {
    sleep: (_ms: number, signal?: AbortSignal) =>
      new Promise<void>((resolve, reject) => {
        sleepers.add(resolve)
        signal?.addEventListener('abort', () => {
          sleepers.delete(resolve)
          reject(signal.reason as Error)
        })
      }),
    wakeAll: () => {
      for (const wake of sleepers) wake()
    },
    get sleeping() {
      return sleepers.size
    },
  }
}

const LIMITS = { timeoutMs: 1000, maxFills: 3, maxFillsPerGroup: 2, maxWaiters: 1000 }

function fillOf<T>(key: string, run: Fill<T>['run'], group = 'broadcast'): Fill<T> {
  return { key, group, onTimeout: 'held_too_long', run }
}

test('equal requests in flight share one fill and all get its answer', async () => {
  const coalescer = new Coalescer<string>(LIMITS, manualClock())
  const gate = Promise.withResolvers<string>()
  let runs = 0
  const run = () => {
    runs++
    return gate.promise
  }
  const waiting = Array.from({ length: 200 }, () => coalescer.share(fillOf('a', run)))
  gate.resolve('bytes')
  expect(new Set(await Promise.all(waiting))).toEqual(new Set(['bytes']))
  expect(runs).toBe(1)
})

test('a failing fill releases everybody and is forgotten', async () => {
  const clock = manualClock()
  const coalescer = new Coalescer<string>(LIMITS, clock)
  const waiting = Array.from({ length: 5 }, () =>
    coalescer.share(fillOf('a', () => Promise.reject(new AppError('not_found')))),
  )
  for (const result of await Promise.allSettled(waiting))
    expect(result).toMatchObject({ status: 'rejected', reason: { code: 'not_found' } })
  expect(coalescer.fillsInFlight).toBe(0)
  expect(clock.sleeping).toBe(0)
  await expect(coalescer.share(fillOf('a', () => Promise.resolve('bytes')))).resolves.toBe('bytes')
})

test('a fill out of time is aborted and releases everybody, even when it ignores the signal', async () => {
  const clock = manualClock()
  const coalescer = new Coalescer<string>(LIMITS, clock)
  const signals: AbortSignal[] = []
  const run = (signal: AbortSignal) => {
    signals.push(signal)
    return new Promise<string>(() => {})
  }
  const waiting = [coalescer.share(fillOf('a', run)), coalescer.share(fillOf('a', run))]
  clock.wakeAll()
  for (const result of await Promise.allSettled(waiting))
    expect(result).toMatchObject({ status: 'rejected', reason: { code: 'held_too_long' } })
  expect(signals.map(({ aborted }) => aborted)).toEqual([true])
  expect(coalescer.fillsInFlight).toBe(0)
})

test('distinct fills are bounded within a group and in total, and the places come back', async () => {
  const coalescer = new Coalescer<string>(LIMITS, manualClock())
  const gate = Promise.withResolvers<string>()
  const run = () => gate.promise
  const first = [coalescer.share(fillOf('a1', run, 'a')), coalescer.share(fillOf('a2', run, 'a'))]
  await expect(coalescer.share(fillOf('a3', run, 'a'))).rejects.toMatchObject({ code: 'origin_unreachable' })
  first.push(coalescer.share(fillOf('b1', run, 'b')))
  await expect(coalescer.share(fillOf('c1', run, 'c'))).rejects.toMatchObject({ code: 'origin_unreachable' })
  // Joining what is already under way needs no place.
  first.push(coalescer.share(fillOf('a1', run, 'a')))
  gate.resolve('bytes')
  await Promise.all(first)
  await expect(coalescer.share(fillOf('a3', run, 'a'))).resolves.toBe('bytes')
})

test('those who wait for one fill are bounded too, and the next fill has room again', async () => {
  const coalescer = new Coalescer<string>({ ...LIMITS, maxWaiters: 4 }, manualClock())
  const gate = Promise.withResolvers<string>()
  const ask = () => coalescer.share(fillOf('a', () => gate.promise))
  const waiting = [ask(), ask(), ask(), ask()]
  await expect(ask()).rejects.toMatchObject({ code: 'origin_unreachable' })
  gate.resolve('bytes')
  expect(await Promise.all(waiting)).toEqual(['bytes', 'bytes', 'bytes', 'bytes'])
  await expect(ask()).resolves.toBe('bytes')
})
