import { useRef, useState } from 'preact/hooks'
import { Deposit, RECEIPT_MAX_BYTES, RECEIPT_TYPES } from '../../shared/contracts/payments.ts'
import { t } from '../i18n/deposits.ts'
import { call } from '../lib/api.ts'
import { Notice, ProblemNotice, toast } from '../ui/feedback.tsx'
import { useAction } from '../ui/hooks.ts'
import { Button } from '../ui/parts.tsx'

interface ReceiptButtonProps {
  readonly deposit: Deposit
  readonly onChange: (deposit: Deposit) => void
}

/** The picture of the bank's receipt, with "I have transferred" in one step. */
export function ReceiptButton({ deposit, onChange }: ReceiptButtonProps) {
  const input = useRef<HTMLInputElement>(null)
  const [refusal, setRefusal] = useState<'receiptTooLarge' | 'receiptWrongType'>()
  const upload = useAction(async () => {
    const picture = input.current?.files?.[0]
    if (!picture) return
    const isPicture = RECEIPT_TYPES.some((type) => type === picture.type)
    const refused = !isPicture
      ? 'receiptWrongType'
      : picture.size > RECEIPT_MAX_BYTES
        ? 'receiptTooLarge'
        : undefined
    setRefusal(refused)
    if (refused !== undefined) return
    onChange(await call('PUT', `/api/me/deposits/${deposit.id}/receipt`, { body: picture, schema: Deposit }))
    toast(t('receiptSent'))
  })
  const label = t(deposit.hasReceipt ? 'replaceReceipt' : 'addReceipt')
  return (
    <>
      <input
        ref={input}
        type="file"
        hidden
        aria-label={label}
        accept={RECEIPT_TYPES.join(',')}
        onChange={() => {
          upload.run()
          // The same file may be chosen again after it was refused.
          queueMicrotask(() => {
            if (input.current) input.current.value = ''
          })
        }}
      />
      <Button onClick={() => input.current?.click()} isBusy={upload.isBusy}>
        {label}
      </Button>
      {refusal !== undefined && <Notice tone="danger">{t(refusal)}</Notice>}
      <ProblemNotice problem={upload.problem} />
      <p class="small muted">{t('receiptHint')}</p>
    </>
  )
}
