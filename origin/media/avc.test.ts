import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseVideoConfig } from './video-config.ts'

const fromHex = (hex: string) => Uint8Array.from(Buffer.from(hex, 'hex'))

test.each([
  [
    '1280x720 High',
    '0164001fffe1001a6764001facd9405005bb0110000003001000000303c0f183196001000668ebe3cb22c0fdf8f800',
    'avc1.64001f',
    1280,
    720,
  ],
  [
    '1920x1080 High 4:4:4',
    '01f40028ffe1001b67f40028919b280f0044fc4e0220000003002000000781e30632c001000668ebe3c44844fff8f800',
    'avc1.f40028',
    1920,
    1080,
  ],
  [
    '854x480 interlaced',
    '0164001fffe1001a6764001facd940d87bcde022000003000200000300783e2c5b2c01000668fba3cb22c0fdf8f800',
    'avc1.64001f',
    854,
    480,
  ],
])('parseAvcConfig() reads %s', (_name, hex, codec, width, height) => {
  expect(parseVideoConfig('avc', fromHex(hex))).toMatchObject({ codec, width, height })
})

test('parseAvcConfig() refuses what no decoder could use, and never throws', () => {
  expect(parseVideoConfig('avc', new Uint8Array())).toBeUndefined()
  expect(parseVideoConfig('avc', fromHex('0164001fffe0'))).toBeUndefined()
  expect(parseVideoConfig('avc', fromHex('0164001fffe1001a6764'))).toBeUndefined()
  fc.assert(
    fc.property(
      fc.uint8Array({ maxLength: 64 }),
      (bytes) => void parseVideoConfig('avc', Uint8Array.from([1, 100, 0, 31, 255, 225, 0, 20, ...bytes])),
    ),
  )
})
