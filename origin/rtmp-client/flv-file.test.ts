import { readFile } from 'node:fs/promises'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { readFlvTags } from './flv-file.ts'

const HEADER = Buffer.from('464c5601050000000900000000', 'hex')

function tag(type: number, timestamp: number, payload: readonly number[]): Buffer {
  const header = Buffer.alloc(11)
  header.writeUInt8(type, 0)
  header.writeUIntBE(payload.length, 1, 3)
  header.writeUIntBE(timestamp & 0xffffff, 4, 3)
  header.writeUInt8(timestamp >>> 24, 7)
  return Buffer.concat([header, Buffer.from(payload), Buffer.alloc(4)])
}

test('reads types, contents and all 32 bits of the timestamps', () => {
  const file = Buffer.concat([HEADER, tag(18, 0, [1]), tag(9, 0xfedcba98, [2, 3])])
  expect(readFlvTags(file).map((each) => ({ ...each, payload: [...each.payload] }))).toEqual([
    { type: 18, timestamp: 0, payload: [1] },
    { type: 9, timestamp: 0xfedcba98, payload: [2, 3] },
  ])
})

test('a file that is cut off gives its whole tags', () => {
  const file = Buffer.concat([HEADER, tag(9, 0, [1, 2]), tag(9, 40, [3, 4])])
  fc.assert(
    fc.property(fc.integer({ min: HEADER.length, max: file.length }), (length) => {
      const whole = length >= file.length - 4 ? 2 : length >= HEADER.length + 13 ? 1 : 0
      expect(readFlvTags(file.subarray(0, length))).toHaveLength(whole)
    }),
  )
})

test('something else is not an FLV file', () => {
  expect(() => readFlvTags(Buffer.from('ftypisom, not at all FLV'))).toThrow(SyntaxError)
})

test('reads a recorded file to its end', async () => {
  const file = await readFile(new URL('../../tests/fixtures/obs-30.flv', import.meta.url))
  const tags = readFlvTags(file)
  const bytes = tags.reduce((sum, { payload }) => sum + payload.length + 15, 13)
  expect(bytes).toBe(file.length)
})
