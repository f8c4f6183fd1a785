/** A decision about a withdrawal, read back before it is made. */
import { useState } from 'preact/hooks'
import type { AdminWithdrawal } from '../../shared/contracts/withdrawals.ts'
import { formatRupiah } from '../../shared/rupiah.ts'
import { t } from '../i18n/withdrawals.ts'
import { call } from '../lib/api.ts'
import { ConfirmDialog } from '../ui/dialog.tsx'
import { Notice, toast } from '../ui/feedback.tsx'
import { Field } from '../ui/field.tsx'
import { ReasonField } from '../ui/reason-field.tsx'
import { chosenAccount, ReceivingAccountField, useReceivingAccounts } from './receiving-account-field.tsx'

export type WithdrawalDecision = 'pay' | 'release' | 'reverse'

interface WithdrawalDialogProps {
  readonly withdrawal: AdminWithdrawal
  readonly decision: WithdrawalDecision
  readonly onClose: () => void
  readonly onDecided: () => Promise<void>
}

const DONE = { pay: 'paid', release: 'released', reverse: 'reversed' } as const

export function WithdrawalDialog({ withdrawal, decision, onClose, onDecided }: WithdrawalDialogProps) {
  const accounts = useReceivingAccounts()
  const [chosen, setChosen] = useState<string>()
  const [bankTransactionId, setReference] = useState('')
  const [reason, setReason] = useState('')
  const listed = accounts.state === 'ready' ? accounts.value : []
  const receivingAccountId = chosenAccount(accounts, chosen)
  const names = { amount: formatRupiah(withdrawal.payoutRupiah), name: withdrawal.member.username }
  const decide = async (): Promise<void> => {
    await call('POST', `/api/admin/withdrawals/${withdrawal.id}/${decision}`, {
      body: decision === 'pay' ? { receivingAccountId, bankTransactionId } : { reason },
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
      isDisabled={decision === 'pay' && receivingAccountId === undefined}
      onConfirm={decide}
      onClose={onClose}
    >
      {decision === 'pay' ? (
        <>
          {accounts.state === 'ready' && listed.length === 0 && <Notice>{t('noAccounts')}</Notice>}
          <ReceivingAccountField
            label={t('paidFrom')}
            accounts={accounts}
            value={chosen}
            onChange={setChosen}
          />
          <Field
            label={t('bankTransactionId')}
            value={bankTransactionId}
            onInput={setReference}
            isRequired
            maxLength={64}
          />
        </>
      ) : (
        <>
          {decision === 'reverse' && (
            <p>{t(withdrawal.member.isClosed ? 'reverseClosedText' : 'reverseText')}</p>
          )}
          <ReasonField label={t('why')} hint={t('whyHint')} value={reason} onInput={setReason} />
        </>
      )}
    </ConfirmDialog>
  )
}
