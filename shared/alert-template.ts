/** The words of an alert: text with placeholders in Indonesian or English. */

/** What stands in a template, and what is put there. */
const PLACEHOLDERS = {
  nama: 'name',
  name: 'name',
  jumlah: 'amount',
  amount: 'amount',
  pesan: 'message',
  message: 'message',
} as const
export type Placeholder = keyof typeof PLACEHOLDERS

/** What a channel has until its streamer writes another. */
export const DEFAULT_TEMPLATE = '{nama} berdonasi {jumlah}'

const BRACED = /(\{[^{}]*\})/

export type TemplatePiece =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: (typeof PLACEHOLDERS)[Placeholder]; readonly placeholder: Placeholder }

/** Split once, before anything is put in: a name that looks like a placeholder stays what the donor wrote. */
export function templatePieces(template: string): TemplatePiece[] {
  return template
    .split(BRACED)
    .filter((text) => text !== '')
    .map((text) => {
      const name = text.slice(1, -1)
      return BRACED.test(text) && isPlaceholder(name)
        ? { kind: PLACEHOLDERS[name], placeholder: name }
        : { kind: 'text', text }
    })
}

/** @returns what is in braces and means nothing, as it was written */
export function unknownPlaceholders(template: string): string[] {
  return template.split(BRACED).filter((text) => BRACED.test(text) && !isPlaceholder(text.slice(1, -1)))
}

function isPlaceholder(name: string): name is Placeholder {
  return Object.hasOwn(PLACEHOLDERS, name)
}
