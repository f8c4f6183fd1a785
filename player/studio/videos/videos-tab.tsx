/** The channel's videos: publish, name, delete. */
import { useState } from 'preact/hooks'
import * as v from 'valibot'
import { type ChangeVideo, StudioVideo } from '../../../shared/contracts/videos.ts'
import type { StudioChannel } from '../../../shared/contracts/studio.ts'
import { t as cuts } from '../../i18n/cuts.ts'
import { t } from '../../i18n/videos.ts'
import { call, get } from '../../lib/api.ts'
import { formatBytes } from '../../lib/sizes.ts'
import { ConfirmDialog } from '../../ui/dialog.tsx'
import { Failed, ProblemNotice, toast } from '../../ui/feedback.tsx'
import { useAction } from '../../ui/hooks.ts'
import { MoreButton, usePaged } from '../../ui/paged.tsx'
import { Button, Card, Empty, Spinner, Time } from '../../ui/parts.tsx'
import { RetentionCard } from '../../videos/retention-card.tsx'
import { useVideoTitle, VideoPicture } from '../../videos/video-card.tsx'
import { useStudioEvents } from '../events.ts'
import { UploadCard } from '../upload-card.tsx'
import { TakedownNotice, VideoBadges } from './video-words.tsx'

const Videos = v.object({ videos: v.array(StudioVideo) })

export function VideosTab({ channel }: { channel: StudioChannel }) {
  const [readyCount, setReadyCount] = useState(0)
  return (
    <div class="stack">
      <UploadCard slug={channel.slug} onReady={() => setReadyCount((count) => count + 1)} />
      <VideoLibrary key={readyCount} channel={channel} />
      {channel.role === 'owner' && <RetentionCard path={`/api/studio/${channel.slug}/retention`} />}
    </div>
  )
}

function VideoLibrary({ channel }: { channel: StudioChannel }) {
  const path = `/api/studio/${channel.slug}/videos`
  const titleOf = useVideoTitle()
  const videos = usePaged(
    {
      load: async (before, signal) =>
        (await get(before === undefined ? path : `${path}?before=${before}`, Videos, signal)).videos,
      cursorOf: ({ id }) => id,
    },
    [channel.slug],
  )
  const [removed, setRemoved] = useState<StudioVideo>()
  useStudioEvents(({ type }) => {
    if (type === 'live' || type === 'video' || type === 'reconnected') void videos.reload()
  })

  const change = async (video: StudioVideo, body: ChangeVideo): Promise<void> => {
    const changed = await call('PATCH', `${path}/${video.id}`, { body, schema: StudioVideo })
    videos.change((rows) => rows.map((row) => (row.id === changed.id ? changed : row)))
    toast(t('saved'))
  }
  const remove = async (): Promise<void> => {
    if (!removed) return
    await call('DELETE', `${path}/${removed.id}`)
    videos.change((rows) => rows.filter(({ id }) => id !== removed.id))
    toast(t('removed'))
  }

  if (videos.state === 'loading') return <Spinner />
  if (videos.state === 'failed')
    return <Failed problem={videos.problem} onRetry={() => void videos.reload()} />
  const { rows } = videos.value
  if (rows.length === 0) return <Empty title={t('noneTitle')}>{t('libraryEmpty')}</Empty>
  return (
    <Card title={t('libraryTitle')}>
      <p class="small muted">{t('libraryText')}</p>
      <ul class="list">
        {rows.map((video) => (
          <li key={video.id}>
            <VideoRow
              video={video}
              title={titleOf(video)}
              isOwner={channel.role === 'owner'}
              onChange={(body) => change(video, body)}
              onRemove={() => setRemoved(video)}
              path={`${path}/${video.id}`}
              page={`/studio/${channel.slug}/videos/${video.id}`}
            />
          </li>
        ))}
      </ul>
      <MoreButton paged={videos} />
      <ConfirmDialog
        isOpen={removed !== undefined}
        title={t('removeTitle', { title: removed ? titleOf(removed) : '' })}
        confirmLabel={t('remove')}
        isDanger
        onConfirm={remove}
        onClose={() => setRemoved(undefined)}
      >
        <p>{t('removeText')}</p>
      </ConfirmDialog>
    </Card>
  )
}

interface VideoRowProps {
  readonly video: StudioVideo
  readonly title: string
  readonly isOwner: boolean
  readonly onChange: (body: ChangeVideo) => Promise<void>
  readonly onRemove: () => void
  /** Of the video in the studio's API. */
  readonly path: string
  /** Where everything of it can be changed. */
  readonly page: string
}

function VideoRow({ video, title, isOwner, onChange, onRemove, path, page }: VideoRowProps) {
  const { isPublished, state, views, startedAt, sizeBytes, isKept, takedownReason } = video
  const keep = useAction(() => onChange({ isKept: !isKept }))
  const publish = useAction(() => onChange({ isPublished: !isPublished }))
  return (
    <div class="video-row">
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
              <Button isSmall tone="plain" href={`${path}/download`} label={`${cuts('download')}: ${title}`}>
                {cuts('download')}
              </Button>
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
