import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { readFlvTags } from '../rtmp-client/flv-file.ts'
import type { MediaMessage } from '../media/access-unit.ts'
import { FlvDemuxer, type FlvTag } from './flv.ts'

const AUDIO = 8
const VIDEO = 9
const ascii = (text: string) => [...Buffer.from(text)]
const HVC1 = ascii('hvc1')
const fixture = (name: string) =>
  readFlvTags(readFileSync(`${import.meta.dirname}/../../tests/fixtures/${name}.flv`))

function demux(tags: readonly FlvTag[]): (MediaMessage | { type: 'unsupported_media' })[] {
  const demuxer = new FlvDemuxer()
  return tags.flatMap((tag): (MediaMessage | { type: 'unsupported_media' })[] => {
    const demuxed = demuxer.read(tag)
    return demuxed === 'unsupported_media' ? [{ type: demuxed }] : [...demuxed]
  })
}

const tag = (type: number, ...payload: number[]): FlvTag => ({
  type,
  timestamp: 40,
  payload: Uint8Array.from(payload),
})
const types = (tags: readonly FlvTag[]) => demux(tags).map(({ type }) => type)

/** One slice of an IDR picture. */
const IDR = [0, 0, 0, 3, 19 << 1, 1, 9]
const TRAIL = [0, 0, 0, 3, 1 << 1, 1, 9]
const start = tag(VIDEO, 0x90, ...HVC1, 1, 2, 3)

test.each([
  ['hevc-aac', 'hevc', 'aac', 120, 189],
  ['av1-opus', 'av1', 'opus', 120, 201],
])(
  '%s: configurations first, then every frame, and a key frame every two seconds',
  (name, video, audio, pictures, sounds) => {
    const messages = demux(fixture(name))
    expect(messages.slice(0, 2)).toMatchObject([
      { type: 'video-config', codec: video },
      { type: 'audio-config', codec: audio },
    ])
    expect(messages.filter(({ type }) => type === 'video')).toHaveLength(pictures)
    expect(messages.filter(({ type }) => type === 'audio')).toHaveLength(sounds)
    const keys = messages.flatMap((message) =>
      message.type === 'video' && message.isKey ? [message.dtsMs] : [],
    )
    expect(keys).toEqual([0, 2000])
  },
)

test('AV1 and Opus without a sequence start: the first key frame and the first packet say enough', () => {
  const tags = fixture('av1-opus')
  const without = tags.filter(({ payload }) => payload[0] !== 0x90)
  expect(without.length).toBe(tags.length - 2)
  const [complete, derived] = [demux(tags), demux(without)]
  const configs = (messages: typeof complete) =>
    messages.flatMap((message) =>
      message.type === 'video-config' || message.type === 'audio-config' ? [[...message.config]] : [],
    )
  expect(configs(derived)).toEqual(configs(complete))
  expect(derived).toHaveLength(complete.length)
})

test('the slices decide what a key frame is, not the flag', () => {
  expect(
    demux([start, tag(VIDEO, 0xa3, ...HVC1, ...IDR), tag(VIDEO, 0x93, ...HVC1, ...TRAIL)]).slice(1),
  ).toMatchObject([{ isKey: true }, { isKey: false }])
})

test('coded frames carry a signed composition time, CodedFramesX none', () => {
  expect(
    demux([
      start,
      tag(VIDEO, 0xa1, ...HVC1, 0xff, 0xff, 0xd7, ...TRAIL),
      tag(VIDEO, 0xa3, ...HVC1, ...TRAIL),
    ]).slice(1),
  ).toEqual([
    { type: 'video', dtsMs: 40, compositionMs: -41, isKey: false, data: Uint8Array.from(TRAIL) },
    { type: 'video', dtsMs: 40, compositionMs: 0, isKey: false, data: Uint8Array.from(TRAIL) },
  ])
})

test('HEVC from before Enhanced RTMP has codec id 12', () => {
  expect(demux([tag(VIDEO, 0x1c, 0, 0, 0, 0, 1, 2), tag(VIDEO, 0x1c, 1, 0, 0, 80, ...IDR)])).toMatchObject([
    { type: 'video-config', codec: 'hevc' },
    { type: 'video', compositionMs: 80, isKey: true },
  ])
})

test('frames of a codec without its own configuration are left out', () => {
  const avc = tag(VIDEO, 0x17, 0, 0, 0, 0, 1, 100)
  expect(types([avc, tag(VIDEO, 0x93, ...HVC1, ...IDR)])).toEqual(['video-config'])
  expect(types([avc, start, tag(VIDEO, 0x93, ...HVC1, ...IDR)])).toEqual([
    'video-config',
    'video-config',
    'video',
  ])
})

const FRAME = [...HVC1, ...IDR]
const u24 = (value: number) => [value >> 16, (value >> 8) & 0xff, value & 0xff]
const trackOf = (id: number, body: readonly number[]) => [id, ...u24(body.length), ...body]

