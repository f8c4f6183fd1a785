import fc from 'fast-check'
import { expect, test } from 'vitest'
import { opusHeadFor, opusPacketSamples, parseOpusConfig } from './opus.ts'

/** What libopus wrote: stereo, pre-skip 312, 48 kHz. */
const STEREO = Buffer.from('4f707573486561640102380180bb0000000000', 'hex')
const surround = (...mapping: number[]) =>
  Buffer.concat([
    STEREO.subarray(0, 9),
    Buffer.from([6]),
    STEREO.subarray(10, 18),
    Buffer.from([1, ...mapping]),
  ])

test('a head becomes the content of dOps, which is big-endian', () => {
  expect(parseOpusConfig(STEREO)).toEqual({
    sampleEntry: 'Opus',
    codec: 'opus',
    sampleRate: 48_000,
    channels: 2,
    frameSamples: 960,
    record: Uint8Array.from(Buffer.from('000201380000bb80000000', 'hex')),
  })
  const record = parseOpusConfig(surround(4, 2, 0, 4, 1, 2, 3, 5))?.record
  expect([...(record ?? [])].slice(10)).toEqual([1, 4, 2, 0, 4, 1, 2, 3, 5])
})

test('heads that no decoder could use are refused, and random ones never throw', () => {
  for (let length = 0; length < STEREO.length; length++)
    expect(parseOpusConfig(STEREO.subarray(0, length))).toBeUndefined()
  const changed = (at: number, byte: number) => STEREO.map((old, index) => (index === at ? byte : old))
  expect(parseOpusConfig(changed(8, 0x10))).toBeUndefined()
  expect(parseOpusConfig(changed(9, 0))).toBeUndefined()
  expect(parseOpusConfig(changed(9, 3))).toBeUndefined()
  expect(parseOpusConfig(surround(4, 2, 0))).toBeUndefined()
  fc.assert(
    fc.property(
      fc.uint8Array({ maxLength: 40 }),
      (bytes) => void parseOpusConfig(Uint8Array.of(...STEREO.subarray(0, 8), ...bytes)),
    ),
  )
})

test.each([
  [[0x04], 2],
  [[0x00], 1],
])('an encoder without a head has as many channels as its packet %j says: %i', (packet, channels) => {
  expect(parseOpusConfig(opusHeadFor(Uint8Array.from(packet)))).toMatchObject({ channels })
})

/** TOC: five bits of configuration, stereo, two bits of frame count code. */
const toc = (config: number, code: number) => (config << 3) | code

test.each([
  ['CELT 2.5 ms', [toc(28, 0)], 120],
  ['CELT 5 ms', [toc(29, 0)], 240],
  ['CELT 10 ms', [toc(18, 0)], 480],
  ['CELT 20 ms', [toc(31, 0)], 960],
  ['hybrid 10 ms', [toc(12, 0)], 480],
  ['hybrid 20 ms', [toc(15, 0)], 960],
  ['SILK 10 ms', [toc(0, 0)], 480],
  ['SILK 40 ms', [toc(6, 0)], 1920],
  ['SILK 60 ms', [toc(11, 0)], 2880],
  ['two equal frames', [toc(31, 1)], 1920],
  ['two frames of different size', [toc(31, 2)], 1920],
  ['three of 40 ms are 120 ms', [toc(2, 3), 3], 5760],
  ['48 of 2.5 ms, with padding and variable size', [toc(16, 3), 0xc0 | 48], 5760],
])('a packet says how long it plays: %s', (_name, packet, samples) => {
  expect(opusPacketSamples(Uint8Array.from(packet))).toBe(samples)
})

test.each([
  ['nothing', []],
  ['no frames', [toc(31, 3), 0]],
  ['a count that is missing', [toc(31, 3)]],
  ['more than 120 ms', [toc(31, 3), 7]],
])('a packet that contradicts itself plays nothing: %s', (_name, packet) => {
  expect(opusPacketSamples(Uint8Array.from(packet))).toBeUndefined()
})
