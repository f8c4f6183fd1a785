import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseAacConfig } from './aac.ts'

test.each([
  [
    'LC 44.1 kHz mono',
    '120856e500',
    { codec: 'mp4a.40.2', sampleRate: 44100, channels: 1, frameSamples: 1024 },
  ],
  ['LC 48 kHz stereo', '1190', { codec: 'mp4a.40.2', sampleRate: 48000, channels: 2, frameSamples: 1024 }],
  [
    'HE-AAC 24 kHz core',
    '2b118800',
    { codec: 'mp4a.40.5', sampleRate: 24000, channels: 2, frameSamples: 1024 },
  ],
  ['LC with 960 samples', '1194', { codec: 'mp4a.40.2', sampleRate: 48000, channels: 2, frameSamples: 960 }],
])('parseAacConfig() reads %s', (_name, hex, expected) => {
  expect(parseAacConfig(Uint8Array.from(Buffer.from(hex, 'hex')))).toMatchObject(expected)
})

test('parseAacConfig() refuses truncated and reserved configurations, and never throws', () => {
  expect(parseAacConfig(new Uint8Array())).toBeUndefined()
  expect(parseAacConfig(Uint8Array.from([0x16, 0x90]))).toBeUndefined()
  fc.assert(fc.property(fc.uint8Array({ maxLength: 16 }), (bytes) => void parseAacConfig(bytes)))
})
