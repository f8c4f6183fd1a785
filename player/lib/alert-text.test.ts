import { describe, expect, it } from 'vitest'
import { DEFAULT_TEMPLATE } from '../../shared/alert-template.ts'
import { alertPieces, messageBelow } from './alert-text.ts'

const text = (template: string, senderName: string | null): string =>
  alertPieces({ template, senderName, amountRupiah: 25_000 })
    .map((piece) => piece.text)
    .join('')

describe('alertPieces()', () => {
  it('fills the placeholders of both languages', () => {
    expect(text(DEFAULT_TEMPLATE, 'Budi')).toBe('Budi berdonasi Rp25.000')
    expect(text('{name} gave {amount}!', 'Budi')).toBe('Budi gave Rp25.000!')
  })

  it('names nobody when the donor is anonymous', () => {
    expect(text(DEFAULT_TEMPLATE, null)).toBe('Seseorang berdonasi Rp25.000')
    expect(text('{name} gave {amount}', null)).toBe('Someone gave Rp25.000')
  })

  it('takes what a donor wrote literally', () => {
    expect(text(DEFAULT_TEMPLATE, '{jumlah} $1 <b>')).toBe('{jumlah} $1 <b> berdonasi Rp25.000')
  })

  it('puts the message where the template wants it, and below when it does not', () => {
    const words = { senderName: 'Budi', amountRupiah: 1, message: '{nama} <b>' }
    const within = { ...words, template: '{nama}: {pesan}' }
    expect(alertPieces(within).map((piece) => piece.text)).toEqual(['Budi', ': ', '{nama} <b>'])
    expect(messageBelow(within)).toBeUndefined()
    expect(messageBelow({ ...words, template: '{nama}' })).toBe('{nama} <b>')
    expect(messageBelow({ ...words, template: '{nama}', message: '' })).toBeUndefined()
  })

  it('leaves unknown braces alone', () => {
    expect(text('{x} {nama}', 'Budi')).toBe('{x} Budi')
  })
})
