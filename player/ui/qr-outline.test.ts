import { expect, it } from 'vitest'
import { outline } from './qr-outline.ts'

it('outline() draws each run of dark modules once', () => {
  const rows = ['#.##', '....', '####'].map((row) => row.split('').map((module) => module === '#'))
  expect(outline(rows)).toBe('M0 0h1v1H0zM2 0h2v1H2zM0 2h4v1H0z')
})
