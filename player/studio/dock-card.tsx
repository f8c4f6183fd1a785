/** The link of the dock inside OBS: only its owner makes it. */
import { useState } from 'preact/hooks'
import * as v from 'valibot'
import { t } from '../i18n/dock.ts'
import { call, get } from '../lib/api.ts'
import { formatInstant } from '../lib/time.ts'
import { useSession } from '../ui/context.ts'
import { ConfirmButton } from '../ui/confirm-button.tsx'
import { Failed, Notice, ProblemNotice } from '../ui/feedback.tsx'
import { useAction, useLoad } from '../ui/hooks.ts'
import { Button, Card, Spinner } from '../ui/parts.tsx'
import { CopyField } from '../ui/secret.tsx'

const DockLink = v.object({ createdAt: v.nullable(v.number()) })
const MadeLink = v.object({ url: v.string() })

export function DockCard({ slug }: { slug: string }) {
  const { site } = useSession()
  const path = `/api/studio/${slug}/dock`
  const link = useLoad((signal) => get(path, DockLink, signal), [slug])
  const [url, setUrl] = useState<string>()
  const makeLink = async (): Promise<void> => {
    setUrl((await call('POST', path, { body: {}, schema: MadeLink })).url)
    await link.reload()
  }
  const make = useAction(makeLink)
  if (link.state === 'loading') return <Spinner />
  if (link.state === 'failed') return <Failed problem={link.problem} onRetry={() => void link.reload()} />
  const { createdAt } = link.value
  return (
    <Card title={t('linkTitle')}>
      <p>{t('linkText')}</p>
      {url !== undefined && (
        <>
          <CopyField label={t('linkUrl')} text={url} />
          <Notice tone="ok">{t('linkOnce')}</Notice>
        </>
      )}
      <p class="small muted">{t('linkSecret')}</p>
      <ProblemNotice problem={make.problem} />
      {createdAt === null ? (
        <div>
          <Button onClick={() => make.run()} isBusy={make.isBusy}>
            {t('linkMake')}
          </Button>
        </div>
      ) : (
        <div class="row row-between">
          <p class="small muted">{t('linkMadeAt', { time: formatInstant(createdAt, site.timeZone) })}</p>
          <ConfirmButton
            label={t('linkReplace')}
            title={t('linkReplaceTitle')}
            text={t('linkReplaceText')}
            onConfirm={makeLink}
          />
        </div>
      )}
    </Card>
  )
}
