import { DEFAULT_TEMPLATE } from '../../shared/alert-template.ts'
import type { Channel } from '../../shared/contracts/channels.ts'
import type { DonationFormExtras } from '../../shared/contracts/widgets.ts'
import { formatRupiah, parseRupiah } from '../../shared/rupiah.ts'
import { t } from '../i18n/donate.ts'
import { alertPieces, messageBelow } from '../lib/alert-text.ts'
import type { Draft } from './draft.ts'
import { useFormExtras } from './vote-field.tsx'

interface PreviewProps {
  readonly draft: Draft
  readonly channel: Channel
  /** Shown when no name is given; null: a guest has none and is shown as anonymous. */
  readonly username: string | null
}

/** How the alert will read, while the donor writes. */
export function Preview({ draft, channel, username }: PreviewProps) {
  const extras = useFormExtras(channel.slug)
  const amountRupiah = parseRupiah(draft.amountText)
  const { minimumAlertRupiah } = channel
  if (amountRupiah !== undefined && amountRupiah < minimumAlertRupiah)
    return <p class="muted small">{t('previewBelow', { amount: formatRupiah(minimumAlertRupiah) })}</p>
  const name = draft.name.trim() === '' ? username : draft.name.trim()
  const shownRupiah = amountRupiah ?? Math.max(minimumAlertRupiah, 1)
  const words = {
    template: templateFor(extras, shownRupiah),
    senderName: draft.isAnonymous ? null : name,
    amountRupiah: shownRupiah,
    message: draft.message.trim(),
  }
  const pieces = alertPieces(words)
  const below = messageBelow(words)
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
        {below !== undefined && <p>{below}</p>}
      </div>
    </figure>
  )
}

/** The one that begins closest below the amount, as the server chooses it. */
function templateFor({ alertTemplates }: DonationFormExtras, amountRupiah: number): string {
  const fitting = alertTemplates
    .filter(({ fromRupiah }) => fromRupiah <= amountRupiah)
    .toSorted((one, other) => other.fromRupiah - one.fromRupiah)
  return fitting[0]?.template ?? DEFAULT_TEMPLATE
}
