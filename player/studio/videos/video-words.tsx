import type { StudioVideo } from '../../../shared/contracts/videos.ts'
import { t as cuts } from '../../i18n/cuts.ts'
import { t as problems } from '../../i18n/storage-problems.ts'
import { t } from '../../i18n/videos.ts'
import { formatInstant } from '../../lib/time.ts'
import { useSession } from '../../ui/context.ts'
import { Notice } from '../../ui/feedback.tsx'
import { Badge } from '../../ui/parts.tsx'

/** What must be known of a video before anything else. */
export function VideoBadges({ video }: { video: StudioVideo }) {
  const { site } = useSession()
  const { isPublished, state, visibility, topic, isKept, isMissing, deleteAfter, cut } = video
  const { storage, storageProblem } = video
  const isTakenDown = video.takedownReason !== null
  return (
    <p class="row video-words">
      {state === 'recording' && <Badge tone="live">{t('recording')}</Badge>}
      {isTakenDown ? (
        <Badge tone="danger">{t('takenDown')}</Badge>
      ) : (
        <Badge tone={isPublished ? 'ok' : 'warn'}>{t(isPublished ? 'published' : 'draft')}</Badge>
      )}
      {visibility !== 'public' && <Badge>{t(visibility)}</Badge>}
      {cut && <Badge>{cuts('isCut')}</Badge>}
      {topic !== '' && <Badge>{topic}</Badge>}
      {isKept && <Badge>{t('kept')}</Badge>}
      {isMissing && <Badge tone="danger">{t('missing')}</Badge>}
      {deleteAfter !== null && (
        <Badge tone="warn">{t('deleteAfter', { time: formatInstant(deleteAfter, site.timeZone) })}</Badge>
      )}
      {storage === 'waiting' && <Badge>{t('storageWaiting')}</Badge>}
      {storage === 'failing' && (
        <Badge tone="warn">{problems('badge', { problem: problems(storageProblem ?? 'away') })}</Badge>
      )}
    </p>
  )
}

/** Why an admin took it down. */
export function TakedownNotice({ video }: { video: StudioVideo }) {
  if (video.takedownReason === null) return null
  return (
    <Notice>
      <p>{t('takenDownText')}</p>
      <p>{t('takenDownReason', { reason: video.takedownReason })}</p>
    </Notice>
  )
}
