/** Gives a donation back in place of its streamer, by their rules; asked again, because it cannot be undone. */
import { useState } from 'preact/hooks'
import type { AdminDonation } from '../../shared/contracts/admin.ts'
import { formatRupiah } from '../../shared/rupiah.ts'
import { t } from '../i18n/held-donations.ts'
import { call } from '../lib/api.ts'
import { ConfirmDialog } from '../ui/dialog.tsx'
import { toast } from '../ui/feedback.tsx'
import { Badge, Button } from '../ui/parts.tsx'
import { ReasonField } from '../ui/reason-field.tsx'

interface DonationRefundProps {
  readonly donation: AdminDonation
  readonly onRefunded: () => Promise<void>
}

/** Nothing where it is too late, a mark where it was done. */
export function DonationRefund({ donation, onRefunded }: DonationRefundProps) {
  const { id, amountRupiah, from, refundedAt, refundableUntil } = donation
  const [isAsking, setAsking] = useState(false)
  const [reason, setReason] = useState('')
  if (refundedAt !== null) return <Badge>{t('refunded')}</Badge>
  if (refundableUntil === null) return null
  const title = t('refundOf', { amount: formatRupiah(amountRupiah), name: from.username })
  return (
    <>
      <Button isSmall tone="danger" onClick={() => setAsking(true)} label={title}>
        {t('refund')}
      </Button>
      <ConfirmDialog
        isOpen={isAsking}
        title={title}
        confirmLabel={t('refund')}
        isDanger
        onConfirm={async () => {
          await call('POST', `/api/admin/donations/${id}/refund`, { body: { reason } })
          toast(t('refunded'))
          await onRefunded()
        }}
        onClose={() => setAsking(false)}
      >
        <p>{t('refundText')}</p>
        <ReasonField label={t('reason')} hint={t('reasonHint')} value={reason} onInput={setReason} />
      </ConfirmDialog>
    </>
  )
}
