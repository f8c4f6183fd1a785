import { expect, test } from 'vitest'
import { compareNames, nameWords } from './person-name.ts'

test.each([
  ['Budi Santoso', 'BUDI  SANTOSO'],
  ['Ir. H. Budi Santoso, S.Kom., M.M.', 'budi santoso'],
  ['Bpk Budi Santoso SE', 'BUDI SANTOSO'],
  ["Siti Nur'aini", 'SITI NURAINI'],
  ['Sítí Nur Aini', 'SITI NURAINI'],
  ['Dr Dewi', 'Dewi'],
  ['M.Rizki Pratama', 'M RIZKI PRATAMA'],
])('%s is %s', (first, second) => {
  expect(compareNames(first, second)).toMatchObject({ isSame: true })
})

test.each([
  ['Budi Santoso', 'Budi Susanto', ['santoso'], ['susanto']],
  ['Muhammad Rizki', 'M Rizki', ['muhammad'], ['m']],
  ['Santoso Budi', 'Budi Santoso', [], []],
  ['Muhammad Rizki Pratama', 'MUHAMMAD RIZKI PRAT', ['pratama'], ['prat']],
  ['Budi Budi', 'Budi', ['budi'], []],
  ['', '', [], []],
  ['...', '---', [], []],
])('%s is not %s', (first, second, onlyFirst, onlySecond) => {
  expect(compareNames(first, second)).toEqual({ isSame: false, onlyFirst, onlySecond })
})

test('a name that is nothing but a title stays a name', () => {
  expect(nameWords('Ibu')).toEqual(['ibu'])
  expect(nameWords('Dr. Ir.')).toEqual(['ir'])
})

test('a long name takes no time', () => {
  expect(nameWords('a.'.repeat(40_000)).length).toBeGreaterThan(0)
})
