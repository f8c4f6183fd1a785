/** The donation page's address in each form in which it is passed on. */
import { t } from '../i18n/donate-link.ts'
import { isOnlyHere } from '../lib/only-here.ts'
import { Notice } from '../ui/feedback.tsx'
import { QrCode } from '../ui/qr-code.tsx'
import { CopyField } from '../ui/secret.tsx'

export function DonateLink({ url }: { url: string }) {
  const frame = `<iframe src="${url}/embed" title="${t('frameTitle')}" width="360" height="420" style="border:0"></iframe>`
  return (
    <div class="stack">
      <CopyField label={t('link')} text={url} />
      {isOnlyHere(url) && <Notice>{t('onlyHere')}</Notice>}
      <details class="stack">
        <summary>{t('more')}</summary>
        <QrCode text={url} label={t('qr')} />
        <CopyField label={t('frame')} text={frame} />
        <p class="small muted">{t('frameHint')}</p>
      </details>
    </div>
  )
}