test.each([
  ['a nanosecond offset', [0x97, 2, 0, 3, 232, 0x03, ...FRAME]],
  ['an extension of 256 bytes', [0x97, 255, 0, 255, ...Array.from({ length: 256 }, () => 0), 0x03, ...FRAME]],
  ['two extensions', [0x97, 0, 9, 0x07, 0, 9, 0x03, ...FRAME]],
  ['one track', [0x96, 0x03, ...HVC1, 0, ...IDR]],
  [
    'the default of many tracks',
    [0x96, 0x13, ...HVC1, ...trackOf(1, TRAIL), ...trackOf(0, IDR), ...trackOf(2, TRAIL)],
  ],
  ['many codecs', [0x96, 0x23, ...ascii('vp09'), ...trackOf(1, [7]), ...HVC1, ...trackOf(0, IDR)]],
  ['an extension before many tracks', [0x97, 0, 9, 0x06, 0x13, ...HVC1, ...trackOf(0, IDR)]],
])('the frame is found: %s', (_name, payload) => {
  expect(demux([start, tag(VIDEO, ...payload)]).slice(1)).toEqual([
    { type: 'video', dtsMs: 40, compositionMs: 0, isKey: true, data: Uint8Array.from(IDR) },
  ])
})

test.each([
  ['the end of a sequence', [0x92, ...HVC1]],
  ['metadata', [0x94, ...HVC1, 2, 0, 0]],
  ['a command', [0xd0, 0]],
  ['an unknown packet type', [0x9f, ...HVC1, 1]],
  ['a cut FourCC', [0x90, 0x68, 0x76]],
  ['a track that is not the default', [0x96, 0x03, ...HVC1, 1, ...IDR]],
  ['a track beyond the end', [0x96, 0x13, ...HVC1, 0, 0xff, 0xff, 0xff, ...IDR]],
  ['tracks within tracks', [0x96, 0x16, ...HVC1, ...trackOf(0, IDR)]],
  ['an unknown kind of tracks', [0x96, 0x33, ...HVC1, ...trackOf(0, IDR)]],
  ['an extension beyond the end', [0x97, 200, 1]],
  [
    'a long chain of extensions',
    [
      ...Array.from({ length: 60 }, (_, index) => (index === 0 ? 0x97 : index % 3 === 0 ? 7 : 0)),
      0x03,
      ...FRAME,
    ],
  ],
])('nothing is passed on of %s', (_name, payload) => {
  expect(types([start, tag(VIDEO, ...payload)])).toEqual(['video-config'])
})

test.each([
  ['Opus', [0x90, ...ascii('Opus'), ...ascii('OpusHead')], [0x91, ...ascii('Opus'), 0xfc, 1], 'opus'],
  ['AAC', [0x90, ...ascii('mp4a'), 0x11, 0x90], [0x91, ...ascii('mp4a'), 0x21, 1], 'aac'],
  [
    'a default track',
    [0x95, 0x00, ...ascii('mp4a'), 0, 0x11, 0x90],
    [0x95, 0x01, ...ascii('mp4a'), 0, 0x21, 1],
    'aac',
  ],
])('enhanced sound: %s', (_name, config, frame, codec) => {
  const messages = demux([
    tag(AUDIO, ...config),
    tag(AUDIO, ...frame),
    tag(AUDIO, 0x92, ...ascii(codec === 'opus' ? 'Opus' : 'mp4a')),
  ])
  expect(messages).toMatchObject([
    { type: 'audio-config', codec },
    { type: 'audio', dtsMs: 40 },
  ])
  expect(messages[1]).toHaveProperty('data.length', 2)
})

test.each([
  ['VP9', VIDEO, [0x90, ...ascii('vp09')]],
  ['VVC', VIDEO, [0x90, ...ascii('vvc1')]],
  ['AC-3', AUDIO, [0x90, ...ascii('ac-3')]],
  ['FLAC', AUDIO, [0x90, ...ascii('fLaC')]],
])('%s is unsupported', (_name, type, payload) => {
  expect(demux([tag(type, ...payload)])).toEqual([{ type: 'unsupported_media' }])
})

test('random enhanced tags never throw', () => {
  const demuxer = new FlvDemuxer()
  const fourCc = fc.constantFrom('avc1', 'hvc1', 'av01', 'mp4a', 'Opus', 'vp09').map(ascii)
  const body = fc.uint8Array({ maxLength: 80 }).map((bytes) => [...bytes])
  const random = fc.tuple(
    fc.constantFrom(AUDIO, VIDEO),
    fc.integer({ min: 0x80, max: 0xff }),
    fourCc,
    fc.boolean(),
    body,
  )
  fc.assert(
    fc.property(random, ([type, first, codec, hasFourCc, rest]) => {
      const mutated = tag(type, first, ...(hasFourCc ? codec : []), ...rest)
      expect(() => demuxer.read(mutated)).not.toThrow()
    }),
    { numRuns: 5000 },
  )
})
