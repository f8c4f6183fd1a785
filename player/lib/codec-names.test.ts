import { expect, test } from 'vitest'
import { codecName, unplayableCodecs } from './codec-names.ts'

test('codecs have the names that people know', () => {
  expect(['avc1.64001f', 'hvc1.1.6.L93.90', 'av01.0.04M.08', 'mp4a.40.2', 'opus'].map(codecName)).toEqual([
    'H.264',
    'H.265',
    'AV1',
    'AAC',
    'Opus',
  ])
  expect(codecName('vvc1.1.L51')).toBe('vvc1.1.L51')
})

test('only what cannot be played is named, once', () => {
  const canPlay = (mimeType: string) => !mimeType.includes('hvc1')
  const variants = ['hvc1.1.6.L93.90,mp4a.40.2', 'hvc1.1.6.L63.90,mp4a.40.2', '']
  expect(unplayableCodecs(variants, canPlay)).toEqual(['H.265'])
})
