import { useState } from 'preact/hooks'
import * as v from 'valibot'
import { BankLine, ReceivingAccount } from '../../shared/contracts/payments.ts'
import { bankName } from '../i18n/banks.ts'
import { t } from '../i18n/payments.ts'
import { call, get } from '../lib/api.ts'
import { fieldText } from '../lib/problem-text.ts'
import { Dialog } from '../ui/dialog.tsx'
import { ProblemNotice, toast } from '../ui/feedback.tsx'
import { Field, readAmount, RupiahField, SelectField } from '../ui/field.tsx'
import { useAction, useLoad } from '../ui/hooks.ts'
import { Button } from '../ui/parts.tsx'

export const Accounts = v.object({ accounts: v.array(ReceivingAccount) })

interface RecordArrivalDialogProps {
  readonly onRecorded: () => Promise<void>
  readonly onClose: () => void
}

/** One line of the bank, written down by hand. */
export function RecordArrivalDialog({ onRecorded, onClose }: RecordArrivalDialogProps) {
  const accounts = useLoad(
    async (signal) => (await get('/api/admin/receiving-accounts', Accounts, signal)).accounts,
  )
  const [chosen, setChosen] = useState<string>()
  const [amountText, setAmountText] = useState('')
  const [bankTransactionId, setReference] = useState('')
  const [bookedOn, setBookedOn] = useState('')
  const [description, setDescription] = useState('')
  const listed = accounts.state === 'ready' ? accounts.value : []
  const receivingAccountId = chosen ?? listed[0]?.id
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
        <SelectField
          label={t('bank')}
          value={receivingAccountId ?? ''}
          options={listed.map(({ id, bank, accountNumber }) => ({
            value: id,
            label: `${bankName(bank)} · ${accountNumber}`,
          }))}
          onChange={setChosen}
        />
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
          <Button type="submit" tone="main" isBusy={record.isBusy}>
            {t('record')}
          </Button>
        </div>
      </form>
    </Dialog>
  )
}
