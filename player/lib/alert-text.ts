/** Fills an alert's template. Pieces, not markup: whoever shows them writes text only. */
import { formatRupiah } from '../../shared/rupiah.ts'

export interface AlertPiece {
  readonly kind: 'text' | 'name' | 'amount'
  readonly text: string
}

export interface AlertWords {
  readonly template: string
  /** null: anonymous. */
  readonly senderName: string | null
  readonly amountRupiah: number
}

/** What a channel has until its streamer writes another. */
export const DEFAULT_TEMPLATE = '{nama} berdonasi {jumlah}'

const PLACEHOLDER = /(\{(?:nama|name|jumlah|amount)\})/

export function alertPieces({ template, senderName, amountRupiah }: AlertWords): AlertPiece[] {
  // Split once: a name that looks like a placeholder stays what the donor wrote.
  return template
    .split(PLACEHOLDER)
    .map((piece) => fill(piece, senderName, formatRupiah(amountRupiah)))
    .filter(({ text }) => text !== '')
}

function fill(piece: string, senderName: string | null, amount: string): AlertPiece {
  switch (piece) {
    case '{nama}':
      return { kind: 'name', text: senderName ?? 'Seseorang' }
    case '{name}':
      return { kind: 'name', text: senderName ?? 'Someone' }
    case '{jumlah}':
    case '{amount}':
      return { kind: 'amount', text: amount }
    default:
      return { kind: 'text', text: piece }
  }
}
