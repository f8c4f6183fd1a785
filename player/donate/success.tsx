import { useEffect, useRef } from 'preact/hooks'
import type { DonationReceipt } from '../../shared/contracts/donations.ts'
import { t } from '../i18n/donate.ts'
import { t as shell } from '../i18n/shell.ts'
import { ElsewhereButton } from '../ui/elsewhere-button.tsx'
import { Icon } from '../ui/icon.tsx'
import { Button, Card, Money, Time } from '../ui/parts.tsx'
import { KeepReceipt } from './keep-receipt.tsx'

interface SuccessProps {
  readonly receipt: DonationReceipt
  /** Where the broadcast is, when it is not here. */
  readonly elsewhereUrl: string | null
  readonly onAgain: () => void
}

export function Success({ receipt, elsewhereUrl, onAgain }: SuccessProps) {
  const heading = useRef<HTMLHeadingElement>(null)
  // The form with the focus is gone: without this a screen reader would stay silent.
  useEffect(() => heading.current?.focus(), [])
  const { channel } = receipt
  return (
    <Card>
      <div class="success">
        <span class="success-mark">
          <Icon name="check" />
        </span>
        <h1 ref={heading} tabIndex={-1}>
          {t('successTitle')}
        </h1>
        <p>{t('successText', { title: channel.title })}</p>
        <p class="muted">{t(receipt.isAlert ? 'successAlert' : 'successNoAlert')}</p>
      </div>
      <h2>{t('receipt')}</h2>
      <dl class="receipt" data-receipt={receipt.id}>
        <dt>{t('receiptAmount')}</dt>
        <dd>
          <Money amount={receipt.amountRupiah} />
        </dd>
        <dt>{t('receiptTo')}</dt>
        <dd>{channel.title}</dd>
        <dt>{t('receiptName')}</dt>
        <dd>{receipt.senderName ?? shell('anonymous')}</dd>
        {receipt.message !== null && receipt.message !== '' && (
          <>
            <dt>{t('receiptMessage')}</dt>
            <dd>{receipt.message}</dd>
          </>
        )}
        <dt>{t('receiptTime')}</dt>
        <dd>
          <Time at={receipt.createdAt} />
        </dd>
        <dt>{t('receiptBalance')}</dt>
        <dd>
          <Money amount={receipt.balanceRupiah} />
        </dd>
        <dt>{t('receiptId')}</dt>
        <dd>
          <code>{receipt.id}</code>
        </dd>
      </dl>
      <div class="row">
        {elsewhereUrl === null ? (
          <Button tone="main" href={`/c/${channel.slug}`}>
            {t('watch', { title: channel.title })}
          </Button>
        ) : (
          <ElsewhereButton url={elsewhereUrl} />
        )}
        <KeepReceipt donationId={receipt.id} />
        <Button tone="plain" onClick={onAgain}>
          {t('again')}
        </Button>
      </div>
    </Card>
  )
}
