/** One video: its picture, its words, and more of its channel. */
import { useEffect, useMemo, useRef, useState } from 'preact/hooks'
import { Video } from '../../shared/contracts/videos.ts'
import { t } from '../i18n/videos.ts'
import { t as watch } from '../i18n/watch.ts'
import { ApiProblem, call, get } from '../lib/api.ts'
import { formatDuration } from '../lib/time.ts'
import type { StreamAlert } from '../lib/stream-alert.ts'
import { useSession } from '../ui/context.ts'
import { Failed, Notice } from '../ui/feedback.tsx'
import { useLoad } from '../ui/hooks.ts'
import { LinkedText } from '../ui/linked-text.tsx'
import { Badge, Button, Card, Empty, Spinner, Time } from '../ui/parts.tsx'
import { ChapterList } from '../videos/chapter-list.tsx'
import { allChapters, askedMoment, readMoment } from '../videos/chapters.ts'
import { DownloadButton } from '../videos/download-button.tsx'
import { useVideoTitle } from '../videos/video-card.tsx'
import { type PlayerControl, VideoPlayer } from '../videos/video-player.tsx'
import { VideoShelf } from '../videos/video-shelf.tsx'
import { ShareMoment } from './share-moment.tsx'
import { StreamAlertLine } from './stream-alert-line.tsx'
import { useResume } from './use-resume.ts'
import './player.css'

interface VideoViewProps {
  readonly id: string
  readonly onTitle: (title: string) => void
}

export function VideoView({ id, onTitle }: VideoViewProps) {
  const titleOf = useVideoTitle()
  const isCounted = useRef(false)
  const player = useRef<PlayerControl>(undefined)
  const seek = (seconds: number): void => player.current?.seek(seconds)
  useEffect(() => {
    const follow = (): void => {
      if (location.hash.startsWith('#t=')) seek(readMoment(location.hash))
    }
    addEventListener('hashchange', follow)
    return () => removeEventListener('hashchange', follow)
  }, [])
  const takedown = useAdminsPart(() => import('./takedown.tsx'))
  const [alert, setAlert] = useState<StreamAlert>()
  const alerts = useMemo(() => ({ videoId: id, onAlert: setAlert }), [id])
  const load = async (signal?: AbortSignal): Promise<Video> => {
    const loaded = await get(`/api/videos/${encodeURIComponent(id)}`, Video, signal)
    onTitle(titleOf(loaded))
    return loaded
  }
  const video = useLoad(load, [id])
  const asked = useMemo(() => askedMoment(location), [id])
  const left = useResume(id, video.state === 'ready' ? video.value.durationMs : undefined, player)
  const [isResumeSaid, setResumeSaid] = useState(false)
  /** Who may watch it has changed, or it is gone; while the line is away, it stays as it is. */
  const lookAgain = async (): Promise<void> => {
    try {
      video.setValue(await load())
    } catch (problem) {
      if (problem instanceof ApiProblem && (problem.status === 401 || problem.status === 404))
        void video.reload()
    }
  }
  if (video.state === 'loading') return <Spinner />
  if (video.state === 'failed' && video.problem instanceof ApiProblem && video.problem.status === 401)
    return (
      <Empty
        isWholePage
        title={t('signInTitle')}
        action={
          <Button tone="main" href={`/sign-in?next=/v/${id}`}>
            {t('signIn')}
          </Button>
        }
      >
        {t('signInText')}
      </Empty>
    )
  if (video.state === 'failed')
    return video.problem instanceof ApiProblem && video.problem.status === 404 ? (
      <Empty
        isWholePage
        title={t('notFoundTitle')}
        action={
          <Button tone="main" href="/">
            {watch('toHome')}
          </Button>
        }
      >
        {t('notFoundText')}
      </Empty>
    ) : (
      <Failed problem={video.problem} onRetry={() => void video.reload()} />
    )
  const {
    channel,
    topic,
    description,
    startedAt,
    views,
    state,
    playlist,
    stillUrl,
    needsToken,
    previews,
    captions,
  } = video.value
  const chapters = allChapters(video.value.chapters, video.value.alertChapters)
  const count = (): void => {
    if (isCounted.current) return
    isCounted.current = true
    // A view that is not counted is nothing the viewer must hear of.
    void call('POST', `/api/videos/${id}/views`).catch(() => undefined)
  }
  return (
    <div class="stack stack-loose stage">
      <div class="stack">
        <VideoPlayer
          playlist={playlist}
          {...(stillUrl !== null && { stillUrl })}
          {...(needsToken && { passesAt: `/api/videos/${id}/viewers` })}
          alerts={alerts}
          previews={previews}
          captions={captions}
          chapters={chapters}
          startAt={asked || left}
          control={player}
          onPlaying={count}
          onFailed={() => void lookAgain()}
        />
        {asked === 0 && left > 0 && !isResumeSaid && (
          <p class="row small" role="status">
            <span>{watch('resumed', { time: formatDuration(left * 1000) })}</span>
            <Button
              isSmall
              tone="plain"
              onClick={() => {
                seek(0)
                setResumeSaid(true)
              }}
            >
              {watch('fromTheStart')}
            </Button>
          </p>
        )}
        <StreamAlertLine alert={alert} />
        <div class="row row-between">
          <div class="stack stack-tight grow">
            <h1>{titleOf(video.value)}</h1>
            <p class="row muted small video-words">
              <a href={`/c/${channel.slug}`}>{channel.title}</a>
              <Time at={startedAt} />
              {views > 0 && <span>{t('views', { count: views })}</span>}
              {topic !== '' && <Badge>{topic}</Badge>}
            </p>
          </div>
          <div class="row">
            {takedown && <takedown.Takedown video={video.value} />}
            <ShareMoment
              path={`/v/${id}`}
              title={titleOf(video.value)}
              now={() => player.current?.time() ?? 0}
            />
          </div>
        </div>
        {state === 'recording' && <Notice>{t('finishing')}</Notice>}
        {video.value.isDownloadable && (
          <div class="row">
            <DownloadButton isSmall href={`/api/videos/${id}/download`} />
          </div>
        )}
        {description !== '' && (
          <Card>
            <LinkedText text={description} />
          </Card>
        )}
      </div>
      <ChapterList chapters={chapters} onSeek={seek} />
      <VideoShelf
        channel={channel.slug}
        title={t('moreOf', { title: channel.title })}
        except={id}
        otherwise={<VideoShelf except={id} />}
      />
    </div>
  )
}

/** A part of the page that only admins load. */
function useAdminsPart<T>(load: () => Promise<T>): T | undefined {
  const { isAdmin } = useSession()
  const [part, setPart] = useState<T>()
  useEffect(() => {
    // Without it the page is what everybody has.
    if (isAdmin) load().then(setPart, () => undefined)
  }, [isAdmin])
  return part
}
