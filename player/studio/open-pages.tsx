/** The pages that are open on one slot, where that needs a word. */
import type { OverlayInfo } from '../../shared/contracts/studio.ts'
import { t } from '../i18n/studio.ts'
import { formatInstant } from '../lib/time.ts'
import { useSession } from '../ui/context.ts'
import { Notice } from '../ui/feedback.tsx'
import { Badge } from '../ui/parts.tsx'

/** A second page takes over from the first without a word in OBS, so it is said here. */
export function OpenPages({ pages }: { pages: OverlayInfo['pages'] }) {
  const { site } = useSession()
  if (pages.length < 2) return null
  return (
    <Notice>
      <p class="strong">{t('pagesMany', { count: pages.length })}</p>
      <ul class="list">
        {pages.map(({ openedAt, isActive, isShowing }) => (
          <li key={openedAt} class="row row-between">
            <span>
              {t('pageOpened', { time: formatInstant(openedAt, site.timeZone, 'time') })}
              {!isActive && ` · ${t('pageHidden')}`}
            </span>
            {isShowing ? <Badge tone="ok">{t('pageShows')}</Badge> : <Badge>{t('pageWaits')}</Badge>}
          </li>
        ))}
      </ul>
      <p>{t('pagesClose')}</p>
    </Notice>
  )
}
