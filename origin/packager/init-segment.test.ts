import { expect, test } from 'vitest'
import { parseAacConfig } from '../media/aac.ts'
import { parseVideoConfig } from '../media/video-config.ts'
import { writeInitSegment } from './init-segment.ts'
import { children } from './read-part.ts'
import { AUDIO_CONFIG, VIDEO_CONFIG } from './synthetic.ts'

const video = VIDEO_CONFIG.type === 'video-config' ? parseVideoConfig('avc', VIDEO_CONFIG.config) : undefined
const audio = AUDIO_CONFIG.type === 'audio-config' ? parseAacConfig(AUDIO_CONFIG.config) : undefined

/** Body sizes by ISO 14496-12; browsers refuse a header that is a byte short where ffmpeg does not mind. */
const BODY_SIZES: Readonly<Record<string, number>> = {
  mvhd: 100,
  tkhd: 84,
  mdhd: 24,
  trex: 24,
  vmhd: 12,
  smhd: 8,
  stts: 8,
  stsc: 8,
  stsz: 12,
  stco: 8,
}
const CONTAINERS = new Set(['moov', 'trak', 'mdia', 'minf', 'stbl', 'mvex', 'dinf'])

function boxes(bytes: Buffer): { type: string; body: Buffer }[] {
  return children(bytes).flatMap((box) => (CONTAINERS.has(box.type) ? [box, ...boxes(box.body)] : [box]))
}

test('every box of fixed size has that size', () => {
  if (!video || !audio) throw new Error('Cannot parse the synthetic configurations')
  const found = boxes(Buffer.from(writeInitSegment({ video, audio })))
  const fixed = found.filter(({ type }) => type in BODY_SIZES)
  expect(new Set(fixed.map(({ type }) => type))).toEqual(new Set(Object.keys(BODY_SIZES)))
  expect(fixed.map(({ type, body }) => [type, body.length])).toEqual(
    fixed.map(({ type }) => [type, BODY_SIZES[type]]),
  )
})

test('a single track has no trace of the other', () => {
  if (!video || !audio) throw new Error('Cannot parse the synthetic configurations')
  const types = (tracks: Parameters<typeof writeInitSegment>[0]) =>
    boxes(Buffer.from(writeInitSegment(tracks))).map(({ type }) => type)
  expect(types({ video }).filter((type) => type === 'trak' || type === 'smhd')).toEqual(['trak'])
  expect(types({ audio }).filter((type) => type === 'trak' || type === 'vmhd')).toEqual(['trak'])
})
