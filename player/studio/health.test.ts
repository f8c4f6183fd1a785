import { beforeEach, describe, expect, it, vi } from 'vitest'
import { setLanguage } from '../i18n/language.ts'
import { healthFigures, healthHints, isGood, isMeasured } from './health.ts'

// The page's language is told to the document, which there is none of here.
vi.stubGlobal('document', { documentElement: {} })

const full = {
  videoCodec: 'avc1.64001f',
  audioCodec: 'mp4a.40.2',
  width: 1280,
  height: 720,
  frameRate: 29.97,
  bitrateBps: 3_249_000,
  keyFrameIntervalSeconds: 2,
  hints: [],
}
const values = (health: Parameters<typeof healthFigures>[0]): string[] =>
  healthFigures(health).map(({ value }) => value)

beforeEach(() => setLanguage('en'))

it('isMeasured() waits for a codec', () => {
  expect(isMeasured({ hints: [] })).toBe(false)
  expect(isMeasured(full)).toBe(true)
})

describe('healthFigures()', () => {
  it('names codecs and writes numbers in the language of the reader', () => {
    expect(values(full)).toEqual(['H.264', '1280 × 720', '29.97', '3.2 Mb/s', '2 s', 'AAC'])
    setLanguage('id')
    expect(values(full)).toEqual(['H.264', '1280 × 720', '29,97', '3,2 Mb/s', '2 dtk', 'AAC'])
  })

  it('leaves out what is not known', () => {
    expect(values({ audioCodec: 'mp4a.40.2', bitrateBps: 128_400, hints: [] })).toEqual(['128 kb/s', 'AAC'])
    expect(values({ videoCodec: 'vp09.00', width: 640, hints: [] })).toEqual(['vp09.00'])
  })
})

it('isGood() waits until the limits have been judged, and for the last hint to go', () => {
  expect(isGood(full, 7_999)).toBe(false)
  expect(isGood(full, 8_000)).toBe(true)
  expect(isGood({ ...full, hints: ['bitrate_over_limit'] }, 60_000)).toBe(false)
})

describe('healthHints()', () => {
  it('is silent about a good signal', () => {
    expect(healthHints(full)).toEqual([])
  })

  it('says how far apart key frames are, and what to set', () => {
    const [hint] = healthHints({ ...full, keyFrameIntervalSeconds: 8.33, hints: ['key_frames_rare'] })
    expect(hint).toContain('every 8.3 s')
    expect(hint).toContain('2 s in OBS')
  })

  it('tells of a missing track and passes on what a newer server says', () => {
    const { audioCodec: _, ...silent } = full
    expect(healthHints({ ...silent, hints: ['new_code'] })).toEqual([
      expect.stringContaining('new_code'),
      expect.stringContaining('no sound'),
    ])
    const { videoCodec: __, ...dark } = full
    expect(healthHints(dark)).toEqual([expect.stringContaining('no picture')])
  })

  it('tells of nothing else when nothing can be played', () => {
    const empty = { hints: ['nothing_playable'] }
    expect(isMeasured(empty)).toBe(true)
    expect(healthHints(empty)).toEqual([expect.stringContaining('Nothing that arrives')])
  })
})
