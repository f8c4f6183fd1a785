/** One video of a channel, for those who look after it: everything that can be changed of it. */
import { useRef, useState } from 'preact/hooks'
import { StudioChannel } from '../../../shared/contracts/studio.ts'
import { StudioVideo } from '../../../shared/contracts/videos.ts'
import { t } from '../../i18n/video-page.ts'
import { t as videos } from '../../i18n/videos.ts'
import { ApiProblem, call, get } from '../../lib/api.ts'
import { formatBytes } from '../../lib/sizes.ts'
import { formatDuration } from '../../lib/time.ts'
import { ConfirmDialog } from '../../ui/dialog.tsx'
import { Failed, Notice, ProblemNotice, toast } from '../../ui/feedback.tsx'
import { useAction, useLoad } from '../../ui/hooks.ts'
import { Button, Card, Empty, Spinner, Time } from '../../ui/parts.tsx'
import { allChapters } from '../../videos/chapters.ts'
import { DownloadButton } from '../../videos/download-button.tsx'
import { useVideoTitle } from '../../videos/video-card.tsx'
import { type PlayerControl, VideoPlayer } from '../../videos/video-player.tsx'
import { AlertChaptersCard } from './alert-chapters.tsx'
import { VideoChaptersCard } from './video-chapters.tsx'
import { VideoCaptionsCard } from './video-captions.tsx'
import { VideoCutCard } from './video-cut.tsx'
import { VideoDetails } from './video-details.tsx'
import { VideoPictureCard } from './video-picture.tsx'
import { TakedownNotice, VideoBadges } from './video-words.tsx'

interface VideoPageProps {
  readonly slug: string
  readonly id: string
}

export function VideoPage({ slug, id }: VideoPageProps) {
  const channelPath = `/api/studio/${encodeURIComponent(slug)}`
  const path = `${channelPath}/videos/${encodeURIComponent(id)}`
  const list = `/studio/${slug}#videos`
  const loading = useLoad(
    (signal) => Promise.all([get(path, StudioVideo, signal), get(channelPath, StudioChannel, signal)]),
    [path],
  )
  if (loading.state === 'loading') return <Spinner />
  if (loading.state === 'failed')
    return isGone(loading.problem) ? (
      <Empty
        title={t('goneTitle')}
        action={
          <Button tone="main" href={list}>
            {t('back')}
          </Button>
        }
      >
        {t('goneText')}
      </Empty>
    ) : (
      <Failed problem={loading.problem} onRetry={() => void loading.reload()} />
    )
  const [video, channel] = loading.value
  return (
    <div class="stack video-page">
      <p>
        <a href={list}>← {t('back')}</a>
      </p>
      <OpenVideo
        path={path}
        video={video}
        isOwner={channel.role === 'owner'}
        onChange={(changed) => loading.setValue([changed, channel])}
        onRemoved={() => location.assign(list)}
      />
    </div>
  )
}

function isGone(problem: unknown): boolean {
  return problem instanceof ApiProblem && (problem.code === 'not_found' || problem.code === 'forbidden')
}

interface OpenVideoProps {
  /** Of the video in the studio's API. */
  readonly path: string
  readonly video: StudioVideo
  readonly isOwner: boolean
  readonly onChange: (video: StudioVideo) => void
  readonly onRemoved: () => void
}

function OpenVideo({ path, video, isOwner, onChange, onRemoved }: OpenVideoProps) {
  const titleOf = useVideoTitle()
  const player = useRef<PlayerControl>(undefined)
  const [isRemoving, setRemoving] = useState(false)
  const isReady = video.state === 'ready'
  const publish = useAction(async () => {
    const body = { isPublished: !video.isPublished }
    onChange(await call('PATCH', path, { body, schema: StudioVideo }))
    toast(videos('saved'))
  })
  return (
    <>
      <div class="row row-between">
        <div class="stack stack-tight grow">
          <h1 class="video-card-title">{titleOf(video)}</h1>
          <VideoBadges video={video} />
        </div>
        <div class="row">
          {video.takedownReason === null && (
            <Button
              tone={video.isPublished ? 'plain' : 'main'}
              onClick={() => publish.run()}
              isBusy={publish.isBusy}
            >
              {videos(video.isPublished ? 'unpublish' : 'publish')}
            </Button>
          )}
          {video.isPublished && (
            <Button tone="plain" href={`/v/${video.id}`}>
              {videos('open')}
            </Button>
          )}
          {isReady && <DownloadButton href={`${path}/download`} />}
        </div>
      </div>
      <TakedownNotice video={video} />
      <ProblemNotice problem={publish.problem} />
      {!isReady && <Notice>{t('stillRecording')}</Notice>}
      <div class="video-page-columns">
        <div class="stack">
          <VideoPlayer
            playlist={video.playlist}
            passesAt={`${path}/viewers`}
            previews={video.previews}
            captions={video.captions}
            chapters={allChapters(video.wholeChapters, video.wholeAlertChapters)}
            control={player}
          />
          <p class="small muted">{t('previewHint')}</p>
          <Figures video={video} />
          {isReady && <VideoChaptersCard path={path} video={video} player={player} onChange={onChange} />}
          {isReady && video.hasAlerts && (
            <AlertChaptersCard path={path} video={video} player={player} onChange={onChange} />
          )}
          {isReady && <VideoCutCard path={path} video={video} player={player} onChange={onChange} />}
        </div>
        <div class="stack">
          <VideoDetails path={path} video={video} onChange={onChange} />
          {isReady && <VideoCaptionsCard path={path} video={video} onChange={onChange} />}
          {isReady && <VideoPictureCard path={path} video={video} player={player} onChange={onChange} />}
          {isOwner && isReady && (
            <Card title={t('dangerTitle')}>
              <p class="small">{videos('removeText')}</p>
              <div>
                <Button tone="danger" onClick={() => setRemoving(true)}>
                  {videos('remove')}
                </Button>
              </div>
            </Card>
          )}
        </div>
      </div>
      <ConfirmDialog
        isOpen={isRemoving}
        title={videos('removeTitle', { title: titleOf(video) })}
        confirmLabel={videos('remove')}
        isDanger
        onConfirm={async () => {
          await call('DELETE', path)
          onRemoved()
        }}
        onClose={() => setRemoving(false)}
      >
        <p>{videos('removeText')}</p>
      </ConfirmDialog>
    </>
  )
}

function Figures({ video }: { video: StudioVideo }) {
  const figures = [
    [t('length'), formatDuration(video.durationMs)],
    [t('seen'), String(video.views)],
    [t('size'), formatBytes(video.sizeBytes)],
    [t('made'), <Time at={video.startedAt} />],
  ] as const
  return (
    <dl class="figures">
      {figures.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  )
}
