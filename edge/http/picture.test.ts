import { expect, test } from 'vitest'
import { jpegSize, pictureSize, pictureType, requireReasonableSize } from './picture.ts'

const START = [0xff, 0xd8]
const COMMENT = [0xff, 0xfe, 0, 4, 0xff, 0xc0]
const HUFFMAN_TABLE = [0xff, 0xc4, 0, 3, 0]
/** 1200 wide, 630 high. */
const FRAME = [0xff, 0xc2, 0, 17, 8, 0x02, 0x76, 0x04, 0xb0, 3]
const bytes = (...parts: number[][]): Uint8Array => new Uint8Array(parts.flat())

test('the size of a JPEG is that of its frame, not what a comment or a table looks like', () => {
  expect(jpegSize(bytes(START, COMMENT, HUFFMAN_TABLE, FRAME))).toEqual({ width: 1200, height: 630 })
})

test('what leads to no frame has no size', () => {
  const whole = bytes(START, COMMENT, FRAME)
  for (let length = 0; length < whole.length - 1; length++)
    expect(jpegSize(whole.subarray(0, length))).toBeUndefined()
  expect(jpegSize(bytes(START, [0xff, 0xe0, 0xff, 0xff], FRAME))).toBeUndefined()
  expect(jpegSize(bytes(START, [0x00, 0xc0], FRAME))).toBeUndefined()
  // A length of 0 would go backwards for ever if it did not count its own marker.
  expect(jpegSize(bytes(START, [0xff, 0xe0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]))).toBeUndefined()
  expect(pictureType(new TextEncoder().encode('<svg onload=alert(1)>'))).toBeUndefined()
})

const text = (words: string): number[] => Array.from(words, (letter) => letter.charCodeAt(0))
const png = (width: number[], height: number[]) =>
  bytes(text('\x89PNG\r\n\x1a\n\0\0\0\rIHDR'), width, height, [8, 6, 0, 0, 0])
const webp = (chunk: string, ...rest: number[][]) => bytes(text(`RIFF\0\0\0\0WEBP${chunk}\0\0\0\0`), ...rest)

test.each([
  ['PNG', png([0, 0, 4, 0xb0], [0, 0, 2, 0x76])],
  ['GIF', bytes(text('GIF89a'), [0xb0, 4, 0x76, 2, 0, 0, 0])],
  ['JPEG with fill bytes', bytes(START, [0xff, 0xff, 0xff], FRAME)],
  ['WebP', webp('VP8 ', [0, 0, 0, 0x9d, 1, 0x2a, 0xb0, 0x44, 0x76, 0x82, 0, 0])],
  ['WebP without loss', webp('VP8L', [0x2f, 0xaf, 0x44, 0x9d, 0, 0, 0, 0, 0, 0])],
  ['WebP of several chunks', webp('VP8X', [0, 0, 0, 0, 0xaf, 4, 0, 0x75, 2, 0])],
])('the size of a %s is read', (_, picture) => {
  expect(pictureSize(picture)).toEqual({ width: 1200, height: 630 })
  expect(() => requireReasonableSize(picture)).not.toThrow()
  for (let length = 0; length < 10; length++) expect(pictureSize(picture.subarray(0, length))).toBeUndefined()
})

test('a small file that would fill the memory of whoever looks at it is refused', () => {
  const refusal = (picture: Uint8Array): unknown => {
    try {
      return requireReasonableSize(picture)
    } catch (error) {
      return (error as { code?: unknown }).code
    }
  }
  expect(refusal(png([0, 0, 0x75, 0x30], [0, 0, 0x75, 0x30]))).toBe('picture_too_large')
  expect(refusal(png([0xff, 0xff, 0xff, 0xff], [0, 0, 0, 1]))).toBe('picture_too_large')
  expect(refusal(png([0, 0, 0, 0], [0, 0, 0, 1]))).toBe('unsupported_media_type')
  expect(refusal(bytes(text('GIF89a'), [0xff, 0xff, 0xff, 0xff]))).toBe('picture_too_large')
  expect(refusal(bytes(START, [0xff, 0xfe]))).toBe('unsupported_media_type')
})
