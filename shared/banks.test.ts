import { expect, test } from 'vitest'
import { accountDigits, isAccountNumber, isBank } from './banks.ts'

test.each([
  ['BCA', '123-456 7890', true],
  ['BCA', '123456789', false],
  ['BRI', '0123-01-012345-50-1', true],
  ['BNI', '123456', false],
  ['Mandiri', '1234567890123', true],
  ['Mandiri', '12345678901a3', false],
  ['other', '12345', true],
  ['other', '', false],
] as const)('%s %s: %s', (bank, text, isRight) => {
  expect(isAccountNumber(bank, accountDigits(text))).toBe(isRight)
})

test('a bank is one of the list, and nothing that objects inherit', () => {
  expect(isBank('BCA')).toBe(true)
  expect(isBank('toString')).toBe(false)
})
