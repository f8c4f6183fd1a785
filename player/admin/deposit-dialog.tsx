/** A decision about a deposit, read back before it is made. */
import { useState } from 'preact/hooks'
import type { AdminDeposit } from '../../shared/contracts/payments.ts'
import { formatRupiah } from '../../shared/rupiah.ts'
import { bankName } from '../i18n/banks.ts'
import { t } from '../i18n/payments.ts'
import { call } from '../lib/api.ts'
import { ConfirmDialog } from '../ui/dialog.tsx'
import { Notice, toast } from '../ui/feedback.tsx'
import { Field, readAmount, RupiahField } from '../ui/field.tsx'
import { ReasonField } from '../ui/reason-field.tsx'

export type DepositDecision = 'approve' | 'reject' | 'reverse'

interface DepositDialogProps {
  readonly deposit: AdminDeposit
  readonly decision: DepositDecision
  readonly onClose: () => void
  readonly onDecided: () => Promise<void>
}

const DONE = { approve: 'approved', reject: 'rejected', reverse: 'reversed' } as const

export function DepositDialog({ deposit, decision, onClose, onDecided }: DepositDialogProps) {
  const { account, member, totalRupiah } = deposit
  const [reason, setReason] = useState('')
  const [reference, setReference] = useState('')
  const [seen, setSeen] = useState('')
  const names = { amount: formatRupiah(totalRupiah), name: member.username }
  const differs = readAmount(seen) !== undefined && readAmount(seen) !== totalRupiah
  const decide = async (): Promise<void> => {
    await call('POST', `/api/admin/deposits/${deposit.id}/${decision}`, {
      body:
        decision === 'approve'
          ? { bankTransactionId: reference, totalRupiah: readAmount(seen) ?? 0 }
          : { reason },
    })
    toast(t(DONE[decision]))
    await onDecided()
  }
  return (
    <ConfirmDialog
      isOpen
      title={t(`${decision}Title`, names)}
      confirmLabel={t(decision)}
      isDanger={decision !== 'approve'}
      onConfirm={decide}
      onClose={onClose}
    >
      {decision === 'approve' ? (
        <>
          <p>{t('approveText', { bank: bankName(account.bank), number: account.accountNumber })}</p>
          {deposit.isOverLimit && <Notice>{t('overLimit')}</Notice>}
          <RupiahField
            label={t('totalSeen')}
            text={seen}
            onInput={setSeen}
            error={differs ? t('totalDiffers', names) : undefined}
          />
          <Field
            label={t('bankTransactionId')}
            hint={t('bankTransactionHint')}
            value={reference}
            onInput={setReference}
            isRequired
            maxLength={64}
          />
        </>
      ) : (
        <>
          {decision === 'reverse' && <p>{t('reverseText')}</p>}
          <ReasonField label={t('reason')} hint={t('reasonHint')} value={reason} onInput={setReason} />
        </>
      )}
    </ConfirmDialog>
  )
}
