import { expect, test } from 'vitest'
import { csvText } from './csv.ts'

test('cells are quoted where they must be, and none of them is a formula', () => {
  expect(
    csvText([
      ['a', 1],
      ['"x", y', '=1+1'],
      ['-5', -5],
      ['baris\ndua', '@SUM(A1)'],
    ]),
  ).toBe('\uFEFFa,1\r\n"""x"", y",\'=1+1\r\n\'-5,-5\r\n"baris\ndua",\'@SUM(A1)\r\n')
})
