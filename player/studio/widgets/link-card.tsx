/** The address of a widget for OBS. It is shown on request only: a screen may be on the stream. */
import { WIDGET_SIZES, type WidgetKind, WidgetLink } from '../../../shared/contracts/widgets.ts'
import { t } from '../../i18n/studio-widgets.ts'
import { call, get } from '../../lib/api.ts'
import { ConfirmButton } from '../../ui/confirm-button.tsx'
import { Failed, ProblemNotice } from '../../ui/feedback.tsx'
import { useAction, useLoad } from '../../ui/hooks.ts'
import { Button, Card, Spinner } from '../../ui/parts.tsx'
import { SecretField } from '../../ui/secret.tsx'
import { obsLink } from '../obs-link.ts'

export function WidgetLinkCard({ slug, kind }: { slug: string; kind: WidgetKind }) {
  const path = `/api/studio/${slug}/widgets/link`
  const link = useLoad((signal) => get(path, WidgetLink, signal), [slug])
  const makeLink = async (): Promise<void> =>
    link.setValue(await call('POST', path, { body: {}, schema: WidgetLink }))
  const make = useAction(makeLink)
  if (link.state === 'loading') return <Spinner />
  if (link.state === 'failed') return <Failed problem={link.problem} onRetry={() => void link.reload()} />
  const { url, key } = link.value
  const size = WIDGET_SIZES[kind]
  const address = url === null || key === null ? undefined : `${url}/${kind}#${key}`
  return (
    <Card title={t('linkTitle')}>
      {address === undefined ? (
        <>
          <p>{t('linkNone')}</p>
          <ProblemNotice problem={make.problem} />
          <div>
            <Button tone="main" onClick={() => make.run()} isBusy={make.isBusy}>
              {t('linkMake')}
            </Button>
          </div>
        </>
      ) : (
        <>
          <p>{t('linkDrag', size)}</p>
          <p>
            <Button href={obsLink(address, t(`kind_${kind}`), size)}>⠿ {t(`kind_${kind}`)}</Button>
          </p>
          <SecretField label={t('linkUrl')} reveal={() => Promise.resolve(address)} />
          <p class="small muted">{t('linkShared')}</p>
          <p class="small muted">{t('linkSecret')}</p>
          <div>
            <ConfirmButton
              label={t('linkReplace')}
              title={t('linkReplaceTitle')}
              text={t('linkReplaceText')}
              onConfirm={makeLink}
            />
          </div>
        </>
      )}
    </Card>
  )
}
