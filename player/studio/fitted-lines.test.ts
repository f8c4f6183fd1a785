import { expect, test } from 'vitest'
import { fittedLines } from './fitted-lines.ts'

/** Every letter as wide as the size says; ten of the smallest fit in a line. */
const space = {
  maxWidth: 100,
  maxLines: 2,
  sizesPx: [20, 10] as const,
  widthOf: (text: string, sizePx: number) => text.length * sizePx,
} as const

test('a title has the largest size in which it fits', () => {
  expect(fittedLines('Budi', space)).toEqual({ lines: ['Budi'], sizePx: 20 })
  expect(fittedLines('Budi Main', space)).toEqual({ lines: ['Budi', 'Main'], sizePx: 20 })
  expect(fittedLines('  Budi   Siaran ', space)).toEqual({ lines: ['Budi', 'Siaran'], sizePx: 10 })
})

test('one that fits in no size is cut, and says so', () => {
  expect(fittedLines('Penyuluhan Gizi Ibu dan Anak', space)).toEqual({
    lines: ['Penyuluhan', 'Gizi Ibu…'],
    sizePx: 10,
  })
  expect(fittedLines('a'.repeat(30), space).lines).toEqual(['a'.repeat(10), `${'a'.repeat(9)}…`])
  expect(fittedLines('👩‍👩‍👧'.repeat(9), space).lines.join('')).not.toContain('�')
})

test('no title is no reason to fail', () => {
  expect(fittedLines('', space).lines).toEqual([''])
})
