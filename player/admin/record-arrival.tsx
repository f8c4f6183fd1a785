import { useState } from 'preact/hooks'
import { BankLine } from '../../shared/contracts/payments.ts'
import { t } from '../i18n/payments.ts'
import { call } from '../lib/api.ts'
import { fieldText } from '../lib/problem-text.ts'
import { Dialog } from '../ui/dialog.tsx'
import { ProblemNotice, toast } from '../ui/feedback.tsx'
import { Field, readAmount, RupiahField } from '../ui/field.tsx'
import { useAction } from '../ui/hooks.ts'
import { Button } from '../ui/parts.tsx'
import { chosenAccount, ReceivingAccountField, useReceivingAccounts } from './receiving-account-field.tsx'

interface RecordArrivalDialogProps {
  readonly onRecorded: () => Promise<void>
  readonly onClose: () => void
}

/** One line of the bank, written down by hand. */
export function RecordArrivalDialog({ onRecorded, onClose }: RecordArrivalDialogProps) {
  const accounts = useReceivingAccounts()
  const [chosen, setChosen] = useState<string>()
  const [amountText, setAmountText] = useState('')
  const [bankTransactionId, setReference] = useState('')
  const [bookedOn, setBookedOn] = useState('')
  const [description, setDescription] = useState('')
  const receivingAccountId = chosenAccount(accounts, chosen)
  const record = useAction(async () => {
    await call('POST', '/api/admin/bank-lines', {
      body: {
        receivingAccountId,
        bankTransactionId,
        amountRupiah: readAmount(amountText),
        bookedOn,
        description,
      },
      schema: BankLine,
    })
    toast(t('recorded'))
    await onRecorded()
    onClose()
  })
  return (
    <Dialog isOpen title={t('recordTitle')} onClose={onClose}>
      <form class="stack" onSubmit={record.run}>
        <ReceivingAccountField accounts={accounts} value={chosen} onChange={setChosen} />
        <RupiahField
          label={t('totalSeen')}
          text={amountText}
          onInput={setAmountText}
          error={fieldText(record.problem, 'amountRupiah')}
        />
        <Field
          label={t('bankTransactionId')}
          hint={t('bankTransactionHint')}
          value={bankTransactionId}
          onInput={setReference}
          isRequired
          maxLength={64}
          error={fieldText(record.problem, 'bankTransactionId')}
        />
        <Field
          label={t('bookedOn')}
          value={bookedOn}
          onInput={setBookedOn}
          isRequired
          placeholder="2026-11-21"
          maxLength={10}
          error={fieldText(record.problem, 'bookedOn')}
        />
        <Field
          label={t('description')}
          value={description}
          onInput={setDescription}
          isOptional
          maxLength={200}
        />
        <ProblemNotice problem={record.problem} />
        <div class="dialog-end">
          <Button
            type="submit"
            tone="main"
            isBusy={record.isBusy}
            isDisabled={receivingAccountId === undefined}
          >
            {t('record')}
          </Button>
        </div>
      </form>
    </Dialog>
  )
}
