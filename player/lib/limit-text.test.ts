import { beforeEach, expect, it, vi } from 'vitest'
import { setLanguage } from '../i18n/language.ts'
import { limitTexts, readLimit, writeLimit } from './limit-text.ts'

// The page's language is told to the document, which there is none of here.
vi.stubGlobal('document', { documentElement: {} })
beforeEach(() => setLanguage('id'))

it('limitTexts() names only what is limited', () => {
  const none = { maxBitrateBps: null, maxResolution: null, maxDurationSeconds: null }
  expect(limitTexts(none)).toEqual([])
  const limits = { maxBitrateBps: 6_000_000, maxResolution: 1080, maxDurationSeconds: 5400 }
  expect(limitTexts(limits)).toEqual(['bitrate 6.000 kb/s', 'resolusi 1080p', 'lama siaran 1,5 jam'])
  setLanguage('en')
  expect(limitTexts({ ...none, maxDurationSeconds: 90 })).toEqual(['length 1.5 min'])
})

it.each([
  ['', 1000, null],
  [' 6000 ', 1000, 6_000_000],
  ['1,5', 3600, 5400],
  ['1.5', 3600, 5400],
  ['0', 3600, undefined],
  ['0,0001', 1, undefined],
  ['-1', 3600, undefined],
  ['empat', 3600, undefined],
  ['1e9', 3600, undefined],
])('readLimit(%j, %d) is %j', (text, unit, limit) => expect(readLimit(text, unit)).toBe(limit))

it('what is written is read back', () => {
  for (const limit of [1, 5400, 86_400, 100]) expect(readLimit(writeLimit(limit, 3600), 3600)).toBe(limit)
  expect(writeLimit(5400, 3600)).toBe('1,5')
  expect(writeLimit(null, 3600)).toBe('')
})
