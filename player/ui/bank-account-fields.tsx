/** Bank, number and holder's name: the same for the account that money goes to and for those it comes to. */
import { useState } from 'preact/hooks'
import { accountDigitCounts, accountDigits, BANKS, isBank } from '../../shared/banks.ts'
import { ACCOUNT_NAME_MAX_CHARS } from '../../shared/contracts/payments.ts'
import { bankName, t } from '../i18n/banks.ts'
import { fieldText } from '../lib/problem-text.ts'
import { Field, SelectField } from './field.tsx'

export interface BankAccount {
  readonly bank: string
  readonly accountNumber: string
  readonly accountName: string
}

export function useBankAccount(from: Partial<BankAccount> = {}) {
  return useState<BankAccount>({
    bank: BANKS[0] ?? 'other',
    accountNumber: '',
    accountName: '',
    ...from,
  })
}

interface BankAccountFieldsProps {
  readonly account: BankAccount
  readonly onChange: (account: BankAccount) => void
  readonly problem: unknown
  readonly nameHint?: string
}

export function BankAccountFields({ account, onChange, problem, nameHint }: BankAccountFieldsProps) {
  const set = (some: Partial<BankAccount>): void => onChange({ ...account, ...some })
  return (
    <>
      <SelectField
        label={t('bank')}
        value={account.bank}
        options={BANKS.map((value) => ({ value, label: bankName(value) }))}
        onChange={(bank) => set({ bank })}
      />
      <Field
        label={t('accountNumber')}
        value={account.accountNumber}
        onInput={(accountNumber) => set({ accountNumber })}
        inputMode="numeric"
        autoComplete="off"
        isRequired
        maxLength={40}
        error={fieldText(problem, 'accountNumber') && numberProblem(account)}
      />
      <Field
        label={t('accountName')}
        hint={nameHint}
        value={account.accountName}
        onInput={(accountName) => set({ accountName })}
        isRequired
        maxLength={ACCOUNT_NAME_MAX_CHARS}
        error={fieldText(problem, 'accountName')}
      />
    </>
  )
}

/** What the bank's numbers look like, and what was written instead. */
function numberProblem({ bank, accountNumber }: BankAccount): string {
  const written = accountDigits(accountNumber)
  if (!/^\d+$/.test(written)) return t('digitsOnly')
  const known = isBank(bank) ? bank : 'other'
  const [least, most] = accountDigitCounts(known)
  const range = least === most ? String(least) : t('range', { least, most })
  return t('digitCount', { bank: bankName(known), range, count: written.length })
}
