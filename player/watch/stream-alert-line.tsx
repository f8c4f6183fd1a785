/** What the streamer's overlay shows in the picture, as text below it and at the same moment. */
import { useEffect, useState } from 'preact/hooks'
import { t as shell } from '../i18n/shell.ts'
import { t } from '../i18n/watch.ts'
import type { StreamAlert } from '../lib/stream-alert.ts'
import { Badge, Money } from '../ui/parts.tsx'

export function StreamAlertLine({ alert }: { alert: StreamAlert | undefined }) {
  const [hasShown, setShown] = useState(false)
  useEffect(() => {
    if (alert) setShown(true)
  }, [alert])
  return (
    // Keeps its place from the first on: a line that comes and goes would move the buttons below it.
    <div class={hasShown ? 'stream-alert stream-alert-kept' : 'stream-alert'} role="status">
      {alert && (
        <p class="row" data-stream-alert={alert.id}>
          {alert.kind === 'test' && <Badge>{t('alertTest')}</Badge>}
          <span class="strong break">
            {alert.kind === 'away' ? t('alertAway') : (alert.senderName ?? shell('anonymous'))}
          </span>
          <Money amount={alert.amountRupiah} />
          {alert.message !== null && alert.message !== '' && <span class="break">{alert.message}</span>}
        </p>
      )}
    </div>
  )
}
