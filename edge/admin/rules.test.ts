import { expect, test } from 'vitest'
import { slugCandidate } from './rules.ts'

test('slugCandidate() keeps to the length of a slug', () => {
  expect(slugCandidate('budi', 1)).toBe('budi')
  expect(slugCandidate('budi', 2)).toBe('budi-2')
  expect(slugCandidate('x'.repeat(32), 12)).toBe(`${'x'.repeat(29)}-12`)
  expect(slugCandidate(`${'x'.repeat(29)}-yz`, 2)).toBe(`${'x'.repeat(29)}-2`)
})
