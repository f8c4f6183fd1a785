import { expect, test } from 'vitest'
import type { CachedAnswer } from '../ports.ts'
import { MemorySegmentCache } from './memory-segment-cache.ts'

const KIB = 1024

function answer(sizeBytes: number, expiresAt = 1000): CachedAnswer {
  return {
    status: 200,
    contentType: 'video/mp4',
    body: new Uint8Array(sizeBytes),
    cacheControl: '',
    storedAt: 0,
    expiresAt,
    ageAtStore: 0,
  }
}

function cacheOf(maxBytes: number) {
  const clock = { nowMs: 0, now: () => clock.nowMs }
  return { clock, cache: new MemorySegmentCache(maxBytes, clock) }
}

test('an answer is there until it expires, and then its bytes are free', () => {
  const { cache, clock } = cacheOf(100 * KIB)
  const segment = answer(10 * KIB)
  cache.put('a', segment)
  clock.nowMs = 999
  expect(cache.get('a')).toBe(segment)
  clock.nowMs = 1000
  expect(cache.get('a')).toBeUndefined()
  expect(cache.sizeBytes).toBe(0)
})

test('the bytes stay within the bound, whatever comes', () => {
  const { cache } = cacheOf(100 * KIB)
  for (let index = 0; index < 1000; index++) {
    cache.put(`key ${index % 150}`, answer((index * 7919) % (30 * KIB)))
    if (index % 3 === 0) cache.get(`key ${index % 50}`)
    expect(cache.sizeBytes).toBeLessThanOrEqual(100 * KIB)
  }
})

test('what viewers still ask for outlives what nobody asks for', () => {
  const { cache } = cacheOf(35 * KIB)
  for (const key of ['a', 'b', 'c']) cache.put(key, answer(10 * KIB))
  cache.get('a')
  cache.put('d', answer(10 * KIB))
  expect(['a', 'b', 'c', 'd'].filter((key) => cache.get(key))).toEqual(['a', 'c', 'd'])
})

test('room is found also when everything is in use', () => {
  const { cache } = cacheOf(35 * KIB)
  for (const key of ['a', 'b', 'c']) {
    cache.put(key, answer(10 * KIB))
    cache.get(key)
  }
  cache.put('d', answer(30 * KIB))
  expect(['a', 'b', 'c', 'd'].filter((key) => cache.get(key))).toEqual(['d'])
})

test('an expired answer goes before a used one', () => {
  const { cache, clock } = cacheOf(25 * KIB)
  cache.put('fresh', answer(10 * KIB, 9999))
  cache.put('old', answer(10 * KIB, 10))
  cache.get('fresh')
  cache.get('old')
  clock.nowMs = 10
  cache.put('new', answer(10 * KIB, 9999))
  expect(['fresh', 'old', 'new'].filter((key) => cache.get(key))).toEqual(['fresh', 'new'])
})

test('an answer larger than the whole cache is not kept and pushes nothing out', () => {
  const { cache } = cacheOf(25 * KIB)
  cache.put('a', answer(10 * KIB))
  cache.put('b', answer(50 * KIB))
  expect(cache.get('a')).toBeDefined()
  expect(cache.get('b')).toBeUndefined()
})

test('a newer answer takes the place of the older one', () => {
  const { cache } = cacheOf(100 * KIB)
  cache.put('a', answer(10 * KIB))
  const size = cache.sizeBytes
  const newer = answer(10 * KIB)
  cache.put('a', newer)
  expect(cache.get('a')).toBe(newer)
  expect(cache.sizeBytes).toBe(size)
})
