import { useState } from 'preact/hooks'
import type { ReceivedDonation } from '../../shared/contracts/studio.ts'
import { formatRupiah } from '../../shared/rupiah.ts'
import { t as shell } from '../i18n/shell.ts'
import { t } from '../i18n/studio.ts'
import { call } from '../lib/api.ts'
import { ConfirmDialog } from '../ui/dialog.tsx'
import { toast } from '../ui/feedback.tsx'
import { Field } from '../ui/field.tsx'
import { Button } from '../ui/parts.tsx'

interface RefundButtonProps {
  readonly slug: string
  readonly donation: ReceivedDonation
  readonly onRefunded: () => Promise<void>
}

/** Gives a donation back, with a word to the donor. */
export function RefundButton({ slug, donation, onRefunded }: RefundButtonProps) {
  const [isOpen, setOpen] = useState(false)
  const [reason, setReason] = useState('')
  const names = {
    amount: formatRupiah(donation.amountRupiah),
    name: donation.senderName ?? shell('anonymous'),
  }
  return (
    <div>
      <Button isSmall tone="plain" onClick={() => setOpen(true)} label={t('refundOf', names)}>
        {t('refund')}
      </Button>
      <ConfirmDialog
        isOpen={isOpen}
        title={t('refundTitle', names)}
        confirmLabel={t('refund')}
        isDanger
        onConfirm={async () => {
          await call('POST', `/api/studio/${slug}/donations/${donation.id}/refund`, { body: { reason } })
          toast(t('refundDone'))
          await onRefunded()
        }}
        onClose={() => setOpen(false)}
      >
        <p>{t('refundText')}</p>
        <Field label={t('refundReason')} value={reason} onInput={setReason} isRequired maxLength={300} />
      </ConfirmDialog>
    </div>
  )
}
