/** The choice among the platform's own bank accounts. */
import * as v from 'valibot'
import { ReceivingAccount } from '../../shared/contracts/payments.ts'
import { bankName } from '../i18n/banks.ts'
import { t } from '../i18n/payments.ts'
import { get } from '../lib/api.ts'
import { SelectField } from '../ui/field.tsx'
import { type Loading, useLoad } from '../ui/hooks.ts'

const Accounts = v.object({ accounts: v.array(ReceivingAccount) })

export function useReceivingAccounts(): Loading<ReceivingAccount[]> {
  return useLoad(async (signal) => (await get('/api/admin/receiving-accounts', Accounts, signal)).accounts)
}

interface ReceivingAccountFieldProps {
  readonly label?: string
  readonly accounts: Loading<ReceivingAccount[]>
  /** `undefined`: the first. */
  readonly value: string | undefined
  readonly onChange: (id: string) => void
}

export function ReceivingAccountField({ label, accounts, value, onChange }: ReceivingAccountFieldProps) {
  const listed = accounts.state === 'ready' ? accounts.value : []
  return (
    <SelectField
      label={label ?? t('bank')}
      value={value ?? listed[0]?.id ?? ''}
      options={listed.map(({ id, bank, accountNumber }) => ({
        value: id,
        label: `${bankName(bank)} · ${accountNumber}`,
      }))}
      onChange={onChange}
    />
  )
}

export function chosenAccount(
  accounts: Loading<ReceivingAccount[]>,
  value: string | undefined,
): string | undefined {
  return value ?? (accounts.state === 'ready' ? accounts.value[0]?.id : undefined)
}
