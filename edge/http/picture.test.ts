import { expect, test } from 'vitest'
import { jpegSize, pictureType } from './picture.ts'

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
