import { expect, test } from 'vitest'
import { formatRupiah, MAX_AMOUNT_RUPIAH, parseRupiah, readRupiah } from './rupiah.ts'

test.each([
  [0, 'Rp0'],
  [500, 'Rp500'],
  [10_000, 'Rp10.000'],
  [1_234_567, 'Rp1.234.567'],
  [-5_000, '-Rp5.000'],
])('formatRupiah(%d) is %s', (amount, text) => {
  expect(formatRupiah(amount)).toBe(text)
})

test.each([
  ['10000', 10_000],
  ['10.000', 10_000],
  ['10,000', 10_000],
  ['10rb', 10_000],
  ['10 ribu', 10_000],
  ['10k', 10_000],
  ['Rp10.000,-', 10_000],
  ['Rp. 10.000,00', 10_000],
  ['IDR 10,000.00', 10_000],
  ['1,5jt', 1_500_000],
  ['1.5 juta', 1_500_000],
  ['1.000.000', 1_000_000],
  [' 500 ', 500],
])('parseRupiah(%j) is %d', (text, amount) => {
  expect(parseRupiah(text)).toBe(amount)
})

test.each([
  '',
  'Rp',
  '0',
  '-5000',
  '10.00',
  '10.5',
  '1.0000',
  '10,000.50',
  '1e5',
  '0x10',
  '99999999999',
  'sepuluh',
  '10.000.00',
  '0,0001jt',
])('parseRupiah(%j) refuses to guess', (text) => {
  expect(parseRupiah(text)).toBeUndefined()
})

test('an amount may be as large as the bound and no larger', () => {
  expect(parseRupiah(String(MAX_AMOUNT_RUPIAH))).toBe(MAX_AMOUNT_RUPIAH)
  expect(readRupiah(String(MAX_AMOUNT_RUPIAH + 1))).toEqual({ problem: 'too_large' })
})

test.each([
  ['sepuluh', 'unreadable'],
  ['-5000', 'unreadable'],
  ['10.00', 'unreadable'],
  ['10.5', 'fraction'],
  ['10,000.50', 'fraction'],
  ['0', 'zero'],
  ['Rp 0', 'zero'],
  ['1.000.000.001', 'too_large'],
  ['9'.repeat(20), 'too_large'],
  ['2.000jt', 'too_large'],
])('readRupiah(%j) says %s', (text, problem) => {
  expect(readRupiah(text)).toEqual({ problem })
})
