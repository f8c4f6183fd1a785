/** Fills an alert's template. Pieces, not markup: whoever shows them writes text only. */
import { type TemplatePiece, templatePieces } from '../../shared/alert-template.ts'
import { formatRupiah } from '../../shared/rupiah.ts'

export interface AlertPiece {
  readonly kind: TemplatePiece['kind']
  readonly text: string
}

export interface AlertWords {
  readonly template: string
  /** null: anonymous. */
  readonly senderName: string | null
  readonly amountRupiah: number
  readonly message?: string | null
}

export function alertPieces(words: AlertWords): AlertPiece[] {
  return templatePieces(words.template)
    .map((piece) => ({ kind: piece.kind, text: textOf(piece, words) }))
    .filter(({ text }) => text !== '')
}

/** A message that the template has no place for stands below it. */
export function messageBelow({ template, message }: AlertWords): string | undefined {
  const isInTemplate = templatePieces(template).some(({ kind }) => kind === 'message')
  return isInTemplate || message === null || message === '' ? undefined : message
}

function textOf(piece: TemplatePiece, { senderName, amountRupiah, message }: AlertWords): string {
  switch (piece.kind) {
    case 'text':
      return piece.text
    case 'name':
      return senderName ?? (piece.placeholder === 'nama' ? 'Seseorang' : 'Someone')
    case 'amount':
      return formatRupiah(amountRupiah)
    case 'message':
      return message ?? ''
  }
}
