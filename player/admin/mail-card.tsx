/** Whether the installation's mail goes out; nothing where it sends none. */
import { MailState } from '../../shared/contracts/mail.ts'
import { t } from '../i18n/mail-failure.ts'
import { get } from '../lib/api.ts'
import { formatInstant } from '../lib/time.ts'
import { useSession } from '../ui/context.ts'
import { Notice } from '../ui/feedback.tsx'
import { useLoad } from '../ui/hooks.ts'
import { Card } from '../ui/parts.tsx'

export function MailCard() {
  const { site } = useSession()
  const mail = useLoad((signal) => get('/api/admin/mail', MailState, signal))
  if (mail.state !== 'ready' || !mail.value.isOn) return null
  const { failure } = mail.value
  return (
    <Card title={t('title')}>
      {failure === null ? (
        <p>{t('none')}</p>
      ) : (
        <Notice>
          <p>
            {t('failed', { time: formatInstant(failure.at, site.timeZone), reason: failure.reason })}{' '}
            {t(failure.isGivenUp ? 'givenUp' : 'again')}
          </p>
          <p>{t('hint')}</p>
        </Notice>
      )}
    </Card>
  )
}
