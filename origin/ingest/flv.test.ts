import fc from 'fast-check'
import { expect, test } from 'vitest'
import { FlvDemuxer, type FlvTag, UnwrappedClock } from './flv.ts'
import { encodeAmf } from './amf-encode.ts'

const VIDEO = 9
const AUDIO = 8
const SCRIPT = 18
const AVC_CONFIG = [0x17, 0, 0, 0, 0, 1, 100, 0, 31]
const AAC_CONFIG = [0xaf, 0, 0x11, 0x90]

function tag(type: number, payload: readonly number[] | Uint8Array, timestamp = 0): FlvTag {
  return { type, timestamp, payload: Uint8Array.from(payload) }
}

function read(type: number, payload: readonly number[] | Uint8Array, timestamp = 0) {
  return new FlvDemuxer().read(tag(type, payload, timestamp))
}

/** What the last of some tags gives. */
function readAfter(config: readonly number[], type: number, payload: readonly number[], timestamp = 0) {
  const demuxer = new FlvDemuxer()
  demuxer.read(tag(type, config))
  return demuxer.read(tag(type, payload, timestamp))
}

test('reads codec configurations', () => {
  expect(read(VIDEO, AVC_CONFIG)).toEqual([
    { type: 'video-config', codec: 'avc', config: Uint8Array.of(1, 100, 0, 31) },
  ])
  expect(read(AUDIO, AAC_CONFIG)).toEqual([
    { type: 'audio-config', codec: 'aac', config: Uint8Array.of(0x11, 0x90) },
  ])
})

test.each([
  [[0x00, 0x00, 0x50], 80],
  [[0xff, 0xff, 0xb0], -80],
  [[0x80, 0x00, 0x00], -8_388_608],
])('reads the composition time %j as the signed number %i', (bytes, compositionMs) => {
  expect(readAfter(AVC_CONFIG, VIDEO, [0x27, 1, ...bytes, 7], 40)).toEqual([
    { type: 'video', dtsMs: 40, compositionMs, isKey: false, data: Uint8Array.of(7) },
  ])
})

test('tells key frames from others', () => {
  expect(readAfter(AVC_CONFIG, VIDEO, [0x17, 1, 0, 0, 0, 7])).toMatchObject([{ isKey: true }])
  expect(readAfter(AVC_CONFIG, VIDEO, [0x37, 1, 0, 0, 0, 7])).toMatchObject([{ isKey: false }])
})

test.each([
  ['VP6', VIDEO, [0x14, 1, 2, 3]],
  ['MP3', AUDIO, [0x2f, 1, 2, 3]],
  ['VP9 in Enhanced RTMP', VIDEO, [0x90, ...Buffer.from('vp09')]],
  ['FLAC in Enhanced RTMP', AUDIO, [0x90, ...Buffer.from('fLaC')]],
])('%s is unsupported', (_, type, payload) => {
  expect(read(type, payload)).toBe('unsupported_media')
})

test.each([
  ['an empty tag', VIDEO, []],
  ['an end of sequence', VIDEO, [0x17, 2, 0, 0, 0]],
  ['a video command frame', VIDEO, [0x57, 0]],
  ['an AAC header alone', AUDIO, [0xaf, 1]],
  ['a script that is no AMF', SCRIPT, [0x7f, 1]],
  ['another message', 22, [1, 2, 3]],
])('%s gives nothing to package', (_, type, payload) => {
  expect(read(type, payload)).toEqual([])
})

test('metadata keeps plain values, with and without @setDataFrame', () => {
  const values = { width: 1280, encoder: 'obs', stereo: true, nested: { a: 1 } }
  const kept = [{ type: 'metadata', values: { width: 1280, encoder: 'obs', stereo: true } }]
  expect(read(SCRIPT, encodeAmf(['@setDataFrame', 'onMetaData', values]))).toEqual(kept)
  expect(read(SCRIPT, encodeAmf(['onMetaData', values]))).toEqual(kept)
  expect(read(15, [0, ...encodeAmf(['onMetaData', values])])).toEqual(kept)
})

test('metadata is bounded in number and length', () => {
  const many = Object.fromEntries(Array.from({ length: 200 }, (_, index) => [`k${index}`, 'x'.repeat(1000)]))
  const demuxed = read(SCRIPT, encodeAmf(['onMetaData', many]))
  const [message] = demuxed === 'unsupported_media' ? [] : demuxed
  const values = message?.type === 'metadata' ? Object.values(message.values) : []
  expect(values).toHaveLength(64)
  expect(new Set(values.map((value) => String(value).length))).toEqual(new Set([256]))
})

test('random tags never throw', () => {
  const demuxer = new FlvDemuxer()
  const anyTag = fc.record({
    type: fc.constantFrom(AUDIO, VIDEO, SCRIPT, 15, 22),
    timestamp: fc.integer({ min: 0, max: 0xffffffff }),
    payload: fc.uint8Array({ maxLength: 64 }),
  })
  fc.assert(
    fc.property(anyTag, (random) => {
      expect(() => demuxer.read(random)).not.toThrow()
    }),
    { numRuns: 3000 },
  )
})

test('time goes on where 32 bits end, also with audio and video in turns', () => {
  const clock = new UnwrappedClock()
  expect([0xfffffff0, 0xffffffe8, 0x08, 0xfffffffe, 0x20].map((at) => clock.unwrap(at))).toEqual([
    0xfffffff0, 0xffffffe8, 0x100000008, 0xfffffffe, 0x100000020,
  ])
})

test('no jump leads out of the safe integers or below zero', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 0xffffffff })), (times) => {
      const clock = new UnwrappedClock()
      for (const at of times) {
        const ms = clock.unwrap(at)
        expect(Number.isSafeInteger(ms) && ms >= 0).toBe(true)
      }
    }),
  )
})
