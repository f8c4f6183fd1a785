/** Banks that people choose from, and the form of their account numbers. */

/** Digits of an account number. BCA, BRI, BNI and Mandiri as payout gateways check them. */
const DIGITS = {
  BCA: [10, 10],
  BRI: [13, 17],
  BNI: [7, 11],
  Mandiri: [12, 17],
  BSI: [10, 10],
  CIMB: [8, 14],
  Permata: [9, 16],
  Danamon: [7, 13],
  Jago: [10, 12],
  SeaBank: [12, 12],
  other: [5, 20],
} as const satisfies Record<string, readonly [number, number]>

export type Bank = keyof typeof DIGITS
export const BANKS = Object.keys(DIGITS) as readonly Bank[]

export function isBank(name: string): name is Bank {
  return Object.hasOwn(DIGITS, name)
}

/** What people write between the digits is theirs: `123-456 7890`. */
export function accountDigits(text: string): string {
  return text.replaceAll(/[\s.-]/g, '')
}

/** How many digits a number of this bank has, at least and at most. */
export function accountDigitCounts(bank: Bank): readonly [least: number, most: number] {
  return DIGITS[bank]
}

/** @param number digits only */
export function isAccountNumber(bank: Bank, number: string): boolean {
  const [least, most] = DIGITS[bank]
  return /^\d+$/.test(number) && number.length >= least && number.length <= most
}
