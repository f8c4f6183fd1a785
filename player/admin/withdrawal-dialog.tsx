/** A decision about a withdrawal, read back before it is made. */
import { useState } from 'preact/hooks'
import type { AdminWithdrawal } from '../../shared/contracts/withdrawals.ts'
import { formatRupiah } from '../../shared/rupiah.ts'
import { bankName } from '../i18n/banks.ts'
import { t } from '../i18n/withdrawals.ts'
import { call, get } from '../lib/api.ts'
import { ConfirmDialog } from '../ui/dialog.tsx'
import { Notice, toast } from '../ui/feedback.tsx'
import { CheckField, Field, SelectField } from '../ui/field.tsx'
import { useLoad } from '../ui/hooks.ts'
import { Accounts } from './record-arrival.tsx'
import { REASON_MAX_CHARS } from './requests.tsx'

export type WithdrawalDecision = 'pay' | 'release' | 'reverse'

interface WithdrawalDialogProps {
  readonly withdrawal: AdminWithdrawal
  readonly decision: WithdrawalDecision
  readonly onClose: () => void
  readonly onDecided: () => Promise<void>
}

const DONE = { pay: 'paid', release: 'released', reverse: 'reversed' } as const

export function WithdrawalDialog({ withdrawal, decision, onClose, onDecided }: WithdrawalDialogProps) {
  const accounts = useLoad(
    async (signal) => (await get('/api/admin/receiving-accounts', Accounts, signal)).accounts,
  )
  const [chosen, setChosen] = useState<string>()
  const [bankTransactionId, setReference] = useState('')
  const [isNameChecked, setNameChecked] = useState(withdrawal.isNameChecked)
  const [reason, setReason] = useState('')
  const listed = accounts.state === 'ready' ? accounts.value : []
  const receivingAccountId = chosen ?? listed[0]?.id
  const names = { amount: formatRupiah(withdrawal.payoutRupiah), name: withdrawal.member.username }
  const decide = async (): Promise<void> => {
    await call('POST', `/api/admin/withdrawals/${withdrawal.id}/${decision}`, {
      body: decision === 'pay' ? { receivingAccountId, bankTransactionId, isNameChecked } : { reason },
    })
    toast(t(DONE[decision]))
    await onDecided()
  }
  return (
    <ConfirmDialog
      isOpen
      title={t(`${decision}Title`, names)}
      confirmLabel={t(decision)}
      isDanger={decision !== 'pay'}
      onConfirm={decide}
      onClose={onClose}
    >
      {decision === 'pay' ? (
        <>
          {accounts.state === 'ready' && listed.length === 0 && <Notice>{t('noAccounts')}</Notice>}
          <SelectField
            label={t('paidFrom')}
            value={receivingAccountId ?? ''}
            options={listed.map(({ id, bank, accountNumber }) => ({
              value: id,
              label: `${bankName(bank)} · ${accountNumber}`,
            }))}
            onChange={setChosen}
          />
          <Field
            label={t('bankTransactionId')}
            value={bankTransactionId}
            onInput={setReference}
            isRequired
            maxLength={64}
          />
          {!withdrawal.isNameChecked && (
            <CheckField
              label={t('nameChecked', { name: withdrawal.accountName })}
              isChecked={isNameChecked}
              onChange={setNameChecked}
            />
          )}
        </>
      ) : (
        <>
          {decision === 'reverse' && <p>{t('reverseText')}</p>}
          <Field
            label={t('why')}
            hint={t('whyHint')}
            value={reason}
            onInput={setReason}
            isRequired
            maxLength={REASON_MAX_CHARS}
          />
        </>
      )}
    </ConfirmDialog>
  )
}
