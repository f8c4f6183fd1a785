import { expect, test, vi } from 'vitest'
import { DEFAULT_DURATIONS } from '../config.ts'
import type { Platform } from '../ports.ts'
import { sharedRead } from './shared-read.ts'

const MAX_AGE_MS = 1_000
const OF_WORKERS = { forwardDelivery: () => Promise.reject(new Error('not used here')) }

function reader(runtime: Partial<Platform> = {}, maxKeys = 3) {
  let nowMs = 1_000_000
  const read = vi.fn<(key: string) => Promise<string | undefined>>((key) =>
    Promise.resolve(`${key} ${nowMs}`),
  )
  const clock = { now: () => nowMs, sleep: () => Promise.reject(new Error('not used here')) }
  const config = { durations: { ...DEFAULT_DURATIONS, sharedRead: MAX_AGE_MS } } as Platform['config']
  return {
    read,
    get: sharedRead({ clock, config, ...runtime }, { maxKeys, read }),
    advance: (ms: number) => (nowMs += ms),
  }
}

test('two hundred who ask at once, and those of the same moment, are one question', async () => {
  const { get, read, advance } = reader()
  const crowd = await Promise.all(Array.from({ length: 200 }, () => get('budi')))
  expect(new Set(crowd)).toEqual(new Set(['budi 1000000']))
  advance(MAX_AGE_MS - 1)
  expect(await get('budi')).toBe('budi 1000000')
  expect(read).toHaveBeenCalledTimes(1)
  advance(1)
  expect(await get('budi')).toBe('budi 1001000')
})

test('what came late is as old as its question', async () => {
  const { get, read, advance } = reader()
  const slow = Promise.withResolvers<string>()
  read.mockReturnValueOnce(slow.promise)
  const first = get('budi')
  advance(MAX_AGE_MS)
  slow.resolve('old')
  expect(await first).toBe('old')
  expect(await get('budi')).toBe('budi 1001000')
})

test('a failure reaches those who wait and is forgotten, and so is a name that nobody has', async () => {
  const { get, read } = reader()
  read.mockRejectedValueOnce(new Error('no database'))
  const both = await Promise.allSettled([get('budi'), get('budi')])
  expect(both.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
  expect(await get('budi')).toBe('budi 1000000')
  read.mockResolvedValue(undefined)
  expect(await get('siapa')).toBeUndefined()
  expect(await get('siapa')).toBeUndefined()
  expect(read).toHaveBeenCalledTimes(4)
})

test('only so many are kept, and only so many are shared while they are read', async () => {
  const { get, read } = reader()
  for (const key of ['a', 'b', 'c', 'd']) await get(key)
  await get('d')
  await get('b')
  expect(read).toHaveBeenCalledTimes(4)
  await get('a')
  expect(read).toHaveBeenCalledTimes(5)
  const many = ['e', 'f', 'g', 'h'].flatMap((key) => [get(key), get(key)])
  await Promise.all(many)
  expect(read).toHaveBeenCalledTimes(5 + 3 + 2)
})

test('a clock that was put back makes nothing young', async () => {
  const { get, read, advance } = reader()
  await get('budi')
  advance(-60_000)
  await get('budi')
  expect(read).toHaveBeenCalledTimes(2)
})

test('where nobody may wait for another, one reads again and the others get what was known', async () => {
  const { get, read, advance } = reader(OF_WORKERS)
  // Nothing is known yet: each asks.
  await Promise.all([get('budi'), get('budi')])
  expect(read).toHaveBeenCalledTimes(2)
  advance(MAX_AGE_MS)
  const slow = Promise.withResolvers<string>()
  read.mockReturnValueOnce(slow.promise)
  const first = get('budi')
  expect(await Promise.all([get('budi'), get('budi')])).toEqual(['budi 1000000', 'budi 1000000'])
  expect(read).toHaveBeenCalledTimes(3)
  // The one who reads may be gone for good: nothing gets older than two moments.
  advance(MAX_AGE_MS)
  expect(await get('budi')).toBe('budi 1002000')
  slow.resolve('late')
  await first
})
