import { expect, test } from 'vitest'
import { readSimpleText } from './simple-text.ts'

test('headings, paragraphs and lists, and nothing else', () => {
  const text =
    '# Judul\nSatu baris\ndilanjutkan.\n\nParagraf kedua <b>*tebal*</b>\n- satu\n- dua\n  lanjut\n\n## Lagi\n* tiga'
  expect(readSimpleText(text)).toEqual([
    { kind: 'heading', text: 'Judul' },
    { kind: 'paragraph', text: 'Satu baris dilanjutkan.' },
    { kind: 'paragraph', text: 'Paragraf kedua <b>*tebal*</b>' },
    { kind: 'list', items: ['satu', 'dua lanjut'] },
    { kind: 'heading', text: 'Lagi' },
    { kind: 'list', items: ['tiga'] },
  ])
  expect(readSimpleText('#tanpa spasi\n-5')).toEqual([{ kind: 'paragraph', text: '#tanpa spasi -5' }])
  expect(readSimpleText(' \n\n')).toEqual([])
})
