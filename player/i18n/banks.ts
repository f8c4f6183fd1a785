import type { Bank } from '../../shared/banks.ts'
import { dictionary } from './dictionary.ts'

const t = dictionary({ id: { other: 'Bank lain' }, en: { other: 'Another bank' } })

export { t }

/** Names of banks are the same in every language. */
export function bankName(bank: Bank): string {
  return bank === 'other' ? t('other') : bank
}
