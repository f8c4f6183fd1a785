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

test.each([
  ['=1+1', "'=1+1"],
  ['+62', "'+62"],
  ['-5', "'-5"],
  ['@SUM(A1)', "'@SUM(A1)"],
  ['\t=1', '"\'\t\'=1"'],
  ['  =1', "'  =1"],
  ['＝1+1', "'＝1+1"],
  // Where `;` ends a cell, as in Indonesian settings, the rest is a cell of its own.
  ['halo;=HYPERLINK("http://x")', '"halo;\'=HYPERLINK(""http://x"")"'],
  ['halo\n=1', '"halo\n\'=1"'],
  ['"=1', '"\'""=1"'],
  ['a-b = c; d', '"a-b = c; d"'],
])('%j is no formula', (value, written) => {
  expect(csvText([[value]])).toBe(`\uFEFF${written}\r\n`)
})
