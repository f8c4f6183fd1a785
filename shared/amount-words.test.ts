import { expect, test } from 'vitest'
import { amountInWords } from './amount-words.ts'

test.each([
  [1, 'satu rupiah', 'one rupiah'],
  [10, 'sepuluh rupiah', 'ten rupiah'],
  [11, 'sebelas rupiah', 'eleven rupiah'],
  [19, 'sembilan belas rupiah', 'nineteen rupiah'],
  [21, 'dua puluh satu rupiah', 'twenty-one rupiah'],
  [100, 'seratus rupiah', 'one hundred rupiah'],
  [1000, 'seribu rupiah', 'one thousand rupiah'],
  [2015, 'dua ribu lima belas rupiah', 'two thousand fifteen rupiah'],
  [111_000, 'seratus sebelas ribu rupiah', 'one hundred eleven thousand rupiah'],
  [1_001_000, 'satu juta seribu rupiah', 'one million one thousand rupiah'],
  [1_500_000, 'satu juta lima ratus ribu rupiah', 'one million five hundred thousand rupiah'],
  [25_000_070, 'dua puluh lima juta tujuh puluh rupiah', 'twenty-five million seventy rupiah'],
  [1_000_000_000, 'satu miliar rupiah', 'one billion rupiah'],
])('%i', (amount, indonesian, english) => {
  expect(amountInWords(amount, 'id')).toBe(indonesian)
  expect(amountInWords(amount, 'en')).toBe(english)
})
