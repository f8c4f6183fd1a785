import fc from 'fast-check'
import { expect, test } from 'vitest'
import { hevcLengthBytes, isHevcRandomAccess } from './hevc.ts'
import { parseVideoConfig } from './video-config.ts'

const fromHex = (hex: string) => Uint8Array.from(Buffer.from(hex, 'hex'))

/** What x265 wrote. */
const MAIN = fromHex(
  '0101600000009000000000003cf000fcfdf8f800000f03a00001001840010c01ffff01600000030090000003000003003c959009a10001002b42010101600000030090000003000003003ca00a080b9f796564924caf016808000003000800000300f040a2000100074401c172b46240',
)
/** 1922 x 1080 in 10 bits, high tier: the width needs the conformance window. */
const MAIN_10 = fromHex(
  '01222000000090000000000099f000fcfdfafa00000f03a00001001840010c01ffff222000000300900000030000030099959409a10001002c420101222000000300900000030000030099a003c8801107112b6595952930bc05a020000003002000000781a2000100064401c073c189',
)

test.each([
  ['Main', MAIN, 'hvc1.1.6.L60.90', 320, 180],
  ['Main 10, high tier', MAIN_10, 'hvc1.2.4.H153.90', 1922, 1080],
])('a configuration is read: %s', (_name, record, codec, width, height) => {
  expect(parseVideoConfig('hevc', record)).toEqual({
    sampleEntry: 'hvc1',
    codec,
    width,
    height,
    videoRange: 'SDR',
    record,
  })
  expect(hevcLengthBytes(record)).toBe(4)
})

test('profile space, full compatibility and no constraint show in the codec string', () => {
  const record = Uint8Array.from(MAIN)
  record.set([0x81, 0xff, 0, 0, 0, 0, 0, 0, 0, 0, 0], 1)
  expect(parseVideoConfig('hevc', record)?.codec).toBe('hvc1.B1.FF.L60')
})

test('a configuration without its parameter sets, a cut one and random ones are refused', () => {
  for (const type of [32, 33, 34]) {
    const record = Uint8Array.from(MAIN)
    const at = record.findIndex((byte, index) => index >= 23 && byte === (0x80 | type))
    expect(at).toBeGreaterThan(0)
    record[at] = 0x80 | 39
    expect(parseVideoConfig('hevc', record)).toBeUndefined()
  }
  for (let length = 0; length < MAIN.length; length++)
    expect(parseVideoConfig('hevc', MAIN.subarray(0, length))).toBeUndefined()
  fc.assert(
    fc.property(
      fc.uint8Array({ maxLength: 64 }),
      fc.integer({ min: 22, max: 80 }),
      (bytes, at) => void parseVideoConfig('hevc', Uint8Array.of(...MAIN.subarray(0, at), ...bytes)),
    ),
  )
})

const nal = (type: number, ...rest: number[]) => [0, 0, 0, 2 + rest.length, type << 1, 1, ...rest]

test.each([
  ['IDR_W_RADL', [nal(19)], true],
  ['IDR_N_LP behind parameter sets and a message', [nal(32), nal(33), nal(34), nal(39, 5), nal(20)], true],
  ['CRA', [nal(35), nal(21)], true],
  ['TRAIL_R', [nal(1)], false],
  ['RASL_R, although an IRAP follows', [nal(9), nal(21)], false],
  ['parameter sets alone', [nal(32)], false],
  ['nothing', [], false],
  ['a length beyond the end', [[0, 0, 1, 0, 19 << 1, 1]], false],
])('decoding can start or not: %s', (_name, units, expected) => {
  expect(isHevcRandomAccess(Uint8Array.from(units.flat()), 4)).toBe(expected)
})
