import type { Bank } from '../../shared/banks.ts'
import { dictionary } from './dictionary.ts'

const t = dictionary({
  id: {
    other: 'Bank lain',
    bank: 'Bank',
    accountNumber: 'Nomor rekening',
    accountName: 'Nama pemilik rekening',
    digitsOnly: 'Tulis angkanya saja, tanpa huruf.',
    digitCount: 'Nomor rekening {bank} terdiri dari {range} angka; ini {count}.',
    range: '{least} sampai {most}',
  },
  en: {
    other: 'Another bank',
    bank: 'Bank',
    accountNumber: 'Account number',
    accountName: 'Name of the account holder',
    digitsOnly: 'Write digits only, no letters.',
    digitCount: 'A number at {bank} has {range} digits; this has {count}.',
    range: '{least} to {most}',
  },
})

export { t }

/** Names of banks are the same in every language. */
export function bankName(bank: Bank): string {
  return bank === 'other' ? t('other') : bank
}
