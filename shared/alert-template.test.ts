import { expect, test } from 'vitest'
import { templatePieces, unknownPlaceholders } from './alert-template.ts'

test('both languages fill the same three places', () => {
  const kinds = (template: string) => templatePieces(template).map(({ kind }) => kind)
  expect(kinds('{nama}{jumlah}{pesan}')).toEqual(['name', 'amount', 'message'])
  expect(kinds('{name}{amount}{message}')).toEqual(['name', 'amount', 'message'])
})

test('text around placeholders stays as it is', () => {
  expect(templatePieces('Hai {nama}, <b>{</b>')).toEqual([
    { kind: 'text', text: 'Hai ' },
    { kind: 'name', placeholder: 'nama' },
    { kind: 'text', text: ', <b>{</b>' },
  ])
})

test('what is in braces and means nothing is named', () => {
  expect(unknownPlaceholders('{nama} {nominal} {} {NAMA} {constructor}')).toEqual([
    '{nominal}',
    '{}',
    '{NAMA}',
    '{constructor}',
  ])
  expect(unknownPlaceholders('{nama} memberi {jumlah}: {pesan}')).toEqual([])
})
