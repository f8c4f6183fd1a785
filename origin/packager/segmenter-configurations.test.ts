import { describe, expect, test } from 'vitest'
import type { MediaMessage } from '../media/access-unit.ts'
import { packager, samplesOf } from './segmenter-rig.ts'
import { encode } from './synthetic.ts'
import { AUDIO_TRACK_ID, VIDEO_TRACK_ID } from './track.ts'

test('a changed resolution gets an init segment of its own', () => {
  const { window, segmenter, write } = packager()
  const config = Buffer.from(
    '0164001fffe1001a6764001facd940d87bcde022000003000200000300783e2c5b2c01000668fba3cb22c0fdf8f800',
    'hex',
  )
  const [, , ...units] = encode({ seconds: 4, frameRate: 30, startMs: 4000 })
  write(encode({ seconds: 4, frameRate: 30 }))
  write([{ type: 'video-config', codec: 'avc', config }, ...units])
  segmenter.finish()
  expect(window.listed.map(({ initIndex }) => initIndex)).toEqual([0, 0, 1, 1])
  expect(window.tracks?.video).toMatchObject({ width: 854, height: 480 })
})

test('a new configuration with every picture makes no segment of every picture', () => {
  const { window, segmenter, write } = packager()
  const configs = ['1f', '28'].map((level) =>
    Buffer.from(
      `016400${level}ffe1001a6764001facd940d87bcde022000003000200000300783e2c5b2c01000668fba3cb22c0fdf8f800`,
      'hex',
    ),
  )
  const [, , ...units] = encode({ seconds: 10, frameRate: 30, framesPerGop: 1 })
  write(encode({ seconds: 2, frameRate: 30 }))
  for (const [index, unit] of units.entries())
    write([{ type: 'video-config', codec: 'avc', config: configs[index % 2] ?? Buffer.alloc(0) }, unit])
  segmenter.finish()
  expect(window.listed.length).toBeGreaterThan(5)
  expect(window.listed.length).toBeLessThanOrEqual(21)
})

test('the same configuration again changes nothing', () => {
  const { window, segmenter, write } = packager()
  const messages = encode({ seconds: 4, frameRate: 30 })
  write(messages)
  write(messages.slice(0, 2))
  segmenter.finish()
  expect(window.listed.every(({ initIndex, isDiscontinuity }) => initIndex === 0 && !isDiscontinuity)).toBe(
    true,
  )
})

test('between a new configuration and its key frame nothing is packaged', () => {
  const { window, segmenter, write } = packager()
  const config = Buffer.from(
    '0164001fffe1001a6764001facd940d87bcde022000003000200000300783e2c5b2c01000668fba3cb22c0fdf8f800',
    'hex',
  )
  const messages = encode({ seconds: 8, frameRate: 30 })
  const at = messages.findIndex((message) => message.type === 'video' && message.dtsMs >= 3000)
  write(messages.toSpliced(at, 0, { type: 'video-config', codec: 'avc', config }))
  segmenter.finish()
  // 30 frames from 3 s to the key frame at 4 s belong to neither configuration.
  expect(samplesOf(window, VIDEO_TRACK_ID)).toHaveLength(210)
  const firstOfNew = window.listed.find(({ initIndex }) => initIndex === 1)
  expect(firstOfNew?.isIndependent).toBe(true)
})

describe('Opus', () => {
  const config: MediaMessage = {
    type: 'audio-config',
    codec: 'opus',
    config: Buffer.from('4f707573486561640102380180bb0000000000', 'hex'),
  }
  /** First byte of a packet, and of what follows where the TOC asks for it. */
  const packets = (bytes: readonly number[], packetMs: number, seconds: number): MediaMessage[] =>
    Array.from({ length: Math.ceil((seconds * 1000) / packetMs) }, (_each, index) => ({
      type: 'audio',
      dtsMs: Math.floor(index * packetMs),
      data: Uint8Array.from([...bytes, 9]),
    }))

  test.each([
    [2.5, [0xe4]],
    [20, [0xfc]],
    [60, [0x5c]],
    [120, [0x53, 3]],
  ])('packets of %f ms keep their length, with and without a picture', (packetMs, bytes) => {
    for (const frameRate of [undefined, 30]) {
      const { window, segmenter, write } = packager()
      const video = encode({ seconds: 8, hasAudio: false, ...(frameRate && { frameRate }) })
      const units = [...video.slice(1), ...packets(bytes, packetMs, 8)].flatMap((unit) =>
        'dtsMs' in unit ? [unit] : [],
      )
      write([...video.slice(0, 1), config, ...units.toSorted((left, right) => left.dtsMs - right.dtsMs)])
      segmenter.finish()
      const audio = samplesOf(window, AUDIO_TRACK_ID)
      expect(audio.length * packetMs).toBeGreaterThan(7500)
      expect(audio.every(({ decodeTime }, index) => decodeTime === index * packetMs * 48)).toBe(true)
      expect(window.listed.some(({ isDiscontinuity }) => isDiscontinuity)).toBe(false)
    }
  })

  test('packets of changing length follow each other', () => {
    const { window, segmenter, write } = packager()
    const lengths = [20, 60, 2.5, 120, 10]
    const tocs = [[0xfc], [0x5c], [0xe4], [0x53, 3], [0xf4]]
    let dtsMs = 0
    const units = Array.from({ length: 200 }, (_each, index): MediaMessage => {
      const unit = {
        type: 'audio',
        dtsMs: Math.floor(dtsMs),
        data: Uint8Array.from(tocs[index % 5] ?? []),
      } as const
      dtsMs += lengths[index % 5] ?? 0
      return unit
    })
    write([config, ...units])
    segmenter.finish()
    const audio = samplesOf(window, AUDIO_TRACK_ID)
    expect(audio.length).toBeGreaterThan(195)
    expect(audio.slice(0, -1).map(({ duration }) => duration / 48)).toEqual(
      audio.slice(0, -1).map((_each, index) => lengths[index % 5]),
    )
  })

  test('packets that contradict themselves are left out', () => {
    const { window, segmenter, write } = packager()
    const broken: MediaMessage = { type: 'audio', dtsMs: 3000, data: Uint8Array.of(0xff, 0) }
    const units = packets([0xfc], 20, 6)
    write([config, ...units.slice(0, 150), broken, ...units.slice(150)])
    segmenter.finish()
    expect(samplesOf(window, AUDIO_TRACK_ID).every(({ size }) => size === 2)).toBe(true)
    expect(samplesOf(window, AUDIO_TRACK_ID).some(({ data }) => data[0] === 0xff)).toBe(false)
  })
})
