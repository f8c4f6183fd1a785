import { expect, test } from 'vitest'
import { titleOf } from './store.ts'

test('the name of a file becomes a title that can be kept', () => {
  expect(titleOf('Senam ibu hamil.final.mp4')).toBe('Senam ibu hamil.final')
  expect(titleOf('.mp4')).toBe('')
  expect(titleOf(`${'x'.repeat(99)}\u{1F600}.mp4`)).toBe('x'.repeat(99))
  expect(titleOf(`${'x'.repeat(99)} y.mp4`)).toBe('x'.repeat(99))
})
