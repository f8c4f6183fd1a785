import { expect, test } from 'vitest'
import { storeOf } from './storage.ts'

test('where storage is refused, what is kept lasts as long as the page', () => {
  const store = storeOf(() => {
    throw new DOMException('denied', 'SecurityError')
  })
  expect(store.getItem('a')).toBeNull()
  store.setItem('a', '1')
  expect(store.getItem('a')).toBe('1')
  store.removeItem('a')
  expect(store.getItem('a')).toBeNull()
})
