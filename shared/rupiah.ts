/**
 * Whole Rupiah. There is no smaller unit in use, so an integer is exact.
 * Kept far below 2^53 so that sums of every balance stay exact too.
 */
export type Rupiah = number

/** One transfer may move at most one thousand million Rupiah. */
export const MAX_AMOUNT_RUPIAH = 1_000_000_000

/** Official spelling (PUEBI): no space, a dot for thousands, `-Rp5.000` for a debit. */
export function formatRupiah(amount: Rupiah): string {
  const digits = Math.abs(amount)
    .toString()
    .replace(/\B(?=(?:\d{3})+$)/g, '.')
  return `${amount < 0 ? '-' : ''}Rp${digits}`
}

const MULTIPLIERS: Readonly<Record<string, number>> = {
  '': 1,
  rb: 1_000,
  ribu: 1_000,
  k: 1_000,
  jt: 1_000_000,
  juta: 1_000_000,
}

/** Why a text is no amount that may move. */
export type RupiahProblem = 'unreadable' | 'fraction' | 'zero' | 'too_large'

export type ReadRupiah = { readonly amount: Rupiah } | { readonly problem: RupiahProblem }

/**
 * Reads what a person types: `10000`, `10.000`, `10,000`, `10rb`, `1,5jt`, `Rp10.000,-`, `Rp 10.000,00`.
 * A dot or comma followed by exactly three digits groups thousands, in both languages' habits,
 * because nobody donates a thousandth of a Rupiah.
 */
export function readRupiah(text: string): ReadRupiah {
  const match =
    /^(?:rp\.?|idr)?\s*(\d{1,3}(?:([.,])\d{3}(?:\2\d{3}){0,5})?|\d{1,20})(?:([.,])(\d{1,2}|-))?\s*(rb|ribu|k|jt|juta)?$/i.exec(
      text.trim(),
    )
  if (!match) return { problem: 'unreadable' }
  const whole = Number((match[1] ?? '').replaceAll(/[.,]/g, ''))
  const multiplier = MULTIPLIERS[(match[5] ?? '').toLowerCase()] ?? 1
  const decimals = match[4] === undefined || match[4] === '-' ? '' : match[4]
  // `10.00` could be ten or a slip for ten thousand: without thousands before it, refuse to guess.
  // The same separator cannot both group and end the whole.
  if (decimals !== '' && multiplier === 1 && (match[2] === undefined || match[2] === match[3]))
    return { problem: Number(decimals) === 0 || match[2] !== undefined ? 'unreadable' : 'fraction' }
  const fraction = decimals === '' ? 0 : (Number(decimals) * multiplier) / 10 ** decimals.length
  const amount = whole * multiplier + fraction
  if (amount > MAX_AMOUNT_RUPIAH) return { problem: 'too_large' }
  if (!Number.isInteger(amount)) return { problem: 'fraction' }
  return amount === 0 ? { problem: 'zero' } : { amount }
}

/** @returns the amount, or `undefined` when the text is not a whole positive number of Rupiah */
export function parseRupiah(text: string): Rupiah | undefined {
  const read = readRupiah(text)
  return 'amount' in read ? read.amount : undefined
}
