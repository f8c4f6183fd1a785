/** An address for a producer's monitor: the picture in VLC or ffplay, with less delay than the watch page. */
import { useState } from 'preact/hooks'
import { PlayAddress } from '../../shared/contracts/studio.ts'
import { t } from '../i18n/monitor.ts'
import { call } from '../lib/api.ts'
import { formatInstant } from '../lib/time.ts'
import { useSession } from '../ui/context.ts'
import { ProblemNotice } from '../ui/feedback.tsx'
import { useAction } from '../ui/hooks.ts'
import { Button, Card } from '../ui/parts.tsx'
import { CopyField } from '../ui/secret.tsx'

export function MonitorCard({ slug }: { slug: string }) {
  const { site } = useSession()
  const [address, setAddress] = useState<PlayAddress>()
  const make = useAction(async () =>
    setAddress(await call('POST', `/api/studio/${slug}/play-tokens`, { schema: PlayAddress })),
  )
  return (
    <Card title={t('title')}>
      <p>{t('text')}</p>
      {address && (
        <>
          <CopyField label={t('address')} text={address.url} />
          <p class="small muted">
            {t('how')} {t('until', { time: formatInstant(address.expiresAt, site.timeZone) })}
          </p>
        </>
      )}
      <ProblemNotice problem={make.problem} />
      <div>
        <Button tone="plain" onClick={() => make.run()} isBusy={make.isBusy}>
          {address ? t('again') : t('make')}
        </Button>
      </div>
    </Card>
  )
}
