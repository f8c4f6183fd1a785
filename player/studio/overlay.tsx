/** The link for OBS's browser source, who is connected to it, and how it is set up. */
import * as v from 'valibot'
import { OverlayInfo } from '../../shared/contracts/studio.ts'
import { t } from '../i18n/studio.ts'
import { call, get } from '../lib/api.ts'
import { formatInstant } from '../lib/time.ts'
import { useSession } from '../ui/context.ts'
import { ConfirmButton } from '../ui/confirm-button.tsx'
import { Failed, Notice, ProblemNotice } from '../ui/feedback.tsx'
import { type Loading, useAction, useLoad } from '../ui/hooks.ts'
import { Badge, Button, Card, Empty, Spinner } from '../ui/parts.tsx'
import { usePolling } from '../ui/polling.ts'
import { CopyField } from '../ui/secret.tsx'
import { AlertSlotsCard } from './alert-slots.tsx'
import { DockCard } from './dock-card.tsx'
import { useStudioEvents } from './events.ts'
import { ObsGuide } from './obs-guide.tsx'
import { OpenPages } from './open-pages.tsx'

const MadeLink = v.object({ url: v.string() })
/** The number of connected overlays has no event. */
const POLL_MS = 5_000

interface OverlayTabProps {
  readonly slug: string
  readonly isOwner: boolean
  /** Known only to the page that made it, until it is left. */
  readonly url: string | undefined
  readonly onUrl: (url: string | undefined) => void
}

export function OverlayTab({ slug, isOwner, url, onUrl }: OverlayTabProps) {
  const overlay = useOverlay(slug)
  const makeLink = async (): Promise<void> => {
    onUrl((await call('POST', `/api/studio/${slug}/overlay`, { schema: MadeLink })).url)
    await overlay.reload()
  }
  const make = useAction(makeLink)

  if (overlay.state === 'loading') return <Spinner />
  if (overlay.state === 'failed')
    return <Failed problem={overlay.problem} onRetry={() => void overlay.reload()} />
  const { value } = overlay
  if (value.id === null)
    return (
      <Empty
        title={t('overlayNone')}
        action={
          <>
            <ProblemNotice problem={make.problem} />
            <Button tone="main" onClick={() => make.run()} isBusy={make.isBusy}>
              {t('overlayMake')}
            </Button>
          </>
        }
      >
        {t('overlayNoneText')}
      </Empty>
    )
  return (
    <div class="columns">
      <div class="stack">
        <Card title={t('overlayTitle')} end={<ConnectedBadge count={value.connected} />}>
          {url !== undefined && (
            <>
              <CopyField label={t('overlayUrl')} text={url} />
              <Notice tone="ok">
                <p class="strong">{t('overlayOnce')}</p>
              </Notice>
            </>
          )}
          <OpenPages pages={value.pages} />
          <p class="small muted">{t('overlaySecret')}</p>
          <div class="row row-between">
            <MadeAt at={value.createdAt} />
            <ConfirmButton
              label={t('overlayReplace')}
              title={t('overlayReplaceTitle')}
              text={t('overlayReplaceText')}
              onConfirm={makeLink}
            />
          </div>
        </Card>
        <AlertSlotsCard slug={slug} pollMs={POLL_MS} />
        {isOwner && <DockCard slug={slug} />}
      </div>
      <ObsGuide url={url} />
    </div>
  )
}

function useOverlay(slug: string): Loading<OverlayInfo> {
  const read = (signal: AbortSignal): Promise<OverlayInfo> =>
    get(`/api/studio/${slug}/overlay`, OverlayInfo, signal)
  const overlay = useLoad(read, [slug])
  useStudioEvents(({ type }) => {
    if (type === 'overlay_replaced' || type === 'reconnected') void overlay.reload()
  })
  usePolling(async (signal) => {
    if (overlay.state !== 'ready') return
    const info = await read(signal)
    if (!signal.aborted) overlay.setValue(info)
  }, POLL_MS)
  return overlay
}

function ConnectedBadge({ count }: { count: number }) {
  return count === 0 ? (
    <Badge>{t('connectedNone')}</Badge>
  ) : (
    <Badge tone="ok">{t('connected', { count })}</Badge>
  )
}

function MadeAt({ at }: { at: number | null }) {
  const { site } = useSession()
  return (
    <p class="small muted">{at !== null && t('overlayMadeAt', { time: formatInstant(at, site.timeZone) })}</p>
  )
}
