import fc from 'fast-check'
import { expect, test } from 'vitest'
import { MediaStore, type StoredMedia } from './media-store.ts'

test('what is stored is read as it was, whatever is stored and released around it', () => {
  const step = fc.record({ sizeBytes: fc.integer({ min: 0, max: 700_000 }), release: fc.nat() })
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      const store = new MediaStore()
      const held: { media: StoredMedia; bytes: Buffer }[] = []
      for (const [index, { sizeBytes, release }] of steps.entries()) {
        const bytes = Buffer.alloc(sizeBytes, index + 1)
        held.push({ media: store.add(bytes), bytes })
        // About every second one, oldest or not.
        const [released] = release % 2 === 0 ? held.splice(release % held.length, 1) : []
        if (released) store.release(released.media)
        for (const { media, bytes: expected } of held) expect(media.read().equals(expected)).toBe(true)
      }
    }),
    { numRuns: 30 },
  )
})

test('what is being sent does not change when it is released and its place is used again', () => {
  const store = new MediaStore()
  const first = store.add(Buffer.alloc(300_000, 1))
  const second = store.add(Buffer.alloc(10, 2))
  const sent = first.read()
  store.release(first)
  for (let index = 0; index < 20; index++) store.add(Buffer.alloc(100_000, 3))
  expect(sent.equals(Buffer.alloc(300_000, 1))).toBe(true)
  expect(second.read().equals(Buffer.alloc(10, 2))).toBe(true)
})

test('what was released cannot be read, and is released once', () => {
  const store = new MediaStore()
  const media = store.add(Buffer.alloc(10, 1))
  const other = store.add(Buffer.alloc(10, 2))
  store.release(media)
  store.release(media)
  expect(() => media.read()).toThrow('released')
  expect(other.read()).toEqual(Buffer.alloc(10, 2))
})

test('a stream that goes on takes no more memory than what it holds', () => {
  const store = new MediaStore()
  const held: StoredMedia[] = []
  const before = process.memoryUsage().arrayBuffers
  const bytes = Buffer.alloc(90_000, 1)
  for (let index = 0; index < 5_000; index++) {
    held.push(store.add(bytes))
    const oldest = held.length > 20 ? held.shift() : undefined
    if (oldest) store.release(oldest)
  }
  // 450 MB went through; 1.8 MB are held.
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(20e6)
})
