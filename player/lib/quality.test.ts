import { expect, test } from 'vitest'
import {
  firstSide,
  indexWithin,
  rememberedQuality,
  rememberQuality,
  sidesOf,
  sizesInPlaylist,
} from './quality.ts'

const SIZES = [
  { width: 426, height: 240 },
  { width: 0, height: 0 },
  { width: 1280, height: 720 },
  { width: 480, height: 854 },
]

test('sizes are told by their shorter side, largest first, without sound alone', () => {
  expect(sidesOf(SIZES)).toEqual([720, 480, 240])
})

test.each([
  [1080, 2],
  [720, 2],
  [719, 3],
  [100, 0],
])('at most %i is level %i', (side, index) => {
  expect(indexWithin(SIZES, side)).toBe(index)
})

test('without a picture there is nothing to choose', () => {
  expect(indexWithin([{ width: 0, height: 0 }], 480)).toBe(-1)
})

test('phones and savers of data begin modestly', () => {
  expect(firstSide({ isPhone: false, savesData: false })).toBeUndefined()
  expect(firstSide({ isPhone: true, savesData: false })).toBe(480)
  expect(firstSide({ isPhone: false, savesData: true })).toBe(480)
})

test('sizes are read from a multivariant playlist', () => {
  const playlist =
    '#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1,CODECS="avc1,mp4a",RESOLUTION=640x360,FRAME-RATE=30.000\na\n' +
    '#EXT-X-STREAM-INF:BANDWIDTH=1,CODECS="mp4a"\nb\n'
  expect(sizesInPlaylist(playlist)).toEqual([{ width: 640, height: 360 }])
})

test('the choice is remembered, and nonsense is not', () => {
  const kept = new Map<string, string>()
  const storage = {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => void kept.set(key, value),
  }
  expect(rememberedQuality(storage)).toBe('auto')
  rememberQuality(storage, 480)
  expect(rememberedQuality(storage)).toBe(480)
  rememberQuality(storage, 'auto')
  expect(rememberedQuality(storage)).toBe('auto')
  expect(rememberedQuality({ getItem: () => '-5' })).toBe('auto')
})

test('without storage every visit begins with auto', () => {
  const broken = () => {
    throw new Error('no storage')
  }
  expect(rememberedQuality({ getItem: broken })).toBe('auto')
  expect(() => rememberQuality({ setItem: broken }, 480)).not.toThrow()
})
