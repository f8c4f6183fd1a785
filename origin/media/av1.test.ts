import fc from 'fast-check'
import { expect, test } from 'vitest'
import { av1RecordOf, readTemporalUnit } from './av1.ts'
import { parseVideoConfig } from './video-config.ts'

const fromHex = (hex: string) => Uint8Array.from(Buffer.from(hex, 'hex'))

/** What libaom wrote: 320 x 180 in real-time mode; 640 x 360 in 10 bits, BT.2020 with PQ. */
const MAIN = fromHex('81000c000a0b000000043cfeccdaf90040')
const HDR = fromHex('81014c000a0e0000000cc4ff6736be5424402410')
const SEQUENCE_HEADER = MAIN.subarray(6)

test.each([
  ['8 bits', MAIN, 'av01.0.00M.08', 320, 180],
  ['10 bits, HDR', HDR, 'av01.0.01M.10.0.110.09.16.09.0', 640, 360],
])('a configuration is read: %s', (_name, record, codec, width, height) => {
  expect(parseVideoConfig('av1', record)).toMatchObject({ sampleEntry: 'av01', codec, width, height, record })
})

test('a configuration without a sequence header, a cut one and random ones are refused', () => {
  for (let length = 0; length < MAIN.length - 1; length++)
    expect(parseVideoConfig('av1', MAIN.subarray(0, length))).toBeUndefined()
  fc.assert(
    fc.property(
      fc.uint8Array({ maxLength: 32 }),
      (bytes) => void parseVideoConfig('av1', Uint8Array.of(0x81, 0, 12, 0, 10, bytes.length, ...bytes)),
    ),
  )
})

test('the record that an encoder left out is the one that libaom would have written', () => {
  expect(av1RecordOf(SEQUENCE_HEADER)).toEqual(MAIN)
  expect(av1RecordOf(HDR.subarray(6))).toEqual(HDR)
  expect(av1RecordOf(SEQUENCE_HEADER.subarray(0, 4))).toBeUndefined()
})

const DELIMITER = [0x12, 0]
const PADDING = [0x7a, 2, 1, 0x80]
const SEQUENCE = [0x0a, 11, ...SEQUENCE_HEADER]
/** show_existing_frame, frame_type, show_frame are the first four bits. */
const KEY_FRAME = [0x32, 2, 0b0001_0000, 7]
const INTER_FRAME = [0x32, 2, 0b0011_0000, 7]
const HIDDEN_KEY_FRAME = [0x32, 2, 0b0000_0000, 7]
const SHOWN_AGAIN = [0x1a, 1, 0b1000_0000]

test.each([
  ['a key frame', [...SEQUENCE, ...KEY_FRAME], [...SEQUENCE, ...KEY_FRAME], true],
  ['behind a delimiter', [...DELIMITER, ...SEQUENCE, ...KEY_FRAME], [...SEQUENCE, ...KEY_FRAME], true],
  ['another frame', [...DELIMITER, ...INTER_FRAME], INTER_FRAME, false],
  [
    'padding in the middle',
    [...INTER_FRAME, ...PADDING, ...SHOWN_AGAIN],
    [...INTER_FRAME, ...SHOWN_AGAIN],
    false,
  ],
  ['a key frame that is not shown', HIDDEN_KEY_FRAME, HIDDEN_KEY_FRAME, false],
  ['a frame that is shown again', SHOWN_AGAIN, SHOWN_AGAIN, false],
  ['a last one without a size', [...DELIMITER, 0x30, 0b0001_0000, 7], [0x30, 0b0001_0000, 7], true],
])('a temporal unit is what a sample holds: %s', (_name, unit, data, isKey) => {
  const read = readTemporalUnit(Uint8Array.from(unit))
  expect(read).toMatchObject({ isKey })
  expect([...(read?.data ?? [])]).toEqual(data)
})

test.each([
  ['nothing', []],
  ['a delimiter alone', DELIMITER],
  ['a size beyond the end', [0x32, 9, 0x10]],
  ['a size without end', [0x32, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]],
  ['thousands of empty ones', Array.from({ length: 4000 }, (_, index) => (index % 2 === 0 ? 0x2a : 0))],
])('no sample is made of %s', (_name, unit) => {
  expect(readTemporalUnit(Uint8Array.from(unit))).toBeUndefined()
})

test('random units never throw', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
      expect(() => readTemporalUnit(bytes)).not.toThrow()
    }),
  )
})
