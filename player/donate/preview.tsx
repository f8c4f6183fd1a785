import { DEFAULT_TEMPLATE } from '../../shared/alert-template.ts'
import type { Channel } from '../../shared/contracts/channels.ts'
import { formatRupiah, parseRupiah } from '../../shared/rupiah.ts'
import { t } from '../i18n/donate.ts'
import { alertPieces } from '../lib/alert-text.ts'
import type { Draft } from './draft.ts'

interface PreviewProps {
  readonly draft: Draft
  readonly channel: Channel
  readonly username: string
}

/** How the alert will read, while the donor writes. */
export function Preview({ draft, channel, username }: PreviewProps) {
  const amountRupiah = parseRupiah(draft.amountText)
  const { minimumAlertRupiah } = channel
  if (amountRupiah !== undefined && amountRupiah < minimumAlertRupiah)
    return <p class="muted small">{t('previewBelow', { amount: formatRupiah(minimumAlertRupiah) })}</p>
  const name = draft.name.trim() === '' ? username : draft.name.trim()
  const pieces = alertPieces({
    template: DEFAULT_TEMPLATE,
    senderName: draft.isAnonymous ? null : name,
    amountRupiah: amountRupiah ?? Math.max(minimumAlertRupiah, 1),
  })
  return (
    <figure class="preview">
      <figcaption>{t('preview')}</figcaption>
      <div class="preview-alert" data-faded={amountRupiah === undefined}>
        <p class="preview-text">
          {pieces.map(({ kind, text }, index) => (
            <span key={index} class={`preview-${kind}`}>
              {text}
            </span>
          ))}
        </p>
        {draft.message.trim() !== '' && <p>{draft.message.trim()}</p>}
      </div>
    </figure>
  )
}
