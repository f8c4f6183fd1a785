import type { Bank } from '../../shared/banks.ts'
import { dictionary } from './dictionary.ts'

const t = dictionary({
  id: {
    other: 'Bank lain',
    bank: 'Bank',
    accountNumber: 'Nomor rekening',
    accountName: 'Nama pemilik rekening',
  },
  en: {
    other: 'Another bank',
    bank: 'Bank',
    accountNumber: 'Account number',
    accountName: 'Name of the account holder',
  },
})

export { t }

/** Names of banks are the same in every language. */
export function bankName(bank: Bank): string {
  return bank === 'other' ? t('other') : bank
}
