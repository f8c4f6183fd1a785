/** One video in the studio's list. */
import type { ChangeVideo, StudioVideo } from '../../../shared/contracts/videos.ts'
import { t as cuts } from '../../i18n/cuts.ts'
import { t as library } from '../../i18n/video-library.ts'
import { t } from '../../i18n/videos.ts'
import { formatBytes } from '../../lib/sizes.ts'
import { ProblemNotice } from '../../ui/feedback.tsx'
import { useAction } from '../../ui/hooks.ts'
import { Button, Time } from '../../ui/parts.tsx'
import { DownloadButton } from '../../videos/download-button.tsx'
import { VideoPicture } from '../../videos/video-card.tsx'
import { TakedownNotice, VideoBadges } from './video-words.tsx'

interface VideoRowProps {
  readonly video: StudioVideo
  readonly title: string
  readonly isOwner: boolean
  readonly isChosen: boolean
  readonly onChosen: (isChosen: boolean) => void
  readonly onChange: (body: ChangeVideo) => Promise<void>
  readonly onRemove: () => void
  /** Of the video in the studio's API. */
  readonly path: string
  /** Where everything of it can be changed. */
  readonly page: string
}

export function VideoRow(props: VideoRowProps) {
  const { video, title, isOwner, isChosen, onChosen, onChange, onRemove, path, page } = props
  const { isPublished, state, views, startedAt, sizeBytes, isKept, takedownReason } = video
  const keep = useAction(() => onChange({ isKept: !isKept }))
  const publish = useAction(() => onChange({ isPublished: !isPublished }))
  return (
    <div class="video-row">
      <label class="video-row-choose">
        <input
          type="checkbox"
          checked={isChosen}
          aria-label={library('choose', { title })}
          onChange={({ currentTarget }) => onChosen(currentTarget.checked)}
        />
      </label>
      <VideoPicture video={video} />
      <div class="stack stack-tight">
        <p class="strong video-card-title">
          <a href={page}>{title}</a>
        </p>
        <p class="row small muted">
          <Time at={startedAt} />
          {sizeBytes > 0 && <span>{formatBytes(sizeBytes)}</span>}
          <span>{t('views', { count: views })}</span>
        </p>
        <VideoBadges video={video} />
        <TakedownNotice video={video} />
        <ProblemNotice problem={publish.problem ?? keep.problem} />
        <div class="row">
          {isPublished && (
            <Button isSmall tone="plain" href={`/v/${video.id}`} label={`${t('open')}: ${title}`}>
              {t('open')}
            </Button>
          )}
          {takedownReason === null && (
            <Button
              isSmall
              tone={isPublished ? 'plain' : 'main'}
              onClick={() => publish.run()}
              isBusy={publish.isBusy}
              label={`${t(isPublished ? 'unpublish' : 'publish')}: ${title}`}
            >
              {t(isPublished ? 'unpublish' : 'publish')}
            </Button>
          )}
          <Button isSmall tone="plain" href={page} label={`${t('edit')}: ${title}`}>
            {t('edit')}
          </Button>
          {state === 'ready' && (
            <>
              <Button
                isSmall
                tone="plain"
                onClick={() => keep.run()}
                isBusy={keep.isBusy}
                label={`${t(isKept ? 'unkeep' : 'keep')}: ${title}`}
              >
                {t(isKept ? 'unkeep' : 'keep')}
              </Button>
              <DownloadButton isSmall href={`${path}/download`} label={`${cuts('download')}: ${title}`} />
            </>
          )}
          {isOwner && state === 'ready' && (
            <Button isSmall tone="danger" onClick={onRemove} label={`${t('remove')}: ${title}`}>
              {t('remove')}
            </Button>
          )}
        </div>
      </div>
    </div>
  )
}
