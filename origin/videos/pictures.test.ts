import { expect, test } from 'vitest'
import { pictureSegment, videoPictures } from './pictures.ts'

const VIDEO = {
  inits: [{ offset: 0, sizeBytes: 1, codecs: 'avc1', width: 640, height: 360 }],
  segments: [0, 1, 2, 3].map((place) => ({
    offset: place,
    sizeBytes: 1,
    durationMs: 4000,
    initIndex: 0,
    isDiscontinuity: false,
    isIndependent: place % 2 === 1,
    programDateTimeMs: 0,
  })),
}

test('a moment is shown by the key frame before it, or else by the first there is', () => {
  const placeAt = (atMs: number) => pictureSegment(VIDEO, atMs)?.offset
  expect([0, 5000, 11_999, 12_000, 999_999].map(placeAt)).toEqual([1, 1, 1, 3, 3])
  expect(pictureSegment({ ...VIDEO, segments: [] }, 0)).toBeUndefined()
})

test('of a part, no picture shows what is beside it', () => {
  const placeAt = (atMs: number, from: number, to: number) =>
    pictureSegment(VIDEO, atMs, { from, to })?.offset
  expect([placeAt(8000, 2, 4), placeAt(12_000, 0, 3), placeAt(8000, 2, 3)]).toEqual([3, 1, undefined])
})

test('whoever asks while many wait gets none, and a failure of one is not one of the next', async () => {
  const gate = Promise.withResolvers<void>()
  let reads = 0
  const pictures = videoPictures(
    {
      manifest: async () => {
        reads++
        await gate.promise
        if (reads === 1) throw new Error('disk')
        return undefined
      },
      read: () => Promise.reject(new Error('nothing is read')),
      readFile: () => Promise.resolve(undefined),
    },
    'no-such-ffmpeg',
  )
  const first = pictures.frame('a', 0)
  const others = Array.from({ length: 33 }, () => pictures.frame('a', 0))
  gate.resolve()
  await expect(first).rejects.toThrow('disk')
  expect(await Promise.all(others)).toEqual(Array(33).fill(undefined))
  expect(reads).toBe(32)
})
